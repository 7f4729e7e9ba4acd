import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';

import type { CliStreams, Output } from '../../src/cli/context.js';
import { main } from '../../src/cli/main.js';

export type Called = { code: number; stdout: string; stderr: string };

/** An output that keeps what is written to it; a terminal of that width where one is asked for. */
export function captureOutput(terminal?: { columns: number; rows: number }): {
  stream: Output;
  text: () => string;
} {
  const stream: Output = new PassThrough();
  if (terminal) Object.assign(stream, { isTTY: true, ...terminal });
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  return { stream, text: () => text };
}

/** Calls the command in this process, as a shell would: nothing of this machine's environment reaches it but PATH. */
export async function runCli(
  args: readonly string[],
  options: {
    env?: Record<string, string>;
    stdin?: string;
    cwd?: string;
    terminal?: { columns: number; rows: number };
  } = {},
): Promise<Called> {
  const stdout = captureOutput(options.terminal);
  const stderr = captureOutput(options.terminal);
  const streams: CliStreams = {
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { PATH: process.env.PATH ?? '', ...options.env },
    cwd: options.cwd ?? tmpdir(),
    interrupt: new AbortController().signal,
  };
  const code = await main(['node', 'graveshift', ...args], streams);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

export async function makeFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'graveshift-cli-')));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
