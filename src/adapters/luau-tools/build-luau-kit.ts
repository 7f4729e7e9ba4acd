import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';

import { GraveshiftError } from '../../domain/failure.js';
import { executableName } from '../processes/executable.js';
import { adoptBinary, makeStaging, withToolLock } from '../processes/tool-cache.js';
import { findCompilers, minimumCargoVersion, type CargoCheck } from './find-compilers.js';
import { findInCache, findLuauKit, type LuauKit, type LuauKitSearch } from './find-luau-kit.js';
import { cachedKitPath, checkLuauKit, kitCacheFolder, kitCrateFolder } from './kit-version.js';

const reportEveryMs = 15_000;
/** A cold build takes 3 minutes on 2 cores; a slow machine with a slow network takes a multiple of it. */
const buildTimeoutMs = 45 * 60_000;

const remedy =
  `install Rust ${minimumCargoVersion} or newer (https://rustup.rs) and a C++ compiler ` +
  '(Linux: g++; macOS: xcode-select --install; Windows: the Visual Studio Build Tools), ' +
  'or set GRAVESHIFT_LUAU_KIT to the path of a luau-kit';

type BuildOptions = LuauKitSearch & { onProgress: (message: string) => void };

/**
 * Finds luau-kit, or builds it into the cache. Two processes may ask at once: one builds, the other waits and uses
 * the same file.
 * @throws GraveshiftError `ToolMissing` where it cannot be built, `InvalidInput` where the variable names nothing usable
 */
export async function installLuauKit(options: BuildOptions): Promise<LuauKit> {
  const { found } = await findLuauKit(options);
  if (found !== undefined) return found;
  return await withToolLock({
    folder: kitCacheFolder(options.cacheDirectory),
    ready: async () => (await findInCache(options)).found,
    work: async () => await build(options),
    onWait: () => options.onProgress('another process is building luau-kit; waiting for it'),
    signal: options.signal,
  });
}

async function build(options: BuildOptions): Promise<LuauKit> {
  const folder = kitCacheFolder(options.cacheDirectory);
  const staging = await makeStaging(folder);
  try {
    const destination = await cachedKitPath(options.cacheDirectory);
    if (destination === undefined) throw new Error('tools/luau-kit is not part of this installation');
    const cargo = await findCompilers(options.env, options.signal);
    if (!cargo.usable) throw new Error(cargo.reason);
    options.onProgress(`building luau-kit with cargo ${cargo.version}: once, about 3 minutes`);
    const built = await runCargo(cargo, path.join(folder, 'target'), options);
    const staged = path.join(staging, path.basename(built));
    await copyFile(built, staged);
    const check = await checkLuauKit(staged, options);
    if (!check.usable) throw new Error(`what came of it is not usable: ${check.reason}`);
    await mkdir(path.dirname(destination), { recursive: true });
    return { path: await adoptBinary(staged, destination), version: check.version, source: 'built' };
  } catch (error) {
    options.signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new GraveshiftError(
      'ToolMissing',
      `luau-kit is not on this machine and cannot be built (${reason}): ${remedy}.`,
      { details: { reason }, cause: error },
    );
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** @returns the file, not yet checked */
async function runCargo(
  cargo: CargoCheck & { usable: true },
  target: string,
  { env, onProgress, signal }: BuildOptions,
): Promise<string> {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    onProgress(`building luau-kit: ${Math.round((performance.now() - startedAt) / 1000)} s`);
  }, reportEveryMs);
  try {
    const result = await execa(cargo.path, ['build', '--release', '--locked', '--color', 'never'], {
      cwd: kitCrateFolder,
      env: {
        ...env,
        // Kept in the cache: after a change of the crate, Luau itself need not be compiled again.
        CARGO_TARGET_DIR: target,
        CARGO_BUILD_TARGET: undefined,
        // Luau's assertions end the process, and cost half of its speed.
        CXXFLAGS: [env.CXXFLAGS, '-DNDEBUG'].filter(Boolean).join(' '),
      },
      extendEnv: false,
      stdin: 'ignore',
      timeout: buildTimeoutMs,
      reject: false,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    signal?.throwIfAborted();
    if (result.timedOut) throw new Error(`cargo build took longer than ${buildTimeoutMs / 60_000} minutes`);
    if (result.failed) throw new Error(`cargo build failed: ${lastWords(result.stderr)}`);
  } finally {
    clearInterval(timer);
  }
  return path.join(target, 'release', executableName('luau-kit'));
}

function lastWords(stderr: string): string {
  return stderr.trim().split('\n').slice(-4).join('; ') || 'it printed nothing';
}
