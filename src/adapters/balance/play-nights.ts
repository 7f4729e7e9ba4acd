import { nightPlayedSchema, type NightPlayed } from '../../domain/balance.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { LuauRunResult, LuauRuntime } from '../../domain/luau-tools.js';
import { balanceRun, type BalanceProgram, type NightsToPlay } from './balance-program.js';

/** Nights of one program: enough to use the ways that it found, few enough to be cancelled and spread over cores. */
const nightsPerProgram = 25;
/** A night takes a fraction of a second; one that takes this long never ends. */
const secondsPerNight = 20;
const memoryBytes = 256 * 1024 * 1024;

export type PlayNights = (nights: NightsToPlay, signal?: AbortSignal) => Promise<NightPlayed[]>;

/**
 * Plays nights in Luau's virtual machine, as many programs at once as the runtime runs; in the order of their seeds.
 *
 * @throws GraveshiftError `ToolFailure` when the tool died or ran out of time or memory, `CodeFailure` when the rules or
 * the bots broke
 */
export function createNightPlayer(runtime: LuauRuntime, program: BalanceProgram): PlayNights {
  return async (nights, signal) => {
    const shares: (readonly number[])[] = [];
    // Even shares, at least one for each core.
    const programs = Math.max(
      Math.ceil(nights.seeds.length / nightsPerProgram),
      Math.min(runtime.parallel, nights.seeds.length),
    );
    for (let index = 0; index < programs; index++) {
      const from = Math.floor((index * nights.seeds.length) / programs);
      const to = Math.floor(((index + 1) * nights.seeds.length) / programs);
      shares.push(nights.seeds.slice(from, to));
    }
    const played = await Promise.all(
      shares.map(async (seeds) => {
        const result = await runtime.run(
          {
            ...balanceRun(program, { ...nights, seeds }),
            limits: { seconds: secondsPerNight * seeds.length, memoryBytes },
          },
          signal,
        );
        return readNights(result, seeds.length);
      }),
    );
    return played.flat();
  };
}

function readNights(result: LuauRunResult, expected: number): NightPlayed[] {
  if (result.status !== 'done') {
    const why = result.error?.message ?? result.status;
    const isOurs = result.status === 'error';
    throw new GraveshiftError(
      isOurs ? 'CodeFailure' : 'ToolFailure',
      isOurs
        ? `The rules or the bots of the night broke: ${why}. Report it with the night's design.`
        : `The nights could not be played (${result.status}): ${why}`,
      { details: { status: result.status, traceback: result.error?.traceback ?? '' } },
    );
  }
  const nights = nightPlayedSchema.array().length(expected).safeParse(result.reports);
  if (!nights.success) {
    throw new GraveshiftError('ToolFailure', 'The simulator reported something else than its nights', {
      details: { problem: nights.error.message.slice(0, 500) },
      cause: nights.error,
    });
  }
  return nights.data;
}
