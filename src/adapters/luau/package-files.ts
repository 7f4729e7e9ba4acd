import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { GraveshiftError } from '../../domain/failure.js';

/** Folder of this package's `luau/`: the nearest one above this file, which is the same from `src` and from `dist`. */
export function luauFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, 'luau', 'stylua.toml');
    if (existsSync(candidate)) return dirname(candidate);
    if (dirname(folder) === folder) {
      throw new GraveshiftError(
        'CodeFailure',
        `The package's luau folder is missing above ${start}. Install graveshift again, complete.`,
      );
    }
  }
}

/** All `.luau` files under a folder of `luau/`: path relative to it, with forward slashes → source; sorted by path. */
export async function readLuauFiles(folder: string): Promise<Map<string, string>> {
  const root = join(luauFolder(), folder);
  const entries = await readdir(root, { recursive: true });
  const paths = entries.filter((entry) => entry.endsWith('.luau')).sort();
  const sources = await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8')));
  return new Map(paths.map((path, index) => [path.replaceAll('\\', '/'), sources[index] ?? '']));
}
