import { GraveshiftError } from '../../domain/failure.js';
import { runProgram, type ProgramResult } from '../processes/run-program.js';
import { toolEnvironment, type Environment } from '../processes/tool-environment.js';
import type { RojoTool } from './find-rojo.js';

export type RojoContext = {
  rojo: RojoTool;
  environment: Environment;
  signal?: AbortSignal | undefined;
  /** How long one call may take; 5 minutes when absent. */
  timeoutMs?: number;
};

/** A source map of a very large game is some ten megabytes. */
const mostOutput = 256 * 1024 * 1024;

/** Runs Rojo in the directory; its exit status is the caller's to judge. */
export async function runRojo(
  context: RojoContext,
  directory: string,
  args: readonly string[],
): Promise<ProgramResult> {
  const { rojo } = context;
  const timeoutMs = context.timeoutMs ?? 300_000;
  const result = await runProgram(rojo.program, [...rojo.leadingArguments, '--color', 'never', ...args], {
    directory,
    // A stack trace of Rojo's tells a game's developer nothing.
    environment: { ...toolEnvironment(context.environment), RUST_BACKTRACE: '0' },
    timeoutMs,
    signal: context.signal,
    mostOutput,
  });
  if (result.outcome === 'missing') {
    throw new GraveshiftError(
      'ToolMissing',
      `Rojo was at ${rojo.path}, and cannot be started any more. Install it again.`,
    );
  }
  if (result.outcome === 'timed-out') {
    throw new GraveshiftError(
      'BuildFailure',
      `rojo ${args[0] ?? ''} did not end within ${timeoutMs / 1000} s. Its last output: ${result.tail || 'none'}`,
    );
  }
  return result;
}

/** Rojo's own words without the folder they were said in, which is a throw-away. */
export function rojoWords(output: string, directories: readonly string[]): string {
  const cut = output.replace(/\n\s*Stack backtrace:[\s\S]*$/, '').replace(/^\[ERROR \w+\] /m, '');
  return directories
    .reduce((text, directory) => text.replaceAll(`${directory}/`, '').replaceAll(`${directory}\\`, ''), cut)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
