import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Every file below the folder, sorted, as paths relative to it with forward slashes; empty where there is no folder. */
export async function filesBelow(folder) {
  let entries;
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/** SHA-256 over names and contents. A file that does not exist counts as absent, which differs from empty. */
export async function hashFiles(root, names) {
  const hash = createHash('sha256');
  for (const name of names) {
    const content = await readFile(path.join(root, name)).catch((error) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    hash.update(`${name}\0${content === undefined ? 'absent' : content.length}\0`);
    if (content !== undefined) hash.update(content);
  }
  return hash.digest('hex');
}

/** Readers see the old file or the whole new one, also when the process or the machine dies halfway. */
export async function writeFileAtomically(file, content) {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
