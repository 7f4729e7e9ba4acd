import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { request } from 'undici';

import { GraveshiftError } from '../domain/failure.js';
import { allScopes, emulatorAdmin } from '../emulator/index.js';

/**
 * Sees to it that the file holds an API key that the emulator takes, for the user's eyes only. The worker reads the
 * file at each call, so a new key needs no restart.
 */
export async function ensureEmulatorKey(options: { url: string; file: string }): Promise<void> {
  const known = await readKey(options.file);
  if (known !== undefined && (await isTaken(options.url, known))) return;
  const key = await emulatorAdmin(options.url).createKey({ scopes: allScopes, name: 'graveshift worker' });
  await writeKey(options.file, key);
}

async function readKey(file: string): Promise<string | undefined> {
  try {
    const key = (await readFile(file, 'utf8')).trim();
    return key === '' ? undefined : key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The emulator keeps only hashes: whether it knows a key is learnt by using it. Universe 1 is never there. */
async function isTaken(url: string, key: string): Promise<boolean> {
  const response = await request(new URL('/cloud/v2/universes/1', url), { headers: { 'x-api-key': key } });
  await response.body.dump();
  return response.statusCode !== 401;
}

async function writeKey(file: string, key: string): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${key}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new GraveshiftError(
      'StorageFailure',
      `The emulator's key cannot be kept in ${file}: make room and check who may write there.`,
      {
        details: { file },
        cause,
      },
    );
  }
}
