import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { artifactRefSchema, sha256Schema } from '../../domain/artifact.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import { gateResultSchema } from '../../domain/gate.js';
import { parseInput } from '../../domain/parse-input.js';
import { makeFolder, writeDurably } from '../artifacts/durable-file.js';
import { asStorageFailure, errorCode } from '../artifacts/storage-failure.js';

/** What a proof of balance came to; the rest is in the store. */
export const balanceEntrySchema = z.object({
  /** Digest of all that decides the result. */
  key: sha256Schema,
  design: artifactRefSchema,
  gate: gateResultSchema,
  report: artifactRefSchema,
  picture: artifactRefSchema,
  tuned: z.boolean(),
});
export type BalanceEntry = z.infer<typeof balanceEntrySchema>;

/** Proofs that were made already: the same night, rules and bots are not played twice. */
export interface BalanceIndex {
  find(key: string): Promise<BalanceEntry | undefined>;
  record(entry: BalanceEntry): Promise<void>;
}

/**
 * The index in a local folder: `ab/cdef….json` holds the entry with that key. Any number of processes may share it. What
 * cannot be read as an entry counts as absent: proving again replaces it.
 */
export function createFileBalanceIndex({ directory }: { directory: string }): BalanceIndex {
  const root = path.resolve(directory);
  const fileOf = (key: string) => {
    // The key becomes a path: nothing but a hash may.
    parseInput(sha256Schema, 'the key of a proof of balance', key);
    return path.join(root, key.slice(0, 2), `${key.slice(2)}.json`);
  };
  return {
    async find(key) {
      const file = fileOf(key);
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return undefined;
        throw asStorageFailure(error, 'read', file);
      });
      const entry = balanceEntrySchema.safeParse(text === undefined ? undefined : parseJson(text));
      return entry.success && entry.data.key === key ? entry.data : undefined;
    },

    async record(entry) {
      const file = fileOf(entry.key);
      const folder = path.dirname(file);
      try {
        await makeFolder(folder);
        const temporary = path.join(folder, `.${randomUUID()}.tmp`);
        await writeDurably(file, temporary, new TextEncoder().encode(canonicalJson(entry)));
      } catch (error) {
        throw asStorageFailure(error, 'write', file);
      }
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
