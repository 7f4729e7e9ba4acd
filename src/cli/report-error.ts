import { CommanderError } from 'commander';

import { GraveshiftError } from '../domain/failure.js';
import type { CliContext } from './context.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import { plainText } from './view/text.js';

/** One clear block on standard error; never a stack trace, unless `GRAVESHIFT_DEBUG=1` asks for it. */
export function reportError(error: unknown, context: CliContext): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has written its message, or the help that was asked for.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (isInterruption(error) || context.interrupt?.aborted === true) return exitCodes.interrupted;
  const { red } = context.colors.err;
  context.say(`${red('error:')} ${plainText(messageOf(error), { lines: true })}`);
  if (isDebug(context)) context.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  else if (!(error instanceof GraveshiftError)) {
    context.say('This is not a failure we know: GRAVESHIFT_DEBUG=1 shows where it comes from.');
  }
  return exitCodes.failed;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Temporal's client hides why a call failed in the cause.
  const { cause } = error;
  const why = !(error instanceof GraveshiftError) && cause instanceof Error ? `: ${cause.message}` : '';
  return `${error.message}${why}`;
}

function isDebug({ env }: CliContext): boolean {
  return (env.GRAVESHIFT_DEBUG ?? '') !== '' && env.GRAVESHIFT_DEBUG !== '0';
}

/** Ctrl-C in a question, or an aborted wait. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError', 'AbortError'].includes(error.name);
}
