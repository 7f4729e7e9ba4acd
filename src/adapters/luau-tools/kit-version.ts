import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';

import { executableName, notExecutable, type Environment } from '../processes/executable.js';

/** The crate, which is the same folder from `src` and from `dist`. */
export const kitCrateFolder = fileURLToPath(new URL('../../../tools/luau-kit', import.meta.url));

/** The first start of a fresh binary may wait for a virus scanner. */
const versionTimeoutMs = 30_000;
/** Long enough that two versions of the sources do not meet. */
const hashDigits = 12;

export type LuauKitCheck = { usable: true; version: string } | { usable: false; reason: string };

/** Folder of the tool in the user's cache; what is built there is shared by all versions of the crate. */
export function kitCacheFolder(cacheDirectory: string): string {
  return path.join(cacheDirectory, 'luau-kit');
}

/**
 * Where the binary of exactly these sources lies, built or not: a changed crate is another file. Undefined where the
 * installation came without the sources.
 */
export async function cachedKitPath(
  cacheDirectory: string,
  crate = kitCrateFolder,
): Promise<string | undefined> {
  const isHere = await access(path.join(crate, 'Cargo.toml')).then(
    () => true,
    () => false,
  );
  if (!isHere) return undefined;
  const hash = await hashCrate(crate);
  return path.join(kitCacheFolder(cacheDirectory), hash, executableName('luau-kit'));
}

async function hashCrate(crate: string): Promise<string> {
  const sources = await readdir(path.join(crate, 'src'), { recursive: true, withFileTypes: true });
  const files = [
    'Cargo.toml',
    'Cargo.lock',
    'build.rs',
    ...sources
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(crate, path.join(entry.parentPath, entry.name)))
      .map((file) => file.replaceAll('\\', '/'))
      .sort(),
  ];
  const hash = createHash('sha256');
  for (const file of files) {
    // A checkout on Windows may have other line ends, which change nothing.
    const text = (await readFile(path.join(crate, file), 'utf8')).replaceAll('\r\n', '\n');
    hash.update(`${file}\0${text.length}\0${text}`);
  }
  return hash.digest('hex').slice(0, hashDigits);
}

/** Runs `--version`: the only proof that a file is whole, for this machine, and luau-kit. */
export async function checkLuauKit(
  file: string,
  options: { env: Environment; signal?: AbortSignal | undefined },
): Promise<LuauKitCheck> {
  const reason = await notExecutable(file);
  if (reason !== undefined) return { usable: false, reason };
  const result = await execa(file, ['--version'], {
    env: options.env,
    extendEnv: false,
    stdin: 'ignore',
    timeout: versionTimeoutMs,
    reject: false,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  options.signal?.throwIfAborted();
  if (result.failed) {
    return { usable: false, reason: `it cannot be run ("--version": ${result.shortMessage})` };
  }
  const version = /^luau-kit (\S+ \(Luau \S+\))/.exec(result.stdout)?.[1];
  if (version === undefined) {
    const shown = JSON.stringify(result.stdout.slice(0, 80));
    return { usable: false, reason: `"--version" printed ${shown}, which is not luau-kit's` };
  }
  return { usable: true, version };
}
