import { open } from 'node:fs/promises';

const binaryMagic = Buffer.from([
  0x3c, 0x72, 0x6f, 0x62, 0x6c, 0x6f, 0x78, 0x21, 0x89, 0xff, 0x0d, 0x0a, 0x1a, 0x0a,
]);

/** Tells a place file by its first bytes; undefined when it is none. */
export function placeFormat(bytes: Buffer): 'rbxl' | 'rbxlx' | undefined {
  if (bytes.subarray(0, binaryMagic.length).equals(binaryMagic)) return 'rbxl';
  const start = bytes
    .subarray(0, 1024)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  return /^\s*(<\?xml[^>]*\?>\s*)?(<!--[^]*?-->\s*)*<roblox[\s>]/.test(start) ? 'rbxlx' : undefined;
}

export async function placeFormatOf(path: string): Promise<'rbxl' | 'rbxlx' | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    return placeFormat(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
