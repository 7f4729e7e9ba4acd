import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { GraveshiftError } from '../domain/failure.js';
import { searchAttributeTypes } from '../domain/search-attributes.js';
import { isTemporalServing } from './grpc-health.js';
import { type ChildExit, type ManagedChild, startChild } from './managed-child.js';
import { findFreePort, loopback, requireFreePort } from './ports.js';

/** A port, or `auto` (also 0) for a free one. */
export type PortChoice = number | 'auto';

export type DevServerOptions = {
  /** The Temporal CLI. */
  executable: string;
  databaseFile: string;
  logFile: string;
  ports: { temporal: PortChoice; ui?: PortChoice; metrics?: PortChoice };
  /** Without the Web UI; `ports.ui` is then not used. */
  headless?: boolean;
  env: Readonly<Record<string, string | undefined>>;
  /** How long it may take until it serves; a large database after a crash takes longest. */
  startTimeoutMs?: number;
  /** Gets the process as soon as it runs, before it serves. */
  onStarted?: (child: ManagedChild) => Promise<void>;
  signal?: AbortSignal | undefined;
};

export type DevServer = {
  /** Host and port of the gRPC frontend. */
  address: string;
  /** Web UI; absent when headless. */
  uiUrl?: string;
  metricsUrl: string;
  /** Namespace that always exists in it. */
  namespace: 'default';
  pid: number;
  command: string[];
  logFile: string;
  exited: Promise<ChildExit>;
  stop: () => Promise<void>;
  lastWords: () => Promise<string>;
};

const defaultStartTimeoutMs = 60_000;
const stopGraceMs = 15_000;
const healthPollMs = 50;
const startAttempts = 3;

/**
 * Starts the CLI's dev server on its database file and waits until its frontend serves.
 * @throws GraveshiftError `InvalidInput` for a port in use, `ServiceUnavailable` with its last words when it does not come up
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  await mkdir(path.dirname(options.databaseFile), { recursive: true });
  await requirePorts(options);
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts(options);
    const child = await startChild({
      name: 'the Temporal dev server',
      command: [options.executable, ...devServerArguments(options, ports)],
      env: withoutTemporalSettings(options.env),
      logFile: options.logFile,
    });
    await options.onStarted?.(child);
    const problem = await waitUntilServing(child, `${loopback}:${ports.temporal}`, options);
    if (problem === undefined) return describe(child, ports);
    await child.stop(stopGraceMs);
    options.signal?.throwIfAborted();
    const lastWords = await child.lastWords();
    // Between choosing a free port and using it, another process may have taken it.
    if (attempt < startAttempts && choosesItself(options) && /address already in use/i.test(lastWords))
      continue;
    throw new GraveshiftError(
      'ServiceUnavailable',
      `The Temporal dev server ${problem}. Its log is ${options.logFile}; it ends with:\n${lastWords}`,
      { details: { logFile: options.logFile, command: child.command } },
    );
  }
}

type Ports = { temporal: number; ui: number | undefined; metrics: number };

const isAuto = (choice: PortChoice | undefined) => choice === undefined || choice === 'auto' || choice === 0;

const choosesItself = ({ ports, headless }: DevServerOptions) =>
  isAuto(ports.temporal) || isAuto(ports.metrics) || (headless !== true && isAuto(ports.ui));

async function requirePorts({ ports, headless }: DevServerOptions): Promise<void> {
  const wanted = [
    { port: ports.temporal, purpose: 'Temporal', flag: '--temporal-port' },
    { port: headless === true ? 'auto' : ports.ui, purpose: 'Temporal Web UI', flag: '--ui-port' },
    { port: ports.metrics, purpose: 'Temporal metrics', flag: '--metrics-port' },
  ] as const;
  for (const { port, purpose, flag } of wanted) {
    if (typeof port === 'number' && port !== 0) await requireFreePort({ port, purpose, flag });
  }
}

async function choosePorts({ ports, headless }: DevServerOptions): Promise<Ports> {
  const choose = async (choice: PortChoice | undefined) =>
    choice === undefined || choice === 'auto' || choice === 0 ? await findFreePort() : choice;
  return {
    temporal: await choose(ports.temporal),
    ui: headless === true ? undefined : await choose(ports.ui),
    metrics: await choose(ports.metrics),
  };
}

function devServerArguments(options: DevServerOptions, ports: Ports): string[] {
  return [
    ...['server', 'start-dev', '--ip', loopback, '--port', String(ports.temporal)],
    ...(ports.ui === undefined ? ['--headless'] : ['--ui-port', String(ports.ui)]),
    ...['--metrics-port', String(ports.metrics)],
    ...['--db-filename', options.databaseFile],
    // Write-ahead log: acknowledged starts survive kill -9 (NORMAL gives up only the last ones at a power cut).
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    // The defaults (20 polls a second) cost each activity about 100 ms.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=1000'],
    ...Object.entries(searchAttributeTypes).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${type}`,
    ]),
    ...['--log-level', 'warn', '--color', 'never'],
  ];
}

/** The user's profile for another cluster is not the dev server's. */
export function withoutTemporalSettings(env: DevServerOptions['env']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** @returns what went wrong, in words; undefined when it serves */
async function waitUntilServing(
  child: ManagedChild,
  address: string,
  options: DevServerOptions,
): Promise<string | undefined> {
  const limitMs = options.startTimeoutMs ?? defaultStartTimeoutMs;
  const deadline = performance.now() + limitMs;
  let exit: ChildExit | undefined;
  void child.exited.then((value) => {
    exit = value;
  });
  while (performance.now() < deadline) {
    if (exit !== undefined) return `ended at once (${describeExit(exit)})`;
    if (options.signal?.aborted === true) return 'was asked to stop';
    if (await isTemporalServing(address, 1000)) return undefined;
    await delay(healthPollMs);
  }
  return `did not serve on ${address} within ${limitMs / 1000} s`;
}

export function describeExit({ code, signal }: ChildExit): string {
  return signal === null ? `exit code ${String(code)}` : `killed by ${signal}`;
}

function describe(child: ManagedChild, ports: Ports): DevServer {
  return {
    address: `${loopback}:${ports.temporal}`,
    ...(ports.ui === undefined ? {} : { uiUrl: `http://${loopback}:${ports.ui}` }),
    metricsUrl: `http://${loopback}:${ports.metrics}/metrics`,
    namespace: 'default',
    pid: child.pid,
    command: child.command,
    logFile: child.logFile,
    exited: child.exited,
    stop: async () => {
      await child.stop(stopGraceMs);
    },
    lastWords: child.lastWords,
  };
}
