import { z } from 'zod';

import { enemyKinds, type Difficulty, type EnemyKind } from './night.js';
import type { Season } from './project.js';

/** What the curve reads of a season. */
export type CurveSettings = Pick<Season, 'firstNight' | 'curve' | 'audience'>;

export const nightNumberSchema = z
  .int()
  .min(1)
  .max(1000)
  .meta({ examples: [3], description: 'Number of the night in the season' });

/** Every fifth night is a breather. */
const breatherEvery = 5;
/** A breather has three quarters of the intensity of the night before it. */
const breatherRelief = 0.75;

/** `ceiling`: the intensity that the curve tends to; `pace`: nights in which 63 % of the way there is done. */
const curves: Record<Season['curve'], { ceiling: number; pace: number; unlockPace: number }> = {
  gentle: { ceiling: 0.7, pace: 14, unlockPace: 1.5 },
  standard: { ceiling: 0.85, pace: 9, unlockPace: 1 },
  brutal: { ceiling: 1, pace: 5, unlockPace: 0.5 },
};

/** Roblox's maturity labels differ by how much fear they allow: each bounds the intensity. */
const audienceBound: Record<Season['audience'], number> = {
  minimal: 0.55,
  mild: 0.75,
  moderate: 0.9,
  restricted: 1,
};

/** Nights after the first one at which a kind appears on the standard curve. */
const unlockedAfter: Record<EnemyKind, number> = {
  shambler: 0,
  stalker: 2,
  lurker: 6,
  screamer: 10,
  brute: 15,
};

/** Ambushes and screams are sudden frights, more than the "occasional mild fear" of the label Minimal. */
const tooSuddenForMinimal: ReadonlySet<EnemyKind> = new Set(['lurker', 'screamer']);

/** Each quantity at intensity 0 and at intensity 1; docs/night-design.md gives the reasons. */
export const difficultyRange = {
  enemyCount: [2, 12],
  enemySpeed: [8, 14],
  sightRange: [24, 60],
  hearingRange: [12, 40],
  objectiveCount: [3, 8],
  light: [0.5, 0.12],
  durationSeconds: [240, 600],
  safeSeconds: [45, 15],
  lootCount: [8, 16],
  targetSurvivalRate: [0.85, 0.35],
} as const satisfies Partial<Record<keyof Difficulty, readonly [number, number]>>;

/** Nights since the season's first; a night before it is as easy as the first. */
export function nightsIntoSeason(night: number, season: CurveSettings): number {
  return Math.max(0, night - season.firstNight);
}

/** Intensity of a night without breathers: `ceiling × bound × (1 - e^(-nights / pace))`, rising and saturating. */
export function trendIntensity(night: number, season: CurveSettings): number {
  const { ceiling, pace } = curves[season.curve];
  return ceiling * audienceBound[season.audience] * (1 - Math.exp(-nightsIntoSeason(night, season) / pace));
}

export function isBreather(night: number, season: CurveSettings): boolean {
  return (nightsIntoSeason(night, season) + 1) % breatherEvery === 0;
}

/** On which night of the season a kind appears; undefined when the audience never meets it. */
export function unlockNight(kind: EnemyKind, season: CurveSettings): number | undefined {
  if (season.audience === 'minimal' && tooSuddenForMinimal.has(kind)) return undefined;
  return season.firstNight + Math.ceil(unlockedAfter[kind] * curves[season.curve].unlockPace);
}

/** The published difficulty of a night. Pure: the same night and settings always give the same numbers. */
export function difficultyOf(night: number, season: CurveSettings): Difficulty {
  const breather = isBreather(night, season);
  const trend = trendIntensity(night, season);
  const intensity = breather ? breatherRelief * trendIntensity(night - 1, season) : trend;
  const at = (quantity: keyof typeof difficultyRange, of = intensity) => {
    const [easiest, hardest] = difficultyRange[quantity];
    return easiest + (hardest - easiest) * of;
  };
  return {
    night,
    breather,
    intensity: round(intensity, 4),
    enemyCount: Math.round(at('enemyCount')),
    enemyKinds: enemyKinds.filter(
      (kind) => (unlockNight(kind, season) ?? Infinity) <= Math.max(night, season.firstNight),
    ),
    enemySpeed: round(at('enemySpeed'), 1),
    sightRange: round(at('sightRange'), 1),
    hearingRange: round(at('hearingRange'), 1),
    objectiveCount: Math.round(at('objectiveCount')),
    light: round(at('light'), 2),
    durationSeconds: Math.round(at('durationSeconds') / 15) * 15,
    safeSeconds: Math.round(at('safeSeconds')),
    // By the trend: a breather is a night to stock up, never a poorer one.
    lootCount: Math.round(at('lootCount', trend)),
    targetSurvivalRate: round(at('targetSurvivalRate'), 2),
  };
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
