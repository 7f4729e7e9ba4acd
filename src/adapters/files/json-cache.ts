import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { sha256Schema } from '../../domain/artifact.js';
import { parseInput } from '../../domain/parse-input.js';

/** JSON values by a SHA-256 that names everything they were made from. */
export type JsonCache = {
  /** Undefined where there is none, or none that can be read: it is made again. */
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
};

/**
 * A cache in a local folder, which may be deleted at any time and shared by any number of processes. Written whole or
 * not at all, but not flushed: after a power cut an entry may be missing.
 */
export function createJsonCache({ directory }: { directory: string }): JsonCache {
  const root = path.resolve(directory);
  const fileOf = (key: string) => {
    // The key becomes a path: nothing but a hash may.
    parseInput(sha256Schema, 'the key of a cache', key);
    return path.join(root, key.slice(0, 2), `${key.slice(2)}.json`);
  };
  return {
    async get(key) {
      try {
        return JSON.parse(await readFile(fileOf(key), 'utf8')) as unknown;
      } catch (error) {
        if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT')
          return undefined;
        throw error;
      }
    },
    async put(key, value) {
      const file = fileOf(key);
      await mkdir(path.dirname(file), { recursive: true });
      const temporary = `${file}.${randomUUID()}.tmp`;
      try {
        await writeFile(temporary, JSON.stringify(value));
        await rename(temporary, file);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}
