import { difficultyOf, nightNumberSchema } from './difficulty.js';
import { GraveshiftError } from './failure.js';
import type { NightDesign } from './night.js';
import { assetsOfNight } from './night-assets.js';
import { drawMap } from './night-map.js';
import { mapProblems } from './night-proof.js';
import { parseInput } from './parse-input.js';
import type { Season } from './project.js';
import { createRandom, seedOf } from './random.js';

/** Maps drawn before giving up. About one first drawing in two thousand is refused, nearly always as too long a walk. */
const mostDrawings = 16;

/**
 * Designs a night: its difficulty, the assets it needs and a map that is proved to be playable. Pure and seeded:
 * the same project, season and night give the same design on every machine.
 *
 * @throws GraveshiftError `InvalidInput` for a night that is not one, `DesignFailure` when no map can be proved
 */
export function designNight(input: { project: string; night: number; season: Season }): NightDesign {
  const night = parseInput(nightNumberSchema, 'the number of the night', input.night);
  const { project, season } = input;
  const identity = { project, season: season.seed, night };
  const difficulty = difficultyOf(night, season);
  const assets = assetsOfNight(night, season, createRandom({ ...identity, purpose: 'assets' }));

  let problems: string[] = [];
  for (let drawing = 1; drawing <= mostDrawings; drawing++) {
    const map = drawMap(difficulty, assets, createRandom({ ...identity, purpose: 'map', drawing }));
    problems = mapProblems(map, difficulty, assets);
    if (problems.length === 0) {
      return { night, seed: seedOf(identity), theme: season.theme, difficulty, assets, map };
    }
  }
  throw new GraveshiftError(
    'DesignFailure',
    `No playable map for night ${night} in ${mostDrawings} drawings; the last one: ${problems.slice(0, 5).join('; ')}. ` +
      'Change season.seed in graveshift.json by one and report this seed.',
    { details: { project, night, seed: season.seed, problems: problems.slice(0, 10) } },
  );
}
