import type { LuauRunLimits, LuauRunResult } from '../../domain/luau-tools.js';

/** Generous for unit tests of pure rules; an endless loop costs this long. */
export const defaultRunLimits: LuauRunLimits = { seconds: 10, memoryBytes: 256 * 1024 * 1024 };

/** A run of which nothing but its end is known. */
export function failedRun(
  status: 'timeout' | 'crashed' | 'memory',
  message: string,
  milliseconds: number,
): LuauRunResult {
  return { status, reports: [], output: [], error: { message, traceback: '' }, milliseconds };
}
