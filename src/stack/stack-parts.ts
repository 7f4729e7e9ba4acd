import { connectClient, ensureSearchAttributes, loadTemporalSettings } from '../adapters/temporal/index.js';
import { GraveshiftError } from '../domain/failure.js';
import { writeFileAtomically } from '../adapters/files/write-atomically.js';
import { stackVariable } from './child-protocol.js';
import { startDevServer, withoutTemporalSettings } from './dev-server.js';
import { homePaths, resolveCache } from './home.js';
import type { ChildExit } from './managed-child.js';
import { requireFreePort } from './ports.js';
import { startReadyChild } from './ready-child.js';
import type { StackAddresses } from './stack-file.js';
import {
  defaultPorts,
  type Stack,
  type StackCommand,
  type StackEvent,
  type StackOptions,
} from './stack-options.js';
import { findTemporalCli } from './temporal-cli.js';
import { workerMemorySettings } from './worker-memory.js';

const temporalGraceMs = 15_000;
const workerDrainMs = 30_000;
const emulatorGraceMs = 10_000;
const emulatorReadyMs = 30_000;
const workerReadyMs = 60_000;

/** A process of the stack that runs. */
export type StackPart = {
  name: 'temporal' | 'emulator' | 'worker';
  pid: number;
  logFile: string;
  exited: Promise<ChildExit>;
  /** Asks it to drain and end, waits, and ends it by force when it does not. */
  end: () => Promise<unknown>;
};

/** Starts the parts in order. Each is handed over as soon as it runs, so that a later failure can stop it. */
export async function startParts(
  options: StackOptions,
  onStarted: (part: StackPart) => Promise<void>,
): Promise<{ addresses: StackAddresses; pids: Stack['pids'] }> {
  const { ports = {}, signal } = options;
  const emit = options.onEvent ?? (() => undefined);
  const emulatorPort = toNumber(ports.emulator ?? defaultPorts.emulator);
  if (emulatorPort !== 0) {
    await requireFreePort({ port: emulatorPort, purpose: 'Open Cloud emulator', flag: '--emulator-port' });
  }
  const { pid, ...temporal } = await startTemporal(options, emit, onStarted);
  const env = childEnvironment(options, temporal);
  const context = { home: options.home, emulatorPort };
  const emulator = await startReadyChild({
    name: 'the Open Cloud emulator',
    args: resolveCommand(options.emulatorCommand, context),
    env,
    logFile: homePaths(options.home).emulatorLog,
    readyTimeoutMs: emulatorReadyMs,
    stopGraceMs: emulatorGraceMs,
    onStarted: async (child) =>
      await onStarted({ ...child, name: 'emulator', end: async () => await child.stop(emulatorGraceMs) }),
    signal,
  });
  const { url } = emulator.ready;
  if (url === undefined) {
    throw new GraveshiftError(
      'ServiceUnavailable',
      'The Open Cloud emulator is ready, but did not say its "url".',
    );
  }
  emit({ type: 'ready', name: 'emulator', pid: emulator.child.pid, logFile: emulator.child.logFile });
  const worker = await startReadyChild({
    name: 'the worker',
    args: resolveCommand(options.workerCommand, context),
    env: { ...workerMemorySettings, ...env, GRAVESHIFT_EMULATOR_URL: url },
    logFile: homePaths(options.home).workerLog,
    readyTimeoutMs: workerReadyMs,
    stopGraceMs: workerDrainMs,
    onStarted: async (child) =>
      await onStarted({ ...child, name: 'worker', end: async () => await child.stop(workerDrainMs) }),
    signal,
  });
  emit({ type: 'ready', name: 'worker', pid: worker.child.pid, logFile: worker.child.logFile });
  return {
    addresses: { ...temporal, emulator: url },
    pids: { temporal: pid, emulator: emulator.child.pid, worker: worker.child.pid },
  };
}

type TemporalAddresses = Omit<StackAddresses, 'emulator'>;

async function startTemporal(
  options: StackOptions,
  emit: (event: StackEvent) => void,
  onStarted: (part: StackPart) => Promise<void>,
): Promise<TemporalAddresses & { pid: number }> {
  const { env, signal, ports = {} } = options;
  const paths = homePaths(options.home);
  const cli = await findTemporalCli({
    env,
    cacheDirectory: resolveCache(env),
    onProgress: (message) => emit({ type: 'progress', message }),
    signal,
  });
  emit({ type: 'temporal-cli', cli });
  const server = await startDevServer({
    executable: cli.path,
    databaseFile: paths.temporalDatabase,
    logFile: paths.temporalLog,
    ports: {
      temporal: ports.temporal ?? defaultPorts.temporal,
      ui: ports.ui ?? defaultPorts.ui,
      metrics: ports.metrics ?? 'auto',
    },
    headless: options.headless ?? false,
    env,
    signal,
    onStarted: async (child) =>
      await onStarted({ ...child, name: 'temporal', end: async () => await child.stop(temporalGraceMs) }),
  });
  const { address, namespace } = server;
  await writeFileAtomically(
    paths.temporalProfile,
    `[profile.default]\naddress = ${JSON.stringify(address)}\nnamespace = ${JSON.stringify(namespace)}\n`,
  );
  // The server makes them for a new database; one of an earlier version may lack some.
  const settings = loadTemporalSettings({ TEMPORAL_CONFIG_FILE: paths.temporalProfile });
  const { connection, close } = await connectClient(settings);
  try {
    await ensureSearchAttributes(connection, namespace);
  } finally {
    await close();
  }
  emit({ type: 'ready', name: 'temporal', pid: server.pid, logFile: server.logFile });
  const { pid, uiUrl, metricsUrl } = server;
  return {
    pid,
    temporal: address,
    namespace,
    metrics: metricsUrl,
    ...(uiUrl === undefined ? {} : { ui: uiUrl }),
  };
}

function childEnvironment(
  options: StackOptions,
  temporal: TemporalAddresses,
): Record<string, string | undefined> {
  return {
    ...withoutTemporalSettings(options.env),
    TEMPORAL_ADDRESS: temporal.temporal,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_CONFIG_FILE: homePaths(options.home).temporalProfile,
    GRAVESHIFT_HOME: options.home,
    [stackVariable]: '1',
  };
}

const toNumber = (port: number | 'auto') => (port === 'auto' ? 0 : port);

function resolveCommand(
  command: StackCommand,
  context: { home: string; emulatorPort: number },
): readonly string[] {
  return typeof command === 'function' ? command(context) : command;
}
