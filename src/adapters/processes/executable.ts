import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';

import type { Environment } from './tool-environment.js';

export type { Environment };

/** File name of a program on this platform. */
export function executableName(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** Why a path cannot be run as a program; undefined when it can. */
export async function notExecutable(file: string): Promise<string | undefined> {
  const entry = await stat(file).catch(() => undefined);
  if (entry === undefined) return 'there is no such file';
  if (!entry.isFile()) return 'it is not a file';
  try {
    await access(file, constants.X_OK);
    return undefined;
  } catch {
    return `it is not executable (chmod +x ${file})`;
  }
}

/** Every program of that name in `PATH`, in its order. */
export async function findInPath(name: string, environment: Environment): Promise<string[]> {
  const folders = (environment.PATH ?? environment.Path ?? '').split(path.delimiter);
  const candidates = folders
    .filter((folder) => folder !== '')
    .map((folder) => path.resolve(folder, executableName(name)));
  const found: string[] = [];
  for (const candidate of new Set(candidates)) {
    if ((await notExecutable(candidate)) === undefined) found.push(candidate);
  }
  return found;
}
