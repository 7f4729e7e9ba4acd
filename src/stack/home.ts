import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import envPaths from 'env-paths';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where this machine's state lives: the flag, else `GRAVESHIFT_HOME`, else the user's data folder. Absolute. */
export function resolveHome(options: { flag?: string | undefined; env: Environment }): string {
  const chosen = options.flag ?? options.env.GRAVESHIFT_HOME;
  return path.resolve(
    chosen === undefined || chosen === '' ? envPaths('graveshift', { suffix: '' }).data : chosen,
  );
}

/** Where tools are kept that were downloaded or built; may be deleted at any time. */
export function resolveCache(env: Environment): string {
  const chosen = env.GRAVESHIFT_CACHE;
  return path.resolve(
    chosen === undefined || chosen === '' ? envPaths('graveshift', { suffix: '' }).cache : chosen,
  );
}

/** Every path under the home, named once. */
export type HomePaths = ReturnType<typeof homePaths>;

export function homePaths(home: string) {
  const logs = path.join(home, 'logs');
  const run = path.join(home, 'run');
  return {
    home,
    /** SQLite file of the dev server. */
    temporalDatabase: path.join(home, 'temporal.db'),
    emulatorState: path.join(home, 'emulator.json'),
    /** Artifact store. */
    store: path.join(home, 'store'),
    ledger: path.join(home, 'ledger.db'),
    /** The worker's own clones of the games' repositories. */
    clones: path.join(home, 'clones'),
    /** Registered projects. */
    projects: path.join(home, 'projects.json'),
    /** The local emulator's API key, and nothing else, as `GRAVESHIFT_EMULATOR_KEY_FILE` names it; of mode 0600. */
    emulatorKey: path.join(home, 'emulator.key'),
    demo: path.join(home, 'demo'),
    logs,
    temporalLog: path.join(logs, 'temporal.log'),
    emulatorLog: path.join(logs, 'emulator.log'),
    workerLog: path.join(logs, 'worker.log'),
    run,
    /** What is running now; see `stack-file.ts`. */
    stack: path.join(run, 'stack.json'),
    /** Profile of the embedded server, for `TEMPORAL_CONFIG_FILE`. */
    temporalProfile: path.join(run, 'temporal.toml'),
  };
}

/** Makes the folders; the home is the user's alone, since logs and state name their games. */
export async function ensureHome(paths: HomePaths): Promise<void> {
  await mkdir(paths.home, { recursive: true, mode: 0o700 });
  for (const folder of [paths.logs, paths.run, paths.store, paths.clones]) {
    await mkdir(folder, { recursive: true });
  }
}
