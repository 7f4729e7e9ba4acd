import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { inject } from 'vitest';

import {
  connectClient,
  loadTemporalSettings,
  type TemporalConnection,
} from '../../src/adapters/temporal/index.js';
import { createProjectFromExample } from '../../src/adapters/projects/create-project.js';
import { createProjectRegistry } from '../../src/adapters/projects/registry.js';
import { GraveshiftClient } from '../../src/client.js';
import { allScopes, createEmulator, emulatorAdmin, type EmulatorAdmin } from '../../src/emulator/index.js';
import { homePaths, type HomePaths } from '../../src/stack/index.js';
import { placeReadyMeshes } from './ready-meshes.js';

const workerProgram = path.resolve('dist/worker.js');

export type NightShiftOptions = {
  /** Changes to the example's `graveshift.json`. */
  config?: (config: Record<string, unknown>) => void;
  /** Temporal's address; the test run's own server by default. */
  address?: string;
  env?: Record<string, string>;
  /** False: the worker is started by the test. */
  worker?: boolean;
  /** `to-make`: the store is empty, and every mesh takes its time. */
  meshes?: 'ready' | 'to-make';
};

/** All that a night needs, real and of its own: home, emulator, game project with a remote, worker process, client. */
export class NightShift implements AsyncDisposable {
  worker: ChildProcess | undefined;

  private constructor(
    readonly directory: string,
    readonly home: HomePaths,
    readonly taskQueue: string,
    readonly project: { name: string; directory: string; universeId: string; placeId: string },
    readonly emulator: EmulatorAdmin,
    readonly env: NodeJS.ProcessEnv,
    readonly client: GraveshiftClient,
    /** The start place of the environment `production`. */
    readonly productionPlaceId: string,
    private readonly temporal: TemporalConnection,
    private readonly closeEmulator: () => Promise<void>,
  ) {}

  static async start(options: NightShiftOptions = {}): Promise<NightShift> {
    const directory = await NightShift.temporaryDirectory();
    const home = homePaths(path.join(directory, 'home'));
    await mkdir(home.home, { recursive: true });
    const server = await createEmulator({
      stateFile: home.emulatorState,
      port: 0,
      operationDelayMs: 10,
      moderationDelayMs: 20,
    });
    const emulator = emulatorAdmin(server.url);
    const universe = await emulator.createUniverse({ name: 'staging', places: ['start'] });
    const live = await emulator.createUniverse({ name: 'production', places: ['start'] });
    const key = await emulator.createKey({ name: 'worker', scopes: allScopes });
    const project = {
      name: 'village',
      directory: path.join(directory, 'village'),
      universeId: universe.universeId,
      placeId: universe.places.start ?? '',
    };
    await createProjectFromExample({
      directory: project.directory,
      name: project.name,
      configure: (config) => {
        config.environments = Object.fromEntries(
          [['staging', universe] as const, ['production', live] as const].map(
            ([name, { universeId, creator, places }]) => [
              name,
              { host: 'emulator', universeId, creator, places: { start: { placeId: places.start } } },
            ],
          ),
        );
        options.config?.(config);
      },
    });
    await createProjectRegistry({ file: home.projects }).add(project.name, project.directory);

    if (options.meshes !== 'to-make') {
      const assetIndex = path.join(home.home, 'asset-index');
      await placeReadyMeshes(inject('meshes'), { store: home.store, assetIndex });
    }

    const taskQueue = `test-${randomUUID().slice(0, 8)}`;
    const address = options.address ?? inject('temporalAddress');
    const env = {
      ...process.env,
      GRAVESHIFT_HOME: home.home,
      GRAVESHIFT_TASK_QUEUE: taskQueue,
      GRAVESHIFT_EMULATOR_URL: server.url,
      GRAVESHIFT_EMULATOR_KEY: key,
      // Balance has tests of its own.
      GRAVESHIFT_BALANCE_NIGHTS: '8',
      GRAVESHIFT_PLAY_NIGHTS: '0',
      TEMPORAL_ADDRESS: address,
      ...options.env,
    };
    const temporal = await connectClient(loadTemporalSettings({ TEMPORAL_ADDRESS: address }));
    const client = new GraveshiftClient(temporal.client, taskQueue);
    const shift = new NightShift(
      directory,
      home,
      taskQueue,
      project,
      emulator,
      env,
      client,
      live.places.start ?? '',
      temporal,
      () => server.close(),
    );
    if (options.worker !== false) await shift.startWorker();
    return shift;
  }

  static temporaryDirectory(): Promise<string> {
    return mkdtemp(path.join(tmpdir(), 'graveshift-night-'));
  }

  static removeDirectory(directory: string): Promise<void> {
    return rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Starts the worker as a process of its own and waits until it polls. */
  async startWorker(env: Record<string, string> = {}): Promise<ChildProcess> {
    const worker = spawn(process.execPath, [workerProgram], {
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    worker.stderr.pipe(createWriteStream(this.workerLog, { flags: 'a' }));
    this.worker = worker;
    const ended = once(worker, 'exit').then(() => undefined);
    const ready = once(createInterface(worker.stdout), 'line');
    const line = await Promise.race([ready, ended]);
    if (line === undefined) throw new Error(`The worker ended:\n${await readFile(this.workerLog, 'utf8')}`);
    return worker;
  }

  /** Kills the worker as a power cut would. */
  async killWorker(): Promise<void> {
    await this.endWorker('SIGKILL');
  }

  get workerLog(): string {
    return path.join(this.directory, 'worker.log');
  }

  /** A workflow id that no other test uses. */
  id(name: string): string {
    return `${this.taskQueue}/${name}`;
  }

  async git(...args: string[]): Promise<string> {
    const git = spawn('git', args, { cwd: this.project.directory, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    git.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(git, 'close')) as [number];
    if (code !== 0) throw new Error(`git ${args.join(' ')} exited with ${code}`);
    return output.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endWorker('SIGTERM');
    await this.temporal.close();
    await this.closeEmulator();
    await NightShift.removeDirectory(this.directory);
  }

  private async endWorker(signal: NodeJS.Signals): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    if (worker?.exitCode !== null || worker.signalCode !== null) return;
    const exited = once(worker, 'exit');
    worker.kill(signal);
    await exited;
  }
}
