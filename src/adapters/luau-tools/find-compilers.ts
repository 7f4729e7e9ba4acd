import { execa } from 'execa';
import semver from 'semver';

import { findInPath, type Environment } from '../processes/executable.js';

/** `rust-version` of the crate: its dependency uses the 2024 edition. */
export const minimumCargoVersion = '1.85.0';

export type CargoCheck = { usable: true; path: string; version: string } | { usable: false; reason: string };

/** What would build luau-kit: cargo, and a C++ compiler for Luau itself. */
export async function findCompilers(env: Environment, signal?: AbortSignal): Promise<CargoCheck> {
  const [cargo] = await findInPath('cargo', env);
  if (cargo === undefined) return { usable: false, reason: 'cargo is not in PATH' };
  const result = await execa(cargo, ['--version'], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    // rustup may fetch the toolchain that the folder asks for.
    timeout: 120_000,
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const version = semver.coerce(/^cargo (\S+)/.exec(result.stdout)?.[1])?.version;
  if (version === undefined) return { usable: false, reason: `${cargo} does not tell its version` };
  if (semver.lt(version, minimumCargoVersion)) {
    return { usable: false, reason: `${cargo} is ${version}, ${minimumCargoVersion} or newer is needed` };
  }
  if (!(await hasCppCompiler(env))) {
    return { usable: false, reason: 'there is no C++ compiler (c++, g++ or clang++) in PATH' };
  }
  return { usable: true, path: cargo, version };
}

async function hasCppCompiler(env: Environment): Promise<boolean> {
  // Visual Studio's is found by its registry entries, which is the build's own business.
  if (process.platform === 'win32' || (env.CXX ?? '') !== '') return true;
  for (const name of ['c++', 'g++', 'clang++']) {
    if ((await findInPath(name, env)).length > 0) return true;
  }
  return false;
}
