import type { LuauProgram } from '../../src/domain/luau-tools.js';

/** A program of one chunk, and more chunks by name. */
export function program(
  source: string,
  options: Partial<Omit<LuauProgram, 'entry' | 'chunks'>> & { chunks?: Record<string, string> } = {},
): LuauProgram {
  const { chunks = {}, ...rest } = options;
  return { chunks: new Map([['main', source], ...Object.entries(chunks)]), entry: 'main', ...rest };
}
