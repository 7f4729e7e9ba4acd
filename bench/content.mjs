import { measureContent, readContentProgram } from '../dist/adapters/content/index.js';
import { createLuauTools } from '../dist/adapters/luau-tools/index.js';
import { planContent } from '../dist/domain/content/plan.js';
import { contentRequestSchema } from '../dist/domain/content/request.js';
import { seasonSchema } from '../dist/domain/project.js';
import { resolveCache } from '../dist/stack/home.js';

const times = 9;

/** A forest with every pattern and a rule of each sort, all of it in one player's range. */
const forest = {
  contentType: 'forest',
  area: { width: 1024, depth: 1024 },
  kinds: [
    { name: 'dead-tree', density: 6, spacing: 7 },
    { name: 'rock', density: 3, spacing: 5 },
    { name: 'stump', density: 3, spacing: 6 },
    { name: 'lantern', density: 1, spacing: 10 },
    { name: 'candles', recipe: 'candles', density: 3.5, spacing: 3 },
  ],
  rules: ['candles clusters of 4 within 7', 'candles never near lantern 5'],
  performance: { maxInstances: 20_000, maxParts: 20_000, memoryMegabytes: 300 },
  streaming: { radius: 800, unloadRadius: 900 },
};

/** Generator and manager together, without an engine: layouts, rules, limits and the handing out of models. */
export async function measureContentPlacing() {
  const { config } = planContent(contentRequestSchema.parse(forest), seasonSchema.parse({}));
  const luau = await createLuauTools({
    env: process.env,
    cacheDirectory: resolveCache(process.env),
    parallel: 1,
  });
  try {
    if (luau.runtime.name !== 'luau-kit')
      throw new Error(`measured in luau-kit only: ${luau.unchecked ?? ''}`);
    const runs = await measureContent(luau.runtime, await readContentProgram(), { config, times });
    const perTenThousand = runs
      .map(({ placements, seconds }) => (seconds * 1000 * 10_000) / placements)
      .sort((a, b) => a - b);
    const [fastest, middle, slowest] = [0, Math.floor(times / 2), times - 1].map(
      (index) => perTenThousand[index],
    );
    return {
      value: Number(middle.toFixed(1)),
      detail: `median of ${times}: ${fastest.toFixed(1)} … ${slowest.toFixed(1)} ms; ${runs[0].placements} placements of ${config.kinds.length} kinds, scaled to 10,000`,
    };
  } finally {
    await luau.close();
  }
}
