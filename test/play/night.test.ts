import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { judgePlay } from '../../src/domain/play-gate.js';
import { playReportSchema } from '../../src/domain/play.js';
import { buildNightPlace } from './night-place.js';
import { openRuntime, play } from './support.js';

const { runtime, close } = openRuntime();
afterAll(close);

describe('a generated night', () => {
  let place: Uint8Array;
  beforeAll(async () => {
    place = await buildNightPlace(3);
  });

  const plan = {
    nights: { nights: 1, skills: ['novice', 'average', 'average', 'expert'], mostSeconds: 900 },
    hostileWarmUpSeconds: 60,
  };

  it('is played from dusk to its end by bots of three skills', async () => {
    const report = await play({ runtime, subject: 'night' }, place, plan);
    expect(report.errors).toEqual([]);
    expect(judgePlay(report)).toMatchObject({ gate: 'play', verdict: 'pass', findings: [] });
    const [night] = report.nights?.nights ?? [];
    expect(night?.objectives).toBeGreaterThan(0);
    expect(night?.survivors.map(({ skill }) => skill)).toEqual(plan.nights.skills);
    expect(night?.phases.map(({ phase }) => phase).slice(0, 2)).toEqual(['safe', 'hunt']);
    expect(night?.tension.some(({ value }) => value > 0)).toBe(true);
    expect(playReportSchema.parse(report)).toEqual(report);
  });

  it('gives the same report for the same seed, and another for another', async () => {
    const first = await play({ runtime, subject: 'night' }, place, plan);
    const second = await play({ runtime, subject: 'night' }, place, plan);
    expect(second).toEqual(first);
    const other = await play({ runtime, subject: 'night' }, place, { ...plan, seed: 8 });
    expect(other.nights).not.toEqual(first.nights);
  });
});
