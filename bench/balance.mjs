import { readBalanceProgram, createNightPlayer } from '../dist/adapters/balance/index.js';
import { createLuauTools } from '../dist/adapters/luau-tools/index.js';
import { heldOutBots, standardParty } from '../dist/domain/balance-bots.js';
import { designNight } from '../dist/domain/night-design.js';
import { seasonSchema } from '../dist/domain/project.js';
import { resolveCache } from '../dist/stack/index.js';

const night = 8;

/** Plays nights of one design with four bots each, `parallel` programs at once. */
async function playNights({ count, parallel }) {
  const tools = await createLuauTools({
    env: process.env,
    cacheDirectory: resolveCache(process.env),
    parallel,
  });
  try {
    const play = createNightPlayer(tools.runtime, await readBalanceProgram());
    const nights = (from, to) => ({
      design: designNight({ project: 'bench', night, season: seasonSchema.parse({}) }),
      bots: heldOutBots,
      party: standardParty,
      seeds: Array.from({ length: to - from }, (_, index) => from + index),
    });
    await play(nights(1_000_000, 1_000_000 + parallel));
    const startedAt = performance.now();
    const played = await play(nights(0, count));
    const seconds = (performance.now() - startedAt) / 1000;
    return {
      seconds,
      simulated: played.reduce((sum, one) => sum + one.seconds, 0),
      runtime: tools.runtime.name,
    };
  } finally {
    await tools.close();
  }
}

/** Seconds that 400 nights take on two cores. */
export async function measureProof() {
  const { seconds, simulated, runtime } = await playNights({ count: 400, parallel: 2 });
  return {
    value: seconds,
    detail: `${(400 / seconds / 2).toFixed(1)} nights a second and core, ${Math.round(simulated)} s of nights, ${runtime}, night ${night}`,
  };
}

/** Milliseconds that a second of a four-bot night takes on one core: the inverse of how much faster than life it is. */
export async function measurePlaySpeed() {
  const { seconds, simulated, runtime } = await playNights({ count: 50, parallel: 1 });
  return {
    value: (seconds / simulated) * 1000,
    detail: `${Math.round(simulated / seconds)} × real time on one core, ${runtime}, night ${night}`,
  };
}
