import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createProjectFromExample } from '../dist/adapters/projects/create-project.js';
import { createProjectRegistry } from '../dist/adapters/projects/registry.js';
import { connectClient, loadTemporalSettings } from '../dist/adapters/temporal/index.js';
import { createEmulatedEnvironments } from '../dist/cli/emulated-environments.js';
import { ensureEmulatorKey } from '../dist/cli/emulator-key.js';
import { GraveshiftClient } from '../dist/client.js';
import { createEmulator, emulatorAdmin } from '../dist/emulator/index.js';
import {
  ensureHome,
  homePaths,
  stackVariable,
  startDevServer,
  workerMemorySettings,
} from '../dist/stack/index.js';
import { packageRoot } from '../scripts/lib/package-root.mjs';
import { startNode } from './child.mjs';
import { cleanEnvironment } from './clean-environment.mjs';
import { findTemporal } from './find-temporal.mjs';
import { within } from './within.mjs';

const taskQueue = 'graveshift-bench';
const workerProgram = path.join(packageRoot, 'dist', 'worker.js');
const readyLimitMs = 60_000;
const workerGraceMs = 30_000;

/**
 * A whole installation of its own: home, Temporal server, emulator with its usual delays, a game project that asks
 * for approval before staging unless `configure` says something else, client. Each worker is a process, as in
 * `graveshift up`.
 */
export async function startShift({ cleanUp, log, signal, configure = approveBeforeStaging }) {
  const executable = await findTemporal({ log, signal });
  const directory = await mkdtemp(path.join(tmpdir(), 'graveshift-bench-'));
  cleanUp.add(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const home = homePaths(path.join(directory, 'home'));
  await ensureHome(home);

  const server = await startDevServer({
    executable,
    databaseFile: home.temporalDatabase,
    logFile: home.temporalLog,
    ports: { temporal: 'auto' },
    headless: true,
    env: cleanEnvironment(),
    // Before it serves, so that an interrupted start leaves nothing behind.
    onStarted: async (child) => cleanUp.add(() => child.stop(workerGraceMs)),
    signal,
  });
  const emulator = await createEmulator({ stateFile: home.emulatorState });
  cleanUp.add(() => emulator.close());
  await ensureEmulatorKey({ url: emulator.url, file: home.emulatorKey });
  const project = await createProject({ directory, home, emulator, configure });

  const temporal = await connectClient(loadTemporalSettings({ TEMPORAL_ADDRESS: server.address }));
  cleanUp.add(() => temporal.close());

  const env = {
    ...workerMemorySettings,
    ...cleanEnvironment(),
    GRAVESHIFT_HOME: home.home,
    GRAVESHIFT_TASK_QUEUE: taskQueue,
    GRAVESHIFT_EMULATOR_URL: emulator.url,
    GRAVESHIFT_EMULATOR_KEY_FILE: home.emulatorKey,
    // The proof of balance has a bench of its own.
    GRAVESHIFT_BALANCE_NIGHTS: '20',
    GRAVESHIFT_PLAY_NIGHTS: '1',
    TEMPORAL_ADDRESS: server.address,
    [stackVariable]: '1',
  };
  return {
    project,
    home,
    env,
    taskQueue,
    emulator: emulatorAdmin(emulator.url),
    emulatorUrl: emulator.url,
    connection: temporal.connection,
    client: new GraveshiftClient(temporal.client, taskQueue),
    /** With further settings, and with another program where the bench has its own worker. */
    startWorker: (settings = {}, program = [workerProgram]) =>
      startWorker({ env: { ...env, ...settings }, program, cleanUp, signal }),
  };
}

function approveBeforeStaging(config) {
  config.approvals = { before: 'staging' };
}

async function createProject({ directory, home, emulator, configure }) {
  const name = 'bench';
  const environments = await createEmulatedEnvironments(emulator.url, name);
  const project = await createProjectFromExample({
    directory: path.join(directory, 'game'),
    name,
    environments,
    configure,
  });
  await createProjectRegistry({ file: home.projects }).add(name, project.directory);
  return { ...project, environments };
}

async function startWorker({ env, program, cleanUp, signal }) {
  const started = performance.now();
  const worker = startNode(program, { env });
  cleanUp.add(() => worker.stop(workerGraceMs));
  const ended = worker.exited.then((code) => {
    throw new Error(`the worker ended with ${code} before it was ready: ${worker.lastWords()}`);
  });
  // It also ends, and nobody waits any more, when it is stopped.
  ended.catch(() => undefined);
  const ready = Promise.race([worker.firstLine, ended]);
  await within(ready, { limitMs: readyLimitMs, what: "the worker's ready line", signal });
  return {
    pid: worker.pid,
    readyMs: performance.now() - started,
    lastWords: worker.lastWords,
    stop: () => worker.stop(workerGraceMs),
  };
}
