import { execFile } from 'node:child_process';
import type { Readable } from 'node:stream';

import { execa } from 'execa';

import type { Environment } from './tool-environment.js';

export type ProgramResult = {
  /** How it ended. `missing`: no such program, or it could not be started. */
  outcome: 'exited' | 'timed-out' | 'missing';
  /** Undefined when a signal ended it. */
  exitCode: number | undefined;
  /** All of standard output, or its last part when it is longer than `mostOutput`. */
  stdout: string;
  /** The last part of standard output and error, as they came. */
  tail: string;
};

export type ProgramOptions = {
  directory: string;
  /** The whole environment: nothing of this process is added to it. */
  environment: Environment;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Most bytes of standard output to keep. */
  mostOutput?: number;
};

const onWindows = process.platform === 'win32';
/** Enough for a compiler's last words, and little enough for a run's history. */
const tailBytes = 4000;
/** Time to end on its own after being asked, before it is killed. */
const graceMs = 2000;

/**
 * Runs a program without a shell and waits for it. When the signal aborts or the time is over, the program and
 * everything that it started are ended first.
 *
 * @throws the signal's reason when it aborts
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  // Its own process group on POSIX, so that the whole tree can be ended.
  const subprocess = execa(program, [...args], {
    cwd: options.directory,
    env: definedOnly(options.environment),
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    detached: !onWindows,
    windowsHide: true,
  });
  const stdout = collect(subprocess.stdout, options.mostOutput ?? 16 * 1024 * 1024);
  const tail = collectTail([subprocess.stdout, subprocess.stderr]);

  const ended = { late: false };
  let force: NodeJS.Timeout | undefined;
  const end = () => {
    endTree(subprocess.pid, 'SIGTERM');
    force ??= setTimeout(() => endTree(subprocess.pid, 'SIGKILL'), graceMs);
  };
  const timer = setTimeout(() => {
    ended.late = true;
    end();
  }, options.timeoutMs);
  // What a program leaves running would hold its output open, and work on in a folder that is about to be removed.
  // On Windows nothing tells any more whose children they were.
  if (!onWindows) subprocess.once('exit', () => endTree(subprocess.pid, 'SIGKILL'));
  signal?.addEventListener('abort', end, { once: true });
  try {
    const result = await subprocess;
    signal?.throwIfAborted();
    const started = subprocess.pid !== undefined;
    return {
      outcome: ended.late ? 'timed-out' : started ? 'exited' : 'missing',
      exitCode: result.exitCode,
      stdout: stdout(),
      tail: started ? tail() : (result.shortMessage ?? ''),
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(force);
    signal?.removeEventListener('abort', end);
  }
}

/** Ends the process and what it started. One that is gone already is no error. */
function endTree(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  if (onWindows) {
    execFile('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true }, () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EPERM: on macOS, a group in which only zombies are left.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function collect(stream: Readable, most: number): () => string {
  let chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > 2 * most) {
      chunks = [Buffer.concat(chunks).subarray(-most)];
      length = most;
    }
  });
  return () => Buffer.concat(chunks).subarray(-most).toString('utf8');
}

function collectTail(streams: readonly Readable[]): () => string {
  let kept: Buffer = Buffer.alloc(0);
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      kept = Buffer.concat([kept, chunk]).subarray(-tailBytes);
    });
  }
  return () => kept.toString('utf8').trim();
}

function definedOnly(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
