import type { LuauRunLimits, LuauRunResult, LuauRuntime } from '../../domain/luau-tools.js';
import { findLeaks, playPartSchema, type PlayReport } from '../../domain/play.js';
import { readEngineApi, type EngineApi } from './engine-api.js';
import { describePlace, digestOfPlace } from './place-description.js';
import { createPlayProgram, readPlayModules, type PlayPlan } from './play-program.js';

const memoryBytes = 512 * 1024 * 1024;

/**
 * A loop without an end is told from much work by Luau's own steps, which are the same on a busy machine as on an idle
 * one: ten nights take a tenth of these, an endless loop all of them within a minute. The fallback counts none.
 */
export const playLimits: Readonly<Record<LuauRuntime['name'], LuauRunLimits>> = {
  'luau-kit': { seconds: 900, memoryBytes, interrupts: 1_000_000_000 },
  'luau-web': { seconds: 120, memoryBytes },
};

export type PlayRequest = {
  place: Uint8Array;
  subject: PlayReport['subject'];
  plan: PlayPlan;
  limits?: Partial<LuauRunLimits>;
};

export type PlaceToPlay = { api: EngineApi; modules: ReadonlyMap<string, string> };

/** What every play needs and none changes: read once a process. */
export async function readPlaceToPlay(): Promise<PlaceToPlay> {
  const [api, modules] = await Promise.all([readEngineApi(), readPlayModules()]);
  return { api, modules };
}

/**
 * Plays a place. Whatever its scripts do is in the report.
 * @throws GraveshiftError `BuildFailure` when the bytes are no place
 */
export async function playPlace(
  runtime: LuauRuntime,
  { api, modules }: PlaceToPlay,
  { place, subject, plan, limits = {} }: PlayRequest,
  signal?: AbortSignal,
): Promise<PlayReport> {
  const described = describePlace(place);
  const program = createPlayProgram(described, api, modules, plan);
  const result = await runtime.run(
    { ...program, limits: { ...playLimits[runtime.name], ...limits } },
    signal,
  );
  return reportOf(result, { place: digestOfPlace(place), subject, seed: plan.seed, runtime: runtime.name });
}

function reportOf(
  result: LuauRunResult,
  facts: Pick<PlayReport, 'place' | 'subject' | 'seed' | 'runtime'>,
): PlayReport {
  const parts = result.reports.map((report) => playPartSchema.parse(report));
  // Each part tells everything that was found so far.
  const found = parts.at(-1)?.found ?? { errors: [], warnings: [], notSimulated: [] };
  const report: PlayReport = {
    version: 1,
    ...facts,
    ...found,
    leaks: [],
    output: result.output.slice(0, keptOutput),
  };
  for (const part of parts) {
    switch (part.part) {
      case 'nights':
        report.nights = part.result;
        report.leaks = findLeaks(part.result.samples);
        break;
      case 'scenarios':
        report.scenarios = part.result;
        break;
      case 'idle':
        report.idle = part.result;
        break;
      case 'hostile':
        report.hostile = part.result;
        break;
    }
  }
  if (result.status !== 'done') {
    report.stopped = { why: result.status, message: describeStop(result) };
  }
  return report;
}

const keptOutput = 200;
const modelLine = 'graveshift/play/';

/** The innermost line of the place's own scripts says which one did not end. */
function describeStop({ status, error, milliseconds }: LuauRunResult): string {
  const own = (error?.traceback ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes(modelLine));
  const where = own.length === 0 ? '' : ` at ${own.slice(0, 3).join(' < ')}`;
  return `${error?.message ?? status} after ${Math.round(milliseconds / 1000)} s${where}`;
}
