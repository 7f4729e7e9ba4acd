import { connectClient, loadTemporalSettings, type TemporalSettings } from '../adapters/temporal/index.js';
import { GraveshiftClient } from '../client.js';
import { homePaths, readRunningStack, resolveHome, type RunningStack } from '../stack/index.js';
import { answersTcp } from '../stack/ports.js';
import { loadWorkerSettings, type WorkerSettings } from '../worker/settings.js';
import type { CliContext, Variables } from './context.js';

export type ConnectionFlags = { home?: string; address?: string; namespace?: string };

/** What a command talks to. */
export type Connected = {
  client: GraveshiftClient;
  address: string;
  namespace: string;
  settings: WorkerSettings;
  home: string;
  /** The stack of this home, when that is what we talk to. */
  stack?: RunningStack;
};

/** Variables that say which server is meant; a namespace alone does not. */
const serverVariables = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE', 'TEMPORAL_API_KEY'];

/**
 * Which Temporal is meant: `--address` or the `TEMPORAL_*` variables where they are set; else the stack that runs under
 * this home; else the Temporal CLI's default profile, or the local server.
 */
export async function chooseTemporal(
  flags: ConnectionFlags,
  env: Variables,
): Promise<{ settings: TemporalSettings; stack?: RunningStack }> {
  const overrides = {
    ...(flags.address !== undefined && { TEMPORAL_ADDRESS: flags.address }),
    ...(flags.namespace !== undefined && { TEMPORAL_NAMESPACE: flags.namespace }),
  };
  const explicit = flags.address !== undefined || serverVariables.some((name) => (env[name] ?? '') !== '');
  if (!explicit) {
    const home = resolveHome({ flag: flags.home, env });
    const status = await readRunningStack(home);
    if (status.state === 'running') {
      const { addresses } = status.stack;
      return { settings: stackSettings(home, addresses, overrides), stack: status.stack };
    }
  }
  return { settings: loadTemporalSettings({ ...env, ...overrides }) };
}

/** The stack's own profile, so that no key of another cluster is sent to it. */
export function stackSettings(
  home: string,
  addresses: RunningStack['addresses'],
  overrides: Variables = {},
): TemporalSettings {
  return loadTemporalSettings({
    TEMPORAL_CONFIG_FILE: homePaths(home).temporalProfile,
    TEMPORAL_ADDRESS: addresses.temporal,
    TEMPORAL_NAMESPACE: addresses.namespace,
    ...overrides,
  });
}

/** Runs the work with a client, and closes the connection whatever happens. */
export async function withClient<T>(
  context: Pick<CliContext, 'env'>,
  flags: ConnectionFlags,
  work: (connected: Connected) => Promise<T>,
): Promise<T> {
  const { settings, stack } = await chooseTemporal(flags, context.env);
  return await connectedTo(context, flags, { settings, ...(stack && { stack }) }, work);
}

export async function connectedTo<T>(
  context: Pick<CliContext, 'env'>,
  flags: ConnectionFlags,
  target: { settings: TemporalSettings; stack?: RunningStack },
  work: (connected: Connected) => Promise<T>,
): Promise<T> {
  const home = resolveHome({ flag: flags.home, env: context.env });
  const settings = loadWorkerSettings({ ...context.env, GRAVESHIFT_HOME: home });
  const { client, address, namespace, close } = await connectClient(target.settings, {
    connectTimeoutMs: await patienceFor(target.settings.address),
  });
  try {
    return await work({
      client: new GraveshiftClient(client, settings.taskQueue),
      address,
      namespace,
      settings,
      home,
      ...(target.stack && { stack: target.stack }),
    });
  } finally {
    await close();
  }
}

/** gRPC tries a port where nobody listens until its time is up: on this machine one look tells. In ms. */
async function patienceFor(address: string): Promise<number> {
  const local = /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(address)?.[1];
  const isClosed = local !== undefined && !(await answersTcp(Number(local)));
  return isClosed ? 100 : 10_000;
}

/** Where the Web UI shows a run. */
export function webUiAddress(
  ui: string,
  namespace: string,
  run: { workflowId: string; runId: string },
): string {
  return new URL(
    `/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(run.workflowId)}/${run.runId}/history`,
    ui,
  ).href;
}
