import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { sha256Schema } from '../../domain/artifact.js';
import { generatedAssetSchema, type AssetIndex } from '../../domain/asset.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import { parseInput } from '../../domain/parse-input.js';
import { makeFolder, writeDurably } from '../artifacts/durable-file.js';
import { asStorageFailure, errorCode } from '../artifacts/storage-failure.js';

/**
 * The asset index in a local folder: `ab/cdef….json` holds the entry with that key. Any number of processes may
 * share it. An entry that cannot be read as one counts as absent: making the asset again replaces it.
 */
export function createFileAssetIndex({ directory }: { directory: string }): AssetIndex {
  const root = path.resolve(directory);
  const fileOf = (key: string) => {
    // The key becomes a path: nothing but a hash may.
    parseInput(sha256Schema, 'the cache key of an asset', key);
    return path.join(root, key.slice(0, 2), `${key.slice(2)}.json`);
  };
  return {
    async find(key) {
      const file = fileOf(key);
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return undefined;
        throw asStorageFailure(error, 'read', file);
      });
      const entry = generatedAssetSchema.safeParse(text === undefined ? undefined : parseJson(text));
      return entry.success && entry.data.key === key ? entry.data : undefined;
    },

    async record(asset) {
      const file = fileOf(asset.key);
      const folder = path.dirname(file);
      try {
        await makeFolder(folder);
        const temporary = path.join(folder, `.${randomUUID()}.tmp`);
        await writeDurably(file, temporary, new TextEncoder().encode(canonicalJson(asset)));
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
