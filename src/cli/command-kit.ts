import { type Command, InvalidArgumentError } from 'commander';

import type { CliContext } from './context.js';
import type { ConnectionFlags } from './connect.js';

/** What each command's file needs to add itself. */
export type CommandKit = {
  program: Command;
  context: CliContext;
  /** Sets the status that the command ends with; without it, 0. */
  exitWith: (code: number) => void;
};

export type JsonFlag = { json?: true };
export type CommonFlags = ConnectionFlags & JsonFlag;

export function withJson(command: Command): Command {
  return command.option('--json', 'print the data as one JSON value on standard output');
}

export function withHome(command: Command): Command {
  return command.option('--home <dir>', "where this machine's state lives (default: GRAVESHIFT_HOME)");
}

/** Flags of a command that talks to Temporal. */
export function withConnection(command: Command): Command {
  return withJson(withHome(command))
    .option('--address <host:port>', 'Temporal to talk to (default: TEMPORAL_*, then the running stack)')
    .option('--namespace <name>', "Temporal's namespace");
}

/** Adds examples after a command's help, one a line. */
export function withExamples(command: Command, ...examples: string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}

/** Prints the data: as JSON where it was asked for, else in words. */
export function printData(context: CliContext, flags: JsonFlag, data: unknown, words: () => string): void {
  context.print(flags.json ? JSON.stringify(data, null, 2) : words());
}

/** A port of a flag: a number, or `auto` for a free one. */
export function parsePort(text: string): number | 'auto' {
  if (text === 'auto') return 'auto';
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port === 0 ? 'auto' : port;
  throw new InvalidArgumentError('expected a port from 1 to 65535, or "auto" for a free one.');
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,4}$/.test(text) && count > 0) return count;
  throw new InvalidArgumentError('expected a whole number from 1 to 9999.');
}
