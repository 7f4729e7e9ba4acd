import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { sha256Schema, type ArtifactStore } from '../../domain/artifact.js';
import { GraveshiftError, invalidInput } from '../../domain/failure.js';
import { showValue } from '../../domain/show-value.js';
import { flushFolder, makeFolder, writeDurably } from './durable-file.js';
import { hasHash, readChecked } from './checked-reading.js';
import { asStorageFailure, errorCode } from './storage-failure.js';

/** A temporary file older than this belongs to a process that died, in ms: a write takes seconds. */
const staleAfter = 60 * 60 * 1000;

/**
 * The artifact store in a local folder: `objects/ab/cdef…` holds the bytes with that SHA-256, `corrupt/` what was
 * set aside, `temporary/` what is being written. Any number of processes may share it.
 *
 * Every call throws `StorageFailure`, with the path and the remedy, when the disk is full or refuses.
 */
export function createFileArtifactStore({ directory }: { directory: string }): ArtifactStore {
  const root = path.resolve(directory);
  const temporaryFolder = path.join(root, 'temporary');
  const corruptFolder = path.join(root, 'corrupt');
  let prepared: Promise<void> | undefined;

  const locate = (sha256: string): string => {
    // The hash becomes a path: nothing but a hash may.
    if (!sha256Schema.safeParse(sha256).success) {
      const remedy = 'expected 64 lower-case hexadecimal digits';
      throw invalidInput('The artifact reference', [{ field: 'sha256', value: showValue(sha256), remedy }]);
    }
    return path.join(root, 'objects', sha256.slice(0, 2), sha256.slice(2));
  };

  const prepareOnce = async (): Promise<void> => {
    prepared ??= prepare(temporaryFolder);
    try {
      await prepared;
    } catch (error) {
      prepared = undefined;
      throw error;
    }
  };

  return {
    async put(bytes, mediaType) {
      const sha256 = hashOf(bytes);
      const target = locate(sha256);
      try {
        await prepareOnce();
        await makeFolder(path.dirname(target));
        await makeFolder(temporaryFolder);
        // Only bytes that have their hash count as stored: putting them again repairs a damaged file.
        if (await holds(target, sha256)) {
          await flushFolder(path.dirname(target));
        } else {
          await writeDurably(target, path.join(temporaryFolder, randomUUID()), bytes).catch(
            async (error: unknown) => {
              // Windows refuses to replace a file that another process, done with the same bytes first, has open.
              if (!(await holds(target, sha256))) throw error;
            },
          );
        }
      } catch (error) {
        throw asStorageFailure(error, `store ${bytes.byteLength} bytes in`, target);
      }
      return { sha256, bytes: bytes.byteLength, mediaType };
    },

    async get({ sha256 }) {
      const file = locate(sha256);
      try {
        const bytes = await readIfPresent(file);
        if (bytes === undefined) throw missing(sha256, file);
        if (hashOf(bytes) === sha256) return bytes;
        const restored = await setAside(file, sha256, corruptFolder);
        if (restored !== undefined) return restored;
      } catch (error) {
        throw asStorageFailure(error, 'read', file);
      }
      throw damaged(sha256, file, corruptFolder);
    },

    async open({ sha256 }) {
      const file = locate(sha256);
      try {
        const sound = await hasHash(file, sha256).catch(whereAbsent(undefined));
        if (sound === undefined) throw missing(sha256, file);
        if (!sound && (await setAside(file, sha256, corruptFolder)) === undefined) {
          throw damaged(sha256, file, corruptFolder);
        }
      } catch (error) {
        throw asStorageFailure(error, 'read', file);
      }
      return {
        [Symbol.asyncIterator]: () => readChecked(file, sha256, () => damaged(sha256, file, corruptFolder)),
      };
    },

    async has({ sha256 }) {
      const file = locate(sha256);
      try {
        return (await stat(file)).isFile();
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return false;
        throw asStorageFailure(error, 'look at', file);
      }
    },

    locate: ({ sha256 }) => locate(sha256),
  };
}

async function prepare(temporaryFolder: string): Promise<void> {
  await makeFolder(temporaryFolder);
  for (const name of await readdir(temporaryFolder)) {
    const file = path.join(temporaryFolder, name);
    const writtenAt = await stat(file).then((found) => found.mtimeMs, whereAbsent(Infinity));
    if (Date.now() - writtenAt > staleAfter) await rm(file, { force: true });
  }
}

/**
 * Moves a damaged file away. Another process may have repaired it since it was read: what was moved is read
 * again, and put back and answered when it is good.
 */
async function setAside(file: string, sha256: string, folder: string): Promise<Uint8Array | undefined> {
  await makeFolder(folder);
  const aside = path.join(folder, `${sha256}.${randomUUID()}`);
  const moved = await rename(file, aside).then(() => true, whereAbsent(false));
  if (!moved) return undefined;
  const bytes = await readIfPresent(aside);
  if (bytes === undefined || hashOf(bytes) !== sha256) return undefined;
  await rename(aside, file);
  return bytes;
}

async function holds(file: string, sha256: string): Promise<boolean> {
  const bytes = await readIfPresent(file);
  return bytes !== undefined && hashOf(bytes) === sha256;
}

async function readIfPresent(file: string): Promise<Uint8Array | undefined> {
  const content = await readFile(file).catch(whereAbsent(undefined));
  return content && new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
}

function whereAbsent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (errorCode(error) === 'ENOENT') return value;
    throw error;
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function damaged(sha256: string, file: string, corruptFolder: string): GraveshiftError {
  return new GraveshiftError(
    'ArtifactCorrupt',
    `The artifact ${sha256} was damaged: its file no longer has this SHA-256. It is moved to ` +
      `${corruptFolder}. Run the step that makes it again, and check the disk.`,
    { details: { sha256, path: file } },
  );
}

function missing(sha256: string, file: string): GraveshiftError {
  return new GraveshiftError(
    'ArtifactMissing',
    `The artifact ${sha256} is not in the store (looked for ${file}). Run the step that makes it again, or ` +
      'let this worker use the same artifact store as the worker that made it.',
    { details: { sha256, path: file } },
  );
}
