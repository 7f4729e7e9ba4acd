import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  createNightPlayer,
  proveBalance,
  readBalanceProgram,
  type BalanceProgram,
  type PlayNights,
} from '../../src/adapters/balance/index.js';
import { balanceReportSchema, balanceSettingsSchema } from '../../src/domain/balance.js';
import { botsDigest, heldOutBots, standardParty, tuningBots } from '../../src/domain/balance-bots.js';
import { survivalOf } from '../../src/domain/balance-summary.js';
import type { LuauTools } from '../../src/domain/luau-tools.js';
import type { Difficulty, NightDesign } from '../../src/domain/night.js';
import { designNight } from '../../src/domain/night-design.js';
import { season } from '../night/seasons.js';
import { luauTools } from '../support/luau-tools.js';

const design = designNight({ project: 'demo', night: 3, season: season() });
const seeds = Array.from({ length: 12 }, (_, index) => 1000 + index);

let tools: LuauTools;
let program: BalanceProgram;
let play: PlayNights;

beforeAll(async () => {
  tools = await luauTools();
  program = await readBalanceProgram();
  play = createNightPlayer(tools.runtime, program);
});
afterAll(() => tools.close());

const prove = (night: NightDesign, nights: number, tolerance = 0.1) =>
  proveBalance(night, {
    settings: balanceSettingsSchema.parse({ nights, tolerance }),
    play,
    runtime: tools.runtime.name,
    rules: program.digest,
    budgetMs: 120_000,
    parallel: tools.runtime.parallel,
  });

const altered = (changes: Partial<Difficulty>): NightDesign => ({
  ...design,
  difficulty: { ...design.difficulty, ...changes },
});

describe('nights played by bots', () => {
  it('are the same for the same seeds, in their order, however they are spread', async () => {
    const nights = { design, bots: tuningBots, party: standardParty };
    const together = await play({ ...nights, seeds });
    const apart = [...(await play({ ...nights, seeds: seeds.slice(0, 5) }))];
    apart.push(...(await play({ ...nights, seeds: seeds.slice(5) })));
    expect(apart).toEqual(together);
    expect(together.map(({ seed }) => seed)).toEqual(seeds);
    expect(new Set(together.map(({ seconds }) => seconds)).size).toBeGreaterThan(6);
  });

  it('are other nights with the bots that prove than with those that tune', async () => {
    expect(botsDigest(heldOutBots)).not.toBe(botsDigest(tuningBots));
    expect(heldOutBots.policy).not.toBe(tuningBots.policy);
    const nights = { design, party: standardParty, seeds };
    const tuned = await play({ ...nights, bots: tuningBots });
    const heldOut = await play({ ...nights, bots: heldOutBots });
    expect(heldOut).not.toEqual(tuned);
  });

  it('are survived by more experts than novices', async () => {
    const many = Array.from({ length: 24 }, (_, index) => index);
    const hard = altered({ enemySpeed: 12, sightRange: 45 });
    for (const bots of [tuningBots, heldOutBots]) {
      const of = async (skill: 'novice' | 'expert') =>
        survivalOf(await play({ design: hard, bots, party: [skill, skill], seeds: many })).share;
      expect(await of('expert')).toBeGreaterThan(await of('novice'));
    }
  });

  it('stop when they are called off', async () => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    await expect(
      play({ design, bots: tuningBots, party: standardParty, seeds }, abort.signal),
    ).rejects.toThrow('enough');
  });
});

describe('the proof', () => {
  it('is the same twice but for its time, and says all that its schema promises', async () => {
    const first = await prove(design, 20);
    const again = await prove(design, 20);
    expect(balanceReportSchema.parse(first.report)).toEqual(first.report);
    const timeless = ({ effort: { milliseconds: _, ...effort }, ...report }: typeof first.report) => ({
      ...report,
      effort,
    });
    expect(timeless(again.report)).toEqual(timeless(first.report));
    expect(first.report.nights).toBe(20);
    expect(first.report.tension.length).toBeGreaterThan(10);
  });

  it('tunes what is too hard into the band', async () => {
    const { report, design: tuned } = await prove(
      altered({ enemySpeed: 15.5, sightRange: 70, hearingRange: 48, safeSeconds: 10, light: 0.12 }),
      60,
      0.2,
    );
    expect(report.tuning[0]?.survival).toBeLessThan(report.target.low);
    expect(report.verdict, report.reasons.join('; ')).toBe('pass');
    expect(tuned.difficulty.enemySpeed).toBeLessThan(15.5);
    expect(report.parameters.find(({ name }) => name === 'enemySpeed')).toMatchObject({
      before: 15.5,
      after: tuned.difficulty.enemySpeed,
    });
  });

  it('tunes what is too easy into the band', async () => {
    const { report, tuned } = await prove(
      altered({ enemySpeed: 6, sightRange: 20, hearingRange: 8, safeSeconds: 60, light: 0.6 }),
      60,
      0.2,
    );
    expect(report.tuning[0]?.survival).toBeGreaterThan(report.target.survival + 0.1);
    expect(report.verdict, report.reasons.join('; ')).toBe('pass');
    expect(tuned).toBe(true);
  });

  it('refuses a map that nobody can leave, and does not tune it', async () => {
    const escape = design.map.objectives.find(({ kind }) => kind === 'escape');
    const sealed: NightDesign = {
      ...design,
      map: {
        ...design.map,
        cells: design.map.cells.map((row, y) =>
          row.replaceAll(/./g, (cell: string, x: number) =>
            Math.max(Math.abs(x - (escape?.x ?? 0)), Math.abs(y - (escape?.y ?? 0))) === 1 ? '#' : cell,
          ),
        ),
      },
    };
    const { report, design: same, findings } = await prove(sealed, 50);
    expect(report.verdict).toBe('fail');
    expect(report.reasons.join('; ')).toContain('it is impossible');
    expect(findings.join('; ')).toContain('cannot be reached');
    expect(same).toBe(sealed);
    expect(report.tuning).toEqual([]);
  });

  it('plays fewer nights where time is short, and says so', async () => {
    let now = 0;
    const { report, findings } = await proveBalance(design, {
      settings: balanceSettingsSchema.parse({ nights: 400, tune: false }),
      play: (nights, signal) => {
        now += 10_000;
        return play(nights, signal);
      },
      runtime: 'luau-web',
      rules: program.digest,
      budgetMs: 1000,
      parallel: 1,
      clock: () => now,
    });
    expect(report.nights).toBe(25);
    expect(report.verdict).toBe('inconclusive');
    expect(findings.join('; ')).toContain('only 25 of 400 nights');
  });
});
