import path from 'node:path';

import { GraveshiftError } from '../domain/failure.js';
import {
  homePaths,
  readRunningStack,
  type RunningStack,
  type Stack,
  type StackEvent,
  startStack,
} from '../stack/index.js';
import { type StackOptions } from '../stack/stack-options.js';
import type { CliContext } from './context.js';
import { ensureEmulatorKey } from './emulator-key.js';

export const packageRoot = path.resolve(import.meta.dirname, '../..');

/** Starts the embedded stack with our own emulator and worker, and gives the worker a key of that emulator. */
export async function startLocalStack(
  context: CliContext,
  options: { home: string; ports: NonNullable<StackOptions['ports']>; signal: AbortSignal },
): Promise<Stack> {
  const { home, ports, signal } = options;
  const paths = homePaths(home);
  const dist = path.join(packageRoot, 'dist');
  const stack = await startStack({
    home,
    ports,
    signal,
    env: { ...context.env, GRAVESHIFT_EMULATOR_KEY_FILE: paths.emulatorKey },
    emulatorCommand: ({ emulatorPort }) => [
      path.join(dist, 'emulator', 'main.js'),
      '--state',
      paths.emulatorState,
      '--port',
      String(emulatorPort),
    ],
    workerCommand: [path.join(dist, 'worker.js')],
    onEvent: (event) => {
      const line = describeEvent(event);
      if (line !== undefined) context.say(context.colors.err.dim(line));
    },
  });
  try {
    await ensureEmulatorKey({ url: stack.addresses.emulator, file: paths.emulatorKey });
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** The stack that runs under this home, or undefined. @throws AlreadyRunning when one is there that does not answer */
export async function findRunningStack(home: string): Promise<RunningStack | undefined> {
  const status = await readRunningStack(home);
  switch (status.state) {
    case 'running':
      return status.stack;
    case 'none':
    case 'orphaned':
      return undefined;
    case 'not-answering': {
      const owner = status.stack.processes.find(({ name }) => name === 'owner')?.pid;
      throw new GraveshiftError(
        'AlreadyRunning',
        `A stack under ${home} (process ${String(owner)}) is starting, stopping or hangs: wait a moment and try again, ` +
          'end that process, or use another home (--home).',
        { details: { home, pid: owner } },
      );
    }
  }
}

function describeEvent(event: StackEvent): string | undefined {
  switch (event.type) {
    case 'progress':
      return event.message;
    case 'temporal-cli':
      return `Temporal CLI ${event.cli.version} (${event.cli.source}): ${event.cli.path}`;
    case 'orphan':
      return `ending ${event.name} (process ${event.pid}), left by a stack that was killed`;
    case 'ready':
      return `${event.name} is ready (process ${event.pid}, log ${event.logFile})`;
    case 'stopping':
      return `stopping ${event.name}`;
  }
}
