import path from 'node:path';

import { defaultTaskQueue } from '../client.js';
import { GraveshiftError } from '../domain/failure.js';
import { homePaths, resolveCache, resolveHome } from '../stack/home.js';

/** What one worker process may serve; a GPU machine runs only `gpu` and scales on that queue's backlog. */
export const workerRoles = ['workflows', 'gpu', 'build', 'open-cloud', 'rescue'] as const;
export type WorkerRole = (typeof workerRoles)[number];

export type WorkerSettings = {
  taskQueue: string;
  roles: WorkerRole[];
  /** Folder of the artifact store. */
  store: string;
  /** Address of the ledger. */
  ledger: string;
  clones: string;
  projectsFile: string;
  assetIndex: string;
  balanceIndex: string;
  /** Answers of language models that were paid for. */
  modelAnswers: string;
  /** Most nights that a proof of balance plays, whatever a project asks for. */
  balanceNights?: number | undefined;
  /** Most nights in a row that headless play plays of a candidate; 0: none, and the gate is inconclusive. */
  playNights?: number | undefined;
  /** The user's cache: tools that were built or downloaded once. */
  cache: string;
  openCloud: { emulator: string; roblox: string };
};

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the worker's settings: `GRAVESHIFT_HOME` and, over its layout, `GRAVESHIFT_STORE`, `GRAVESHIFT_LEDGER`,
 * `GRAVESHIFT_TASK_QUEUE`, `GRAVESHIFT_ROLES`, `GRAVESHIFT_EMULATOR_URL`, `GRAVESHIFT_BALANCE_NIGHTS`,
 * `GRAVESHIFT_PLAY_NIGHTS`, `GRAVESHIFT_CACHE`.
 * @throws GraveshiftError `InvalidInput` that names the variable, its value and the remedy
 */
export function loadWorkerSettings(env: Variables): WorkerSettings {
  const paths = homePaths(resolveHome({ env }));
  const value = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  return {
    taskQueue: value('GRAVESHIFT_TASK_QUEUE') ?? defaultTaskQueue,
    roles: readRoles(value('GRAVESHIFT_ROLES')),
    store: path.resolve(value('GRAVESHIFT_STORE') ?? paths.store),
    ledger: value('GRAVESHIFT_LEDGER') ?? paths.ledger,
    clones: paths.clones,
    projectsFile: paths.projects,
    assetIndex: path.join(paths.home, 'asset-index'),
    balanceIndex: path.join(paths.home, 'balance-index'),
    modelAnswers: path.join(paths.home, 'model-answers'),
    playNights: readCount('GRAVESHIFT_PLAY_NIGHTS', value('GRAVESHIFT_PLAY_NIGHTS'), 0),
    balanceNights: readCount('GRAVESHIFT_BALANCE_NIGHTS', value('GRAVESHIFT_BALANCE_NIGHTS'), 1),
    cache: resolveCache(env),
    openCloud: {
      emulator: httpUrl(
        'GRAVESHIFT_EMULATOR_URL',
        value('GRAVESHIFT_EMULATOR_URL') ?? 'http://127.0.0.1:7240',
      ),
      roblox: 'https://apis.roblox.com',
    },
  };
}

function readRoles(text: string | undefined): WorkerRole[] {
  if (text === undefined) return [...workerRoles];
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    const role = workerRoles.find((known) => known === name);
    if (role === undefined)
      throw wrong(
        'GRAVESHIFT_ROLES',
        name,
        `expected some of ${workerRoles.join(', ')}, separated by commas`,
      );
    return role;
  });
}

function readCount(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < least)
    throw wrong(name, text, `expected a whole number from ${least}`);
  return count;
}

function httpUrl(name: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/$/, '');
  throw wrong(name, text, 'expected an address such as http://127.0.0.1:7240');
}

function wrong(field: string, value: string, remedy: string): GraveshiftError {
  return new GraveshiftError('InvalidInput', `${field}: got "${value}"; ${remedy}`, {
    details: { field, value },
  });
}
