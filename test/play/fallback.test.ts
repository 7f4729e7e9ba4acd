import { describe, expect, it } from 'vitest';

import { createWebRuntime } from '../../src/adapters/luau-tools/index.js';
import { judgePlay } from '../../src/domain/play-gate.js';
import { buildNightPlace } from './night-place.js';
import { play, placeOf, playScenario } from './support.js';

const runtime = createWebRuntime({ parallel: 1 });

describe('without luau-kit', () => {
  it('a small place is played all the same', async () => {
    const report = await playScenario(
      { runtime },
      { server: { Main: 'workspace:SetAttribute("Ready", true)' } },
      'play.join() play.waitUntil("ready", function() return workspace:GetAttribute("Ready") end)',
    );
    expect(report.runtime).toBe('luau-web');
    expect(judgePlay(report)).toMatchObject({ verdict: 'pass' });
  });

  it('what the fallback cannot bear is nobody’s fault, and the remedy is named', async () => {
    const report = await play(
      { runtime, limits: { seconds: 1 } },
      placeOf({ server: { Main: 'while true do end' } }),
      { idleSeconds: 1 },
    );
    expect(judgePlay(report)).toMatchObject({
      verdict: 'inconclusive',
      summary: expect.stringContaining('graveshift tools install') as string,
    });
  });

  it('a night gets a verdict or that remedy, never a finding of its own', { timeout: 90_000 }, async () => {
    const report = await play({ runtime, subject: 'night' }, await buildNightPlace(3), {
      nights: { nights: 1, skills: ['average', 'expert'], mostSeconds: 600 },
    });
    expect(judgePlay(report)).toMatchObject({ findings: [] });
  });
});
