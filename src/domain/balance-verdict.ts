import type { BalanceReport, BalanceSettings, NightPlayed } from './balance.js';
import { wilsonInterval, type ShareInterval } from './balance-statistics.js';
import { gateResult, type GateResult } from './gate.js';

/** Fewer nights say nothing, whatever they show. */
export const fewestNights = 50;
/** A night that loses fewer novices than this share, for certain, is no night of horror. */
const trivialSurvival = 0.97;

export type Band = BalanceReport['target'];

/** The curve's target and what is still near it, within 0 … 1. */
export function bandOf(target: number, tolerance: number): Band {
  return {
    survival: target,
    tolerance,
    low: Math.max(0, target - tolerance),
    high: Math.min(1, target + tolerance),
  };
}

export type BalanceVerdict = Pick<BalanceReport, 'verdict' | 'reasons'>;

/**
 * A night passes where the interval of its survival overlaps the band, an expert can escape, and novices are in danger.
 * It fails where any of these is certainly wrong; too few nights for that are inconclusive.
 */
export function judge(
  measured: Pick<BalanceReport, 'survival' | 'skills'>,
  nights: readonly NightPlayed[],
  band: Band,
): BalanceVerdict {
  const failures = [...impossible(nights), ...trivial(measured, band), ...outside(measured.survival, band)];
  if (nights.length < fewestNights) {
    const why = `${nights.length} nights are too few to judge by; play at least ${fewestNights} (balance.nights in graveshift.json)`;
    return { verdict: 'inconclusive', reasons: [why, ...failures] };
  }
  if (failures.length > 0) return { verdict: 'fail', reasons: failures };
  const { low, high } = measured.survival;
  if (high - low > band.high - band.low) {
    const why = `the interval ${percent(low)}–${percent(high)} is wider than the band; play more nights (balance.nights in graveshift.json)`;
    return { verdict: 'inconclusive', reasons: [why] };
  }
  return { verdict: 'pass', reasons: [] };
}

function impossible(nights: readonly NightPlayed[]): string[] {
  const escapes = (skilled: boolean) =>
    nights.filter((night) =>
      night.fates.some((fate) => fate.ending === 'escaped' && (!skilled || fate.skill === 'expert')),
    ).length;
  if (nights.length === 0 || escapes(true) > 0) return [];
  const { high } = wilsonInterval(0, nights.length);
  const who = escapes(false) > 0 ? 'no expert' : 'nobody';
  return [`${who} escaped in ${nights.length} nights (at most ${percent(high)} can): it is impossible`];
}

function trivial(measured: Pick<BalanceReport, 'skills'>, band: Band): string[] {
  const novices = measured.skills.novice.survival;
  if (novices.low < trivialSurvival || band.high >= 1) return [];
  return [`${percent(novices.share)} of the novices survive: it is trivial`];
}

function outside({ share, low, high }: ShareInterval, band: Band): string[] {
  const what = `${percent(share)} survive (95 %: ${percent(low)}–${percent(high)})`;
  const wanted = `the curve wants ${percent(band.survival)} ± ${Math.round(band.tolerance * 100)}`;
  if (high < band.low) return [`${what}, ${wanted}: it is too hard`];
  if (low > band.high) return [`${what}, ${wanted}: it is too easy`];
  return [];
}

/** The gate `balance` for the run, in words for the person who approves or is asked. */
export function balanceGate(
  report: Pick<BalanceReport, 'verdict' | 'reasons' | 'survival' | 'target' | 'nights' | 'tuning' | 'skills'>,
  findings: readonly string[] = [],
): GateResult {
  const { survival, target, nights, skills } = report;
  const bySkill = Object.entries(skills).map(([skill, one]) => `${skill} ${percent(one.survival.share)}`);
  const summary =
    `${percent(survival.share)} survive (95 %: ${percent(survival.low)}–${percent(survival.high)}, ${nights} nights), ` +
    `wanted ${percent(target.survival)} ± ${Math.round(target.tolerance * 100)}; ${bySkill.join(', ')}` +
    (report.tuning.length > 1 ? `; tuned in ${report.tuning.length} tries` : '');
  return gateResult('balance', report.verdict, summary, [...report.reasons, ...findings]);
}

/** What a person can do about a night that is out of reach. */
export function remedies(end: 'too-hard' | 'too-easy', settings: BalanceSettings): string[] {
  const bounds =
    end === 'too-hard'
      ? 'It is too hard even with every free parameter at its easiest'
      : 'It is too easy even with every free parameter at its hardest';
  return [
    `${bounds}: choose another season.seed for another map, another season.curve, or a wider balance.tolerance than ${settings.tolerance}`,
  ];
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
