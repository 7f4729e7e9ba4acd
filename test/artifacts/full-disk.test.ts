import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';

import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';

const isRoot = process.getuid?.() === 0;

/** Runs a program that may be missing or forbidden here; answers whether it did its work. */
function succeeds(program: string, programArguments: string[]): boolean {
  try {
    execFileSync(program, programArguments, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

describe('the artifact store on a disk that refuses', () => {
  let directory: string;
  const cleanUp: (() => void)[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'graveshift-full-disk-'));
  });
  afterEach(async () => {
    for (const undo of cleanUp.splice(0).reverse()) undo();
    await rm(directory, { recursive: true, force: true });
  });

  /** A real file system of 256 KiB, where this user may mount one. */
  function mountSmallDisk(context: TestContext): void {
    const mounted =
      process.platform === 'linux' &&
      isRoot &&
      succeeds('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory]);
    if (!mounted) context.skip('needs the right to mount a small file system');
    cleanUp.push(() => execFileSync('umount', [directory]));
  }

  it('names the full disk and the remedy, and leaves no partial file behind', async (context) => {
    mountSmallDisk(context);
    const store = createFileArtifactStore({ directory: path.join(directory, 'store') });
    const small = await store.put(randomBytes(64 * 1024), 'application/octet-stream');

    await expect(store.put(randomBytes(1024 * 1024), 'model/gltf-binary')).rejects.toMatchObject({
      kind: 'StorageFailure',
      details: { code: 'ENOSPC' },
      message: expect.stringMatching(/disk is full.*free some space/s) as string,
    });
    expect(await filesBelow(directory)).toHaveLength(1);
    expect((await store.get(small)).byteLength).toBe(64 * 1024);
  });

  it('goes on by itself once there is space again', async (context) => {
    mountSmallDisk(context);
    const ballast = path.join(directory, 'ballast');
    await writeFile(ballast, randomBytes(240 * 1024));
    const store = createFileArtifactStore({ directory: path.join(directory, 'store') });
    const bytes = new Uint8Array(randomBytes(100 * 1024));
    await expect(store.put(bytes, 'a/b')).rejects.toMatchObject({ kind: 'StorageFailure' });

    await rm(ballast);
    expect(await store.get(await store.put(bytes, 'a/b'))).toEqual(bytes);
  });

  it('names a limit on file sizes', async (context) => {
    const limit = (bytes: string) =>
      process.platform === 'linux' &&
      succeeds('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
    const store = createFileArtifactStore({ directory });
    await store.put(new Uint8Array(10), 'a/b');
    if (!limit('65536')) context.skip('needs prlimit');
    cleanUp.push(() => expect(limit('unlimited')).toBe(true));

    await expect(store.put(new Uint8Array(200_000), 'a/b')).rejects.toMatchObject({
      kind: 'StorageFailure',
      details: { code: 'EFBIG' },
    });
    expect(await filesBelow(directory)).toHaveLength(1);
  });

  it('names a folder that it may not write', async (context) => {
    if (process.platform === 'win32') context.skip('Windows has no such modes');
    await chmod(directory, 0o555);
    if (isRoot) {
      // Modes do not bind root: become nobody for this one call, as a worker's container does.
      process.seteuid?.(65_534);
      cleanUp.push(() => process.seteuid?.(0));
    }
    const store = createFileArtifactStore({ directory: path.join(directory, 'store') });
    await expect(store.put(new Uint8Array(10), 'a/b')).rejects.toMatchObject({
      kind: 'StorageFailure',
      details: { code: 'EACCES' },
      message: expect.stringContaining('read and write access') as string,
    });
  });

  it('names a file that stands where a folder should be', async () => {
    const file = path.join(directory, 'store');
    await writeFile(file, '');
    const store = createFileArtifactStore({ directory: file });
    await expect(store.put(new Uint8Array(10), 'a/b')).rejects.toMatchObject({
      kind: 'StorageFailure',
      message: expect.stringContaining(file) as string,
    });
  });

  it('names a folder that stands where an artifact should be', async () => {
    const store = createFileArtifactStore({ directory });
    const ref = { sha256: 'a'.repeat(64) };
    await mkdir(store.locate(ref), { recursive: true });
    expect(await store.has(ref)).toBe(false);
    await expect(store.get(ref)).rejects.toMatchObject({ kind: 'StorageFailure' });
  });
});
