import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import type { ArtifactStore } from '../../src/domain/artifact.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Overwrites a stored file, which is read-only on purpose. */
async function damage(file: string, content: string): Promise<void> {
  await chmod(file, 0o644);
  await writeFile(file, content);
}

describe('the artifact store in a folder', () => {
  let directory: string;
  let store: ArtifactStore;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'graveshift-artifacts-'));
    store = createFileArtifactStore({ directory });
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const filesIn = async (folder: string) =>
    (await readdir(path.join(directory, folder), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);

  it('gives back any bytes under their SHA-256', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), async (bytes) => {
        const ref = await store.put(bytes, 'application/octet-stream');
        expect(ref).toEqual({
          sha256: sha256Of(bytes),
          bytes: bytes.byteLength,
          mediaType: 'application/octet-stream',
        });
        expect(await store.get(ref)).toEqual(bytes);
        expect(await store.has(ref)).toBe(true);
      }),
      { numRuns: 25 },
    );
    expect(await filesIn('temporary')).toEqual([]);
  });

  async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const read: Uint8Array[] = [];
    for await (const piece of pieces) read.push(piece);
    return Buffer.concat(read);
  }

  it('opens large bytes piece by piece, as often as they are asked for', async () => {
    const bytes = Buffer.alloc(1_000_000, 'a place ');
    const opened = await store.open(await store.put(bytes, 'a/b'));
    let pieces = 0;
    for await (const piece of opened) {
      pieces += 1;
      expect(piece.byteLength).toBeLessThan(200_000);
    }
    expect(pieces).toBeGreaterThan(5);
    expect(await readAll(opened)).toEqual(bytes);
    expect(await readAll(await store.open(await store.put(new Uint8Array(), 'a/b')))).toEqual(
      Buffer.alloc(0),
    );
  });

  it('opens nothing that is damaged or missing, and hands out the whole of nothing damaged since', async () => {
    const bytes = Buffer.alloc(300_000, 1);
    const ref = await store.put(bytes, 'a/b');
    const opened = await store.open(ref);
    await damage(store.locate(ref), 'x'.repeat(300_000));
    let read = 0;
    const reading = (async () => {
      for await (const piece of opened) read += piece.byteLength;
    })();
    await expect(reading).rejects.toMatchObject({ kind: 'ArtifactCorrupt' });
    expect(read).toBeLessThan(300_000);
    await expect(store.open(ref)).rejects.toMatchObject({ kind: 'ArtifactCorrupt' });
    expect(await store.has(ref)).toBe(false);
    await expect(store.open(ref)).rejects.toMatchObject({ kind: 'ArtifactMissing' });
    await store.put(bytes, 'a/b');
    expect(await readAll(await store.open(ref))).toEqual(bytes);
  });

  it('stores the same bytes once, also when many ask at once from several stores', async () => {
    const bytes = new Uint8Array(300_000).fill(7);
    const others = [store, createFileArtifactStore({ directory }), createFileArtifactStore({ directory })];
    const refs = await Promise.all(
      Array.from({ length: 24 }, (_, index) => others[index % 3]!.put(bytes, 'a/b')),
    );
    expect(new Set(refs.map((ref) => ref.sha256)).size).toBe(1);
    expect(await filesIn('objects')).toHaveLength(1);
    expect(await filesIn('temporary')).toEqual([]);
    expect(await store.get(refs[0]!)).toEqual(bytes);
  });

  it('says where the bytes lie, and that absent ones are absent', async () => {
    const absent = { sha256: '0'.repeat(64) };
    expect(await store.has(absent)).toBe(false);
    expect(store.locate(absent)).toContain(directory);
    await expect(store.get(absent)).rejects.toMatchObject({
      kind: 'ArtifactMissing',
      message: expect.stringContaining(absent.sha256) as string,
    });
  });

  it.each(['../../etc/passwd', 'ABC', '', '0'.repeat(63)])('refuses %j as a hash', async (sha256) => {
    await expect(store.get({ sha256 })).rejects.toMatchObject({ kind: 'InvalidInput' });
    expect(() => store.locate({ sha256 })).toThrow('64 lower-case hexadecimal digits');
  });

  it('finds a damaged artifact by its hash, sets it aside, and is repaired by making it again', async () => {
    const ref = await store.put(bytesOf('a well'), 'text/plain');
    await damage(store.locate(ref), 'a hell');

    await expect(store.get(ref)).rejects.toMatchObject({ kind: 'ArtifactCorrupt' });
    expect(await filesIn('corrupt')).toEqual([expect.stringContaining(ref.sha256)]);
    await expect(store.get(ref)).rejects.toMatchObject({ kind: 'ArtifactMissing' });

    await store.put(bytesOf('a well'), 'text/plain');
    expect(await store.get(ref)).toEqual(bytesOf('a well'));
  });

  it('repairs a damaged artifact that nobody has read yet when its bytes are put again', async () => {
    const ref = await store.put(bytesOf('a lamp'), 'text/plain');
    await damage(store.locate(ref), '');
    await store.put(bytesOf('a lamp'), 'text/plain');
    expect(await store.get(ref)).toEqual(bytesOf('a lamp'));
  });

  it('tells every one of many readers of a damaged artifact, and sets it aside once', async () => {
    const ref = await store.put(bytesOf('a coffin'), 'text/plain');
    await damage(store.locate(ref), 'a coffee');
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => store.get(ref)));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { kind: expect.stringMatching(/^Artifact(Corrupt|Missing)$/) as string },
      });
    }
    expect(await filesIn('corrupt')).toHaveLength(1);
  });

  it('protects an artifact from being saved over by a program that opened it', async (context) => {
    if (process.platform === 'win32') context.skip('Windows has no such modes');
    const ref = await store.put(bytesOf('final'), 'text/plain');
    expect((await stat(store.locate(ref))).mode & 0o222).toBe(0);
  });

  it('cleans up what a process that died left half written, and leaves what is being written', async () => {
    await store.put(bytesOf('x'), 'text/plain');
    const dead = path.join(directory, 'temporary', 'dead');
    await writeFile(dead, 'half');
    await utimes(dead, new Date(0), new Date(0));
    await writeFile(path.join(directory, 'temporary', 'alive'), 'half');

    await createFileArtifactStore({ directory }).put(bytesOf('y'), 'text/plain');
    expect(await filesIn('temporary')).toEqual(['alive']);
  });

  it('goes on when somebody removed the whole folder', async () => {
    await store.put(bytesOf('x'), 'text/plain');
    await rm(directory, { recursive: true });
    const ref = await store.put(bytesOf('x'), 'text/plain');
    expect(await store.get(ref)).toEqual(bytesOf('x'));
  });
});
