import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

import { asStorageFailure } from './storage-failure.js';

const pieceBytes = 64 * 1024;

/**
 * Reads the file piece by piece, and tells whether it has this SHA-256. All pieces share one buffer: as many buffers as
 * a large place has pieces would stay in memory until they are collected.
 */
export async function hasHash(file: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(pieceBytes);
  const handle = await open(file);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, pieceBytes);
      if (bytesRead === 0) return hash.digest('hex') === sha256;
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** The file's pieces. The last one is held back until all have been checked: nobody gets the whole of a damaged file. */
export async function* readChecked(
  file: string,
  sha256: string,
  damaged: () => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  try {
    for await (const piece of piecesOf(file)) {
      hash.update(piece);
      if (held !== undefined) yield held;
      held = piece;
    }
  } catch (error) {
    throw asStorageFailure(error, 'read', file);
  }
  if (hash.digest('hex') !== sha256) throw damaged();
  if (held !== undefined) yield held;
}

function piecesOf(file: string): AsyncIterable<Uint8Array> {
  return createReadStream(file);
}
