import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import path from 'node:path';

import { createLedger } from '../../adapters/ledger/index.js';
import { homePaths, readRunningStack } from '../../stack/index.js';
import type { WorkerSettings } from '../../worker/settings.js';
import { type Check, firstLine } from './check.js';

/** A night of 20 assets takes about 20 MB; the clones and the server's database take the rest. */
const leastFreeBytes = 1024 ** 3;

/** What is kept on this machine, and what runs. Nothing is made by looking. */
export async function checkState(home: string, settings: WorkerSettings): Promise<Check[]> {
  return await Promise.all([
    checkFolder('home', home),
    checkFolder('artifact store', settings.store),
    checkLedger(settings.ledger),
    checkStack(home),
  ]);
}

async function checkFolder(name: string, folder: string): Promise<Check> {
  const existing = await nearestExisting(folder);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(existing);
    const free = bavail * bsize;
    const found = `${folder}${existing === folder ? '' : ' (not there yet)'}, ${(free / 1024 ** 3).toFixed(1)} GiB free`;
    if (free >= leastFreeBytes) return { name, state: 'ok', found };
    return {
      name,
      state: 'missing',
      found,
      remedy: 'make room: at least 1 GiB, or use another home (--home)',
    };
  } catch (error) {
    return {
      name,
      state: 'missing',
      found: firstLine(error),
      remedy: `let this account write in ${existing}, or use another home (--home)`,
    };
  }
}

async function nearestExisting(folder: string): Promise<string> {
  for (let current = folder; ; current = path.dirname(current)) {
    if ((await stat(current).catch(() => undefined)) || path.dirname(current) === current) return current;
  }
}

async function checkLedger(url: string): Promise<Check> {
  const file = url.replace(/^file:(\/\/)?/, '');
  if (!(await stat(file).catch(() => undefined))) {
    return { name: 'ledger', state: 'ok', found: `${file} (not there yet: the first run makes it)` };
  }
  try {
    const ledger = await createLedger({ url, lockTimeout: 3000 });
    try {
      const [latest] = await ledger.listRuns({ limit: 1 });
      const last = latest === undefined ? 'no runs yet' : `last run ${latest.id}`;
      return { name: 'ledger', state: 'ok', found: `${file}, ${last}` };
    } finally {
      await ledger.close();
    }
  } catch (error) {
    return {
      name: 'ledger',
      state: 'missing',
      found: firstLine(error),
      remedy: 'restore the file from a copy, or move it away to begin a new one',
    };
  }
}

async function checkStack(home: string): Promise<Check> {
  const status = await readRunningStack(home);
  const remedy = 'start it: graveshift up';
  switch (status.state) {
    case 'running': {
      const { temporal, emulator, ui } = status.stack.addresses;
      const found = [
        `Temporal ${temporal}`,
        ...(ui === undefined ? [] : [`Web UI ${ui}`]),
        `emulator ${emulator}`,
      ];
      return { name: 'stack', state: 'ok', found: found.join(', ') };
    }
    case 'none':
      return { name: 'stack', state: 'note', found: `none runs under ${home}`, remedy };
    case 'not-answering':
      return {
        name: 'stack',
        state: 'note',
        found: 'starts, stops or hangs',
        remedy: `see the logs in ${homePaths(home).logs}`,
      };
    case 'orphaned': {
      const left = status.alive.map(({ name, pid }) => `${name} ${pid}`).join(', ');
      return {
        name: 'stack',
        state: 'note',
        found: `a killed one left ${left}`,
        remedy: 'graveshift up ends them and starts anew',
      };
    }
  }
}
