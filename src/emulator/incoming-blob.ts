import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Refusal } from './refusal.js';

/** A body on disk that belongs to nobody yet. */
export class IncomingBlob {
  readonly sha256: string;
  readonly bytes: number;
  /** Its first bytes, which tell what it is. */
  readonly head: Buffer;
  readonly #temporary: string;
  readonly #folder: string;

  constructor(blob: { sha256: string; bytes: number; head: Buffer; temporary: string; folder: string }) {
    this.sha256 = blob.sha256;
    this.bytes = blob.bytes;
    this.head = blob.head;
    this.#temporary = blob.temporary;
    this.#folder = blob.folder;
  }

  /** Makes it a blob like any other, under its hash. */
  async keep(): Promise<void> {
    await rename(this.#temporary, join(this.#folder, this.sha256));
  }

  async discard(): Promise<void> {
    await rm(this.#temporary, { force: true });
  }
}

const headBytes = 1024;

/** @throws Refusal 413 for more than the largest number of bytes */
export async function receiveBlob(
  folder: string,
  body: AsyncIterable<Buffer>,
  largest: number,
): Promise<IncomingBlob> {
  const temporary = join(folder, `${randomUUID()}.tmp`);
  const hash = createHash('sha256');
  let bytes = 0;
  let head = Buffer.alloc(0);
  try {
    const file = await open(temporary, 'w');
    try {
      for await (const chunk of body) {
        bytes += chunk.byteLength;
        if (bytes > largest) throw new Refusal(413, `The body is larger than ${String(largest)} bytes.`);
        if (head.byteLength < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes)]);
        hash.update(chunk);
        await file.write(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return new IncomingBlob({ sha256: hash.digest('hex'), bytes, head, temporary, folder });
}
