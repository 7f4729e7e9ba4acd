import { GraveshiftError } from '../../domain/failure.js';
import { defaultLuauLimits, runLuauThread, type LuauLimits } from './luau-thread.js';

export type LuauCompileError = { file: string; line: number; message: string };

/** The compiler's own form: `path:line: message`. */
const located = /^(?<file>.*?):(?<line>\d+): (?<message>[\s\S]*)$/;

/**
 * Compiles every file, without running any.
 * @returns what does not compile, in the order of the files
 * @throws GraveshiftError `CodeFailure` when the compiler itself does not come to an end
 */
export async function compileLuau(
  files: ReadonlyMap<string, string>,
  options: { limits?: LuauLimits; signal?: AbortSignal } = {},
): Promise<LuauCompileError[]> {
  const limits = options.limits ?? defaultLuauLimits;
  const result = await runLuauThread({ kind: 'compile', files: [...files] }, limits, options);
  if (result.end !== 'done') {
    const why = result.crash ?? `not finished after ${limits.timeoutMs} ms`;
    throw new GraveshiftError('CodeFailure', `The Luau compiler gave up on ${files.size} files: ${why}`);
  }
  return result.messages
    .filter((message) => message.kind === 'compile-error')
    .map(({ name, text }) => {
      const groups = located.exec(text)?.groups;
      return { file: name, line: Number(groups?.line ?? 1), message: groups?.message ?? text };
    });
}
