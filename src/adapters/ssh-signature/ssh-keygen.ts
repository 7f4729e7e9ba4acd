import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';

import { GraveshiftError } from '../../domain/failure.js';
import type { Environment } from '../processes/tool-environment.js';

export type KeygenResult = { exitCode: number; stdout: string; stderr: string };

/** A verification takes milliseconds; a signature waits for a passphrase or a touch. */
const timeoutMs = 120_000;

/**
 * Runs OpenSSH's `ssh-keygen`, which Git too signs and verifies with, without a shell.
 *
 * @throws GraveshiftError `ToolMissing` when there is none, or one that is older than signatures (8.2)
 */
export async function runKeygen(
  args: readonly string[],
  options: { input: string; env: Environment; signal?: AbortSignal | undefined },
): Promise<KeygenResult> {
  const { input, env, signal } = options;
  const result = await execa('ssh-keygen', [...args], {
    input,
    env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    timeout: timeoutMs,
    windowsHide: true,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const { exitCode, stdout, stderr } = result;
  if (result.code === 'ENOENT') throw toolMissing('ssh-keygen is not in PATH');
  if (/(unknown|illegal|invalid) option -- '?Y/.test(stderr))
    throw toolMissing('ssh-keygen is too old to sign');
  // Without an exit code it did not start, or did not end by itself.
  if (exitCode === undefined) {
    throw new GraveshiftError('ServiceUnavailable', `ssh-keygen did not end: ${result.shortMessage ?? ''}`);
  }
  return { exitCode, stdout, stderr };
}

function toolMissing(problem: string): GraveshiftError {
  return new GraveshiftError(
    'ToolMissing',
    `${problem}: install OpenSSH 8.2 or newer (openssh-client; on Windows the optional feature "OpenSSH Client", or Git for Windows)`,
  );
}

/** A folder for the files that `ssh-keygen` wants, readable by nobody else, removed afterwards. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'graveshift-signature-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
