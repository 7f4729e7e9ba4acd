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
  const { size } = await stat(file);
  const text = await readSince(file, Math.max(offset, size - tailBytes));
  return text.trim().split('\n').slice(-tailLines).join('\n');
}

/** What was written after `offset`. */
export async function readSince(file: string, offset: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, size - offset));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
