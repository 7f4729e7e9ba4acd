import type { LuauRuntime } from '../../domain/luau-tools.js';
import { z } from 'zod';

import { GraveshiftError } from '../../domain/failure.js';

export type LuauCompileError = { file: string; line: number; message: string };

/** The compiler's own form: `path:line: message`. */
const located = /^(?<file>.*?):(?<line>\d+): (?<message>[\s\S]*)$/;

const errorSchema = z.object({ file: z.string(), text: z.string() });

const entry = 'graveshift/compile.luau';
const program = `for _, file in host.argument do
	local chunk, message = host.load(file)
	if chunk == nil then
		host.report({ file = file, text = message })
	end
end`;

/**
 * Compiles every file, without running any.
 * @returns what does not compile, in the order of the files
 * @throws GraveshiftError `ToolFailure` when the compiler itself does not come to an end
 */
export async function compileScripts(
  runtime: LuauRuntime,
  files: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<LuauCompileError[]> {
  const chunks = new Map([...files, [entry, program]]);
  const result = await runtime.run(
    { chunks, entry, argument: [...files.keys()], limits: { seconds: 30 } },
    signal,
  );
  if (result.status !== 'done') {
    const why = result.error?.message ?? result.status;
    throw new GraveshiftError(
      'ToolFailure',
      `${runtime.name} gave up on compiling ${files.size} files: ${why}`,
    );
  }
  return result.reports.map((value) => {
    const { file, text } = errorSchema.parse(value);
    const groups = located.exec(text)?.groups;
    return { file, line: Number(groups?.line ?? 1), message: groups?.message ?? text };
  });
}
