import { botSkills, type BotSkill } from './balance-bots.js';
import { tensionSampleSeconds, type BalanceReport, type NightPlayed } from './balance.js';
import { meanOf, quantileOf, wilsonInterval, type ShareInterval } from './balance-statistics.js';
import type { NightDesign } from './night.js';

type Fate = NightPlayed['fates'][number];
type Measured = Pick<
  BalanceReport,
  'survival' | 'skills' | 'outcomes' | 'phases' | 'means' | 'exitOpened' | 'deaths' | 'tension'
>;

/** As `WITCHING_SHARE` in `luau/runtime/NightCycle.luau`. */
const witchingShare = 1 / 3;

const isAlive = (fate: Fate) => fate.ending !== 'died';

/** The share of a party that saw the dawn or escaped, over all nights; the night is the unit: its fates hang together. */
export function survivalOf(nights: readonly NightPlayed[]): ShareInterval {
  return shareOf(nights, () => true, isAlive);
}

/** Everything that is counted in the nights that were played on a design. */
export function summarise(design: NightDesign, nights: readonly NightPlayed[]): Measured {
  const fates = nights.flatMap((night) => night.fates);
  const opened = nights.flatMap((night) => night.exitOpenedAt ?? []);
  return {
    survival: survivalOf(nights),
    skills: Object.fromEntries(
      botSkills
        .filter((skill) => fates.some((fate) => fate.skill === skill))
        .map((skill) => [
          skill,
          {
            survival: shareOf(nights, of(skill), isAlive),
            escaped: shareOf(nights, of(skill), (fate) => fate.ending === 'escaped'),
          },
        ]),
    ) as Measured['skills'],
    outcomes: countBy(nights.map((night) => night.outcome)),
    phases: phasesOf(design, nights),
    means: {
      seconds: mean(nights, (night) => night.seconds),
      strikes: mean(nights, (night) => night.fates.reduce((sum, fate) => sum + fate.strikes, 0)),
      objectivesDone: mean(nights, (night) => night.objectivesDone),
      finds: mean(nights, (night) => night.finds),
      hidings: mean(nights, (night) => night.hidings),
      revivals: mean(nights, (night) => night.revivals),
    },
    exitOpened: {
      share: nights.length === 0 ? 0 : opened.length / nights.length,
      ...(opened.length === 0 ? {} : { meanSecond: round(meanOf(opened), 1) }),
    },
    deaths: countBy(fates.flatMap((fate) => (isAlive(fate) ? [] : (fate.killer ?? 'unknown')))),
    tension: tensionOf(nights),
  };
}

const of = (skill: BotSkill) => (fate: Fate) => fate.skill === skill;

function shareOf(
  nights: readonly NightPlayed[],
  concerns: (fate: Fate) => boolean,
  succeeds: (fate: Fate) => boolean,
): ShareInterval {
  const shares = nights
    .map((night) => night.fates.filter(concerns))
    .filter((fates) => fates.length > 0)
    .map((fates) => fates.filter(succeeds).length / fates.length);
  const successes = shares.reduce((sum, share) => sum + share, 0);
  return wilsonInterval(successes, shares.length);
}

function mean(nights: readonly NightPlayed[], value: (night: NightPlayed) => number): number {
  return round(meanOf(nights.map(value)), 2);
}

function phasesOf(design: NightDesign, nights: readonly NightPlayed[]): Measured['phases'] {
  const { durationSeconds, safeSeconds } = design.difficulty;
  const witchingAt = durationSeconds - (durationSeconds - safeSeconds) * witchingShare;
  const between = (from: number, to: number) =>
    mean(nights, (night) => Math.max(0, Math.min(night.seconds, to) - from));
  return {
    safe: between(0, safeSeconds),
    hunt: between(safeSeconds, witchingAt),
    witching: between(witchingAt, durationSeconds),
  };
}

function tensionOf(nights: readonly NightPlayed[]): Measured['tension'] {
  const samples = Math.max(0, ...nights.map((night) => night.tension.length));
  return Array.from({ length: samples }, (_, sample) => {
    const values = nights.flatMap((night) => night.tension[sample] ?? []);
    return {
      second: sample * tensionSampleSeconds,
      mean: round(meanOf(values), 3),
      low: round(quantileOf(values, 0.1), 3),
      high: round(quantileOf(values, 0.9), 3),
      nights: values.length,
    };
  });
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of [...values].sort()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
