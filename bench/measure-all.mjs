/**
 * @typedef {{ name: string, value: number | null, unit: string, goal: string, holds: boolean, detail: string }} Result
 * `value` is null where it could not be measured: the detail says why.
 * @typedef {{
 *   log: (line: string) => void,
 *   signal: AbortSignal,
 *   shared: <T>(key: string, make: () => Promise<T>) => Promise<T>,
 * }} BenchContext `shared` makes something once for all benches that ask for it, such as the night
 */

/**
 * Measures one bench after the other: two at once would measure each other. One that fails does not stop the rest.
 * @param {import('./catalogue.mjs').Bench[]} benches
 * @param {Pick<BenchContext, 'log' | 'signal'>} options
 * @returns {Promise<Result[]>}
 */
export async function measureAll(benches, { log, signal }) {
  const made = new Map();
  const shared = (key, make) => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key);
  };
  const results = [];
  for (const bench of benches) {
    if (signal.aborted) break;
    log(`bench ${bench.name}: ${bench.about}`);
    results.push(await measureOne(bench, { log, signal, shared }));
  }
  return results;
}

async function measureOne(bench, context) {
  const { name, unit } = bench;
  try {
    const { value, detail, goal = bench.goal, alsoHolds = true } = await bench.measure(context);
    const holds = value <= goal && alsoHolds;
    return { name, value: rounded(value), unit, goal: `≤ ${goal}`, holds, detail };
  } catch (error) {
    const goal = bench.goal === undefined ? '' : `≤ ${bench.goal}`;
    const why = error instanceof Error ? error.message : String(error);
    return { name, value: null, unit, goal, holds: false, detail: `not measured: ${why}` };
  }
}

/** Three decimals: a millisecond of a second is below the noise of any of these. */
const rounded = (value) => Math.round(value * 1000) / 1000;
