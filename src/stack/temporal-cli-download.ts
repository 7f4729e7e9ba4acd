import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';

import { type Environment, executableName } from '../adapters/processes/executable.js';
import { pinnedCliVersion } from './temporal-cli-version.js';

export type DownloadLimits = {
  /** Milliseconds until the first byte: a firewall that drops packets never answers. */
  connectMs: number;
  /** Milliseconds without a further byte. */
  idleMs: number;
};

export const defaultDownloadLimits: DownloadLimits = { connectMs: 20_000, idleMs: 30_000 };

const program = fileURLToPath(new URL('../../tools/temporal-cli/sdk-download.js', import.meta.url));
const pollMs = 200;
const reportEveryBytes = 16 * 1024 * 1024;

/**
 * Downloads the pinned version into `folder` with the SDK's own downloader.
 * @returns the file, not yet checked
 * @throws Error saying in words why not, within the limits
 */
export async function downloadTemporalCli(options: {
  folder: string;
  env: Environment;
  limits: DownloadLimits;
  onProgress: (message: string) => void;
  signal?: AbortSignal | undefined;
}): Promise<string> {
  const version = `v${pinnedCliVersion}`;
  // The SDK's names: `temporal-VERSION`, and the same with `.downloading` until it is whole.
  const whole = path.join(options.folder, executableName(`temporal-${version}`));
  const partial = `${whole}.downloading`;
  const ended = new AbortController();
  const child = execa(process.execPath, [program, options.folder, version], {
    env: options.env,
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
    forceKillAfterDelay: 1000,
  });
  const finished = child.finally(() => {
    ended.abort();
  });
  try {
    const problem = await watch({ ...options, whole, partial, ended: ended.signal });
    if (problem !== undefined) throw new Error(problem);
  } finally {
    child.kill('SIGKILL');
    await finished;
  }
  if ((await sizeOf(whole)) !== undefined) return whole;
  const { stderr } = await finished;
  throw new Error(lastLine(stderr) ?? 'the downloader ended without a file');
}

/** Waits for the whole file or the downloader's end. @returns the limit that was passed, in words */
async function watch(options: {
  whole: string;
  partial: string;
  ended: AbortSignal;
  limits: DownloadLimits;
  onProgress: (message: string) => void;
  signal?: AbortSignal | undefined;
}): Promise<string | undefined> {
  let bytes = 0;
  let reported = 0;
  let changedAt = performance.now();
  while (!options.ended.aborted && (await sizeOf(options.whole)) === undefined) {
    options.signal?.throwIfAborted();
    const now = (await sizeOf(options.partial)) ?? 0;
    if (now !== bytes) {
      bytes = now;
      changedAt = performance.now();
    }
    if (bytes - reported >= reportEveryBytes) {
      reported = bytes;
      options.onProgress(`${Math.round(bytes / 1024 / 1024)} MiB unpacked`);
    }
    const limitMs = bytes === 0 ? options.limits.connectMs : options.limits.idleMs;
    if (performance.now() - changedAt > limitMs) {
      return bytes === 0
        ? `no answer within ${limitMs / 1000} s (no internet, or a firewall that drops packets)`
        : `no further byte within ${limitMs / 1000} s, after ${bytes} bytes`;
    }
    await delay(pollMs);
  }
  return undefined;
}

async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}

/** The downloader's last line, whose chain of causes says some of them twice. */
function lastLine(text: string): string | undefined {
  const line = text.trim().split('\n').at(-1);
  return line === '' ? undefined : [...new Set(line?.split(': '))].join(': ');
}
