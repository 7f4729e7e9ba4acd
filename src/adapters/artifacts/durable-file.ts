import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

const onWindows = process.platform === 'win32';

/**
 * Makes the bytes appear under `target` whole or not at all, also across a power cut: written beside it in the same
 * file system, flushed, then renamed, and the folder's entry flushed too. `temporary` is gone when this ends.
 */
export async function writeDurably(target: string, temporary: string, bytes: Uint8Array): Promise<void> {
  try {
    // Immutable also for a person who opens it in an editor. On Windows a read-only file could not be replaced.
    const handle = await open(temporary, 'wx', onWindows ? 0o644 : 0o444);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushFolder(path.dirname(target));
}

/** Makes the folder, and makes sure that a power cut does not take it back. */
export async function makeFolder(folder: string): Promise<void> {
  const firstMade = await mkdir(folder, { recursive: true });
  if (firstMade === undefined || onWindows) return;
  for (let made = folder; ; made = path.dirname(made)) {
    await flushFolder(path.dirname(made));
    if (path.relative(firstMade, made) === '') return;
  }
}

/** Windows has no flush for folders: its file systems journal their entries. */
export async function flushFolder(folder: string): Promise<void> {
  if (onWindows) return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
