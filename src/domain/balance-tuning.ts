import { freeParameters, type FreeParameter, type FreeParameters, type TuningStep } from './balance.js';
import { difficultyRange } from './difficulty.js';
import type { Difficulty, NightDesign } from './night.js';

/**
 * How far tuning may go, the easiest value first: the ends of the difficulty's range, some way beyond. The curve stays
 * what it is: a night is moved towards its own target, never made another night.
 */
export const tuningBounds: Record<Exclude<FreeParameter, 'enemyCount'>, readonly [number, number]> = {
  enemySpeed: [difficultyRange.enemySpeed[0] - 2, difficultyRange.enemySpeed[1] + 1.5],
  sightRange: [difficultyRange.sightRange[0] - 4, difficultyRange.sightRange[1] + 10],
  hearingRange: [difficultyRange.hearingRange[0] - 4, difficultyRange.hearingRange[1] + 8],
  safeSeconds: [difficultyRange.safeSeconds[0] + 15, difficultyRange.safeSeconds[1] - 5],
  light: [difficultyRange.light[0] + 0.1, difficultyRange.light[1]],
};

/** Enemies are taken away down to this share; none is added, for the map has proved no place for it. */
const fewestEnemies = 0.5;

const digits: Record<FreeParameter, number> = {
  enemyCount: 0,
  enemySpeed: 1,
  sightRange: 1,
  hearingRange: 1,
  safeSeconds: 0,
  light: 2,
};

/** Easiest and hardest value of a parameter for this night; the night's own is never outside. */
export function boundsOf(name: FreeParameter, design: Difficulty): readonly [number, number] {
  const own = design[name];
  if (name === 'enemyCount') return [Math.min(own, Math.max(1, Math.ceil(own * fewestEnemies))), own];
  const [easiest, hardest] = tuningBounds[name];
  const rises = hardest > easiest;
  return rises
    ? [Math.min(easiest, own), Math.max(hardest, own)]
    : [Math.max(easiest, own), Math.min(hardest, own)];
}

/** All parameters at once, from -1 (each at its easiest) by 0 (as designed) to 1 (each at its hardest), in straight lines. */
export function parametersAt(hardness: number, design: Difficulty): FreeParameters {
  const level = Math.max(-1, Math.min(1, hardness));
  return Object.fromEntries(
    freeParameters.map((name) => {
      const [easiest, hardest] = boundsOf(name, design);
      const towards = level < 0 ? easiest : hardest;
      return [name, round(design[name] + (towards - design[name]) * Math.abs(level), digits[name])];
    }),
  ) as FreeParameters;
}

/** The night with these parameters. Map and difficulty agree: enemies that are taken away have no spawn. */
export function withParameters(design: NightDesign, parameters: FreeParameters): NightDesign {
  const spawns = design.map.enemySpawns.slice(0, parameters.enemyCount);
  return {
    ...design,
    difficulty: { ...design.difficulty, ...parameters },
    map: { ...design.map, enemySpawns: spawns },
  };
}

export type TuningResult = {
  design: NightDesign;
  steps: TuningStep[];
  /** `near`: as designed it is near enough. `tuned`: within reach. Else the end of the bounds, which is not enough. */
  end: 'near' | 'tuned' | 'too-hard' | 'too-easy';
};

/** Halvings of the interval: 2⁻⁷ of the bounds is finer than the parameters are rounded. */
const mostHalvings = 7;

/**
 * Looks for the hardness at which survival is the target's, by bisection: survival falls as a night gets harder.
 * `survivalAt` plays the same seeds each time (common random numbers), so that two designs differ by their numbers and
 * not by luck. Each try is recorded.
 */
export async function tune(
  design: NightDesign,
  options: {
    target: number;
    /** Near enough to the target to stop. */
    near: number;
    /** The same, before anything is moved. */
    leave: number;
    survivalAt: (design: NightDesign) => Promise<{ survival: number; nights: number }>;
  },
): Promise<TuningResult> {
  const { target, near, leave } = options;
  const steps: TuningStep[] = [];
  const attempt = async (hardness: number) => {
    const parameters = parametersAt(hardness, design.difficulty);
    const played = await options.survivalAt(withParameters(design, parameters));
    steps.push({ hardness, parameters, ...played });
    return played.survival - target;
  };
  const at = (hardness: number) => withParameters(design, parametersAt(hardness, design.difficulty));

  const asDesigned = await attempt(0);
  if (Math.abs(asDesigned) <= leave) return { design, steps, end: 'near' };
  const limit = asDesigned > 0 ? 1 : -1;
  const atLimit = await attempt(limit);
  if (Math.sign(atLimit) === Math.sign(asDesigned)) {
    const end = Math.abs(atLimit) <= near ? 'tuned' : atLimit > 0 ? 'too-easy' : 'too-hard';
    return { design: at(limit), steps, end };
  }

  let [easier, harder] = limit > 0 ? [0, 1] : [-1, 0];
  let best = { hardness: limit, miss: Math.abs(atLimit) };
  for (let halving = 0; halving < mostHalvings && best.miss > near; halving++) {
    const hardness = (easier + harder) / 2;
    const difference = await attempt(hardness);
    if (Math.abs(difference) < best.miss) best = { hardness, miss: Math.abs(difference) };
    if (difference > 0) easier = hardness;
    else harder = hardness;
  }
  return { design: at(best.hardness), steps, end: 'tuned' };
}

function round(value: number, places: number): number {
  const scale = 10 ** places;
  return Math.round(value * scale) / scale;
}
