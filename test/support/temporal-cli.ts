import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { inject } from 'vitest';

/** Runs the Temporal CLI against a server; answers its output and exit code instead of throwing. */
export async function temporal(
  address: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(
      inject('temporalCli'),
      [...args, '--address', address],
      {
        env: { PATH: process.env.PATH, HOME: process.env.HOME },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? 1, stdout: stdout ?? '', stderr: stderr ?? '' };
  }
}
