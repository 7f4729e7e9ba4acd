import { mkdir, open, rename, stat } from 'node:fs/promises';
import path from 'node:path';

const rotateAtBytes = 10 * 1024 * 1024;
const tailBytes = 8 * 1024;
const tailLines = 12;

/** Opens a log for appending; a large one is first moved aside to `NAME.1`, over the one before. */
export async function openLog(file: string) {
  await mkdir(path.dirname(file), { recursive: true });
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > rotateAtBytes) await rename(file, `${file}.1`);
  return await open(file, 'a');
}

/** The last lines that were written after `offset`. */
export async function readTail(file: string, offset: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const start = Math.max(offset, size - tailBytes);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    await handle.read(buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trim().split('\n').slice(-tailLines).join('\n');
  } finally {
    await handle.close();
  }
}
