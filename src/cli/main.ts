import { CommanderError } from 'commander';

import { type CliContext, type CliStreams, createContext } from './context.js';
import { exitCodes } from './exit-codes.js';
import { createProgram } from './program.js';
import { reportError } from './report-error.js';

/**
 * The command `graveshift`.
 * @param argv as in `process.argv`: Node and the script come first
 * @returns the exit status, see `exitCodes`
 */
export async function main(argv: readonly string[], streams?: CliStreams): Promise<number> {
  const context = createContext(streams ?? processStreams());
  let status: number = exitCodes.ok;
  const program = createProgram(context, (code) => (status = code));
  try {
    await program.parseAsync([...argv]);
    return status;
  } catch (error) {
    return reportError(error, context);
  }
}

function processStreams(): CliStreams {
  const { stdin, stdout, stderr, env } = process;
  // `graveshift list | head` closes the pipe: that ends us, and is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok);
    throw error;
  });
  return { stdin, stdout, stderr, env, cwd: process.cwd() };
}

/** Ends the command as wrongly called. */
export function usageError(context: Pick<CliContext, 'say'>, message: string): CommanderError {
  context.say(`error: ${message}`);
  return new CommanderError(exitCodes.usage, 'graveshift.usage', message);
}
