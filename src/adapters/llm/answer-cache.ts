import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { sha256Schema } from '../../domain/artifact.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import { parseInput } from '../../domain/parse-input.js';
import { makeFolder, writeDurably } from '../artifacts/durable-file.js';
import { asStorageFailure, errorCode } from '../artifacts/storage-failure.js';
import { modelReplySchema, type ModelReply } from './answer.js';

/** Answers that were paid for, by the hash of all that was asked. */
export interface AnswerCache {
  find(promptHash: string): Promise<ModelReply | undefined>;
  keep(promptHash: string, reply: ModelReply): Promise<void>;
}

/** The cache in a local folder: `ab/cdef….json`. A file that cannot be read as an answer counts as absent. */
export function createAnswerCache({ directory }: { directory: string }): AnswerCache {
  const root = path.resolve(directory);
  const fileOf = (hash: string) => {
    // The hash becomes a path: nothing else may.
    parseInput(sha256Schema, 'the hash of a prompt', hash);
    return path.join(root, hash.slice(0, 2), `${hash.slice(2)}.json`);
  };
  return {
    async find(hash) {
      const file = fileOf(hash);
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return undefined;
        throw asStorageFailure(error, 'read', file);
      });
      return text === undefined ? undefined : parseReply(text);
    },
    async keep(hash, reply) {
      const file = fileOf(hash);
      try {
        await makeFolder(path.dirname(file));
        const temporary = path.join(path.dirname(file), `.${randomUUID()}.tmp`);
        await writeDurably(file, temporary, new TextEncoder().encode(canonicalJson(reply)));
      } catch (error) {
        throw asStorageFailure(error, 'write', file);
      }
    },
  };
}

function parseReply(text: string): ModelReply | undefined {
  try {
    return modelReplySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
