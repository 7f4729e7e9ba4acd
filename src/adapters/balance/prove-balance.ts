import {
  freeParameters,
  notSimulated,
  type BalanceReport,
  type BalanceSettings,
  type NightPlayed,
} from '../../domain/balance.js';
import {
  botsDigest,
  heldOutBots,
  standardParty,
  tuningBots,
  type BotSet,
  type BotSkill,
} from '../../domain/balance-bots.js';
import { summarise, survivalOf } from '../../domain/balance-summary.js';
import { boundsOf, tune, type TuningResult } from '../../domain/balance-tuning.js';
import { bandOf, fewestNights, judge, remedies } from '../../domain/balance-verdict.js';
import { digestOf } from '../../domain/canonical-json.js';
import type { NightDesign } from '../../domain/night.js';
import { mapProblems } from '../../domain/night-proof.js';
import { seedOf } from '../../domain/random.js';
import type { PlayNights } from './play-nights.js';

/** Nights of one try of the tuning, as a share of the proof's, and most: the proof is what counts. */
const triesShare = 1 / 4;
const mostForTry = 120;
/** The tuning aims at the middle of the band: this share of the tolerance is near enough, and needs no move. */
const nearShare = 0.3;
const leaveShare = 0.5;
/** Nights of each smaller party, as a share of the proof's. */
const partyShare = 1 / 10;

export type BalanceProof = {
  report: BalanceReport;
  /** What was proved: the design given where nothing had to be tuned. */
  design: NightDesign;
  tuned: boolean;
  /** What a person should know beside the verdict's reasons. */
  findings: string[];
};

export type ProofOptions = {
  settings: BalanceSettings;
  play: PlayNights;
  runtime: string;
  /** Digest of the Luau that is played. */
  rules: string;
  /** Milliseconds after which no more nights are begun; the verdict is by those that were played. */
  budgetMs: number;
  /** Programs that run at once: nights are begun in rounds of these. */
  parallel: number;
  clock?: () => number;
  signal?: AbortSignal | undefined;
};

/** Plays, tunes where it must, and proves with bots that the tuning never saw. */
export async function proveBalance(given: NightDesign, options: ProofOptions): Promise<BalanceProof> {
  const { settings, signal } = options;
  const clock = options.clock ?? (() => performance.now());
  const startedAt = clock();
  const band = bandOf(given.difficulty.targetSurvivalRate, settings.tolerance);
  const played = { nights: 0, seconds: 0 };
  // The seeds are those of the design that came in: what is tuned is compared on the same nights.
  const identity = digestOf(given);
  const seedsOf = (purpose: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) =>
      seedOf({ design: identity, bots: purpose, index: from + index }),
    );
  const play = async (
    design: NightDesign,
    bots: BotSet,
    party: readonly BotSkill[],
    seeds: readonly number[],
  ) => {
    const nights = await options.play({ design, bots, party, seeds }, signal);
    played.nights += nights.length;
    played.seconds += nights.reduce((sum, night) => sum + night.seconds, 0);
    return nights;
  };
  const isLate = () => clock() - startedAt > options.budgetMs;

  const problems = mapProblems(given.map, given.difficulty, given.assets);
  const tuning = await tuneWhereDue();
  const design = tuning.design;
  const nights = await playInRounds(settings.nights, 'held-out', standardParty);
  const parties = [];
  for (const size of isLate() ? [] : [1, 2, 3]) {
    const party = standardParty.slice(1, size + 1);
    const few = await playInRounds(Math.ceil(settings.nights * partyShare), `held-out-${size}`, party);
    parties.push({ party: [...party], survival: survivalOf(few) });
  }

  const measured = summarise(design, nights);
  const verdict = judge(measured, nights, band);
  const isOutOfReach = tuning.end === 'too-hard' || tuning.end === 'too-easy';
  const findings = [
    ...problems.map((problem) => `the map: ${problem}`),
    ...(tuning.end === 'too-hard' || tuning.end === 'too-easy' ? remedies(tuning.end, settings) : []),
    ...(nights.length < settings.nights
      ? [
          `only ${nights.length} of ${settings.nights} nights were played in ${Math.round(options.budgetMs / 1000)} s; luau-kit is faster: graveshift tools install`,
        ]
      : []),
  ];
  const report: BalanceReport = {
    version: 1,
    night: given.night,
    design: identity,
    proved: digestOf(design),
    verdict: verdict.verdict,
    reasons: verdict.reasons,
    by: {
      runtime: options.runtime,
      rules: options.rules,
      tuningBots: botsDigest(tuningBots),
      heldOutBots: botsDigest(heldOutBots),
    },
    party: [...standardParty],
    target: band,
    nights: nights.length,
    ...measured,
    objectives: design.map.objectives.length,
    parties,
    parameters: freeParameters.map((name) => {
      const [easiest, hardest] = boundsOf(name, given.difficulty);
      return { name, before: given.difficulty[name], after: design.difficulty[name], easiest, hardest };
    }),
    tuning: tuning.steps,
    effort: {
      nightsPlayed: played.nights,
      simulatedSeconds: Math.round(played.seconds),
      milliseconds: Math.round(clock() - startedAt),
    },
    notSimulated: [...notSimulated],
  };
  const tuned = report.proved !== report.design;
  // A night that stays out of reach is handed back as it was designed: a person decides about it.
  return isOutOfReach && verdict.verdict === 'fail'
    ? { report, design: given, tuned: false, findings }
    : { report, design, tuned, findings };

  async function tuneWhereDue(): Promise<TuningResult> {
    const tries = Math.min(mostForTry, Math.floor(settings.nights * triesShare));
    // Too few nights would move numbers by luck; a map that cannot be played has none that help.
    if (!settings.tune || settings.nights < fewestNights || problems.length > 0) {
      return { design: given, steps: [], end: 'near' };
    }
    const seeds = seedsOf('tuning', 0, tries);
    return tune(given, {
      target: band.survival,
      near: settings.tolerance * nearShare,
      leave: settings.tolerance * leaveShare,
      survivalAt: async (candidate) => {
        const nights = await play(candidate, tuningBots, standardParty, seeds);
        return { survival: survivalOf(nights).share, nights: nights.length };
      },
    });
  }

  async function playInRounds(
    count: number,
    purpose: string,
    party: readonly BotSkill[],
  ): Promise<NightPlayed[]> {
    const nights: NightPlayed[] = [];
    const round = options.parallel * 25;
    while (nights.length < count && (nights.length === 0 || !isLate())) {
      const to = Math.min(count, nights.length + round);
      nights.push(...(await play(design, heldOutBots, party, seedsOf(purpose, nights.length, to))));
    }
    return nights;
  }
}
