import { afterAll, describe, expect, it } from 'vitest';

import {
  generateContent,
  layOutContent,
  readContentPackage,
  readContentProgram,
} from '../../src/adapters/content/index.js';
import { playPlace, readPlaceToPlay } from '../../src/adapters/play/index.js';
import { judgePlay } from '../../src/domain/play-gate.js';
import { buildProject } from '../play/night-place.js';
import { luauTools } from '../support/luau-tools.js';
import { planOf, uploaded } from './fixtures.js';

const luau = await luauTools();
const hasKit = luau.runtime.name === 'luau-kit';
afterAll(() => luau.close());

/** The example game with contents side by side, and the scenarios that they come with. */
async function gameWith(requests: readonly object[]) {
  const program = await readContentProgram();
  const pieces = await readContentPackage();
  const files = new Map<string, string>();
  const existing: string[] = [];
  for (const request of requests) {
    const plan = planOf(request);
    const generated = generateContent(
      {
        plan,
        layout: await layOutContent(luau.runtime, program, plan.config),
        assets: uploaded(plan),
        target: { host: 'roblox', creator: { type: 'user', id: '5' } },
        server: { folder: 'src/server', instance: ['ServerScriptService', 'Server'] },
        existing: [...existing],
        existingLock: undefined,
      },
      pieces,
    );
    existing.push(plan.config.id);
    for (const [path, text] of generated) files.set(path, text);
  }
  const scenarios = [...files].flatMap(([path, source]) => {
    const name = /^tests\/graveshift\/play\/(.+)\.play\.luau$/.exec(path)?.[1];
    return name === undefined ? [] : [{ name, source }];
  });
  return { place: await buildProject(files), scenarios };
}

describe('contents in a place that is played', () => {
  it.runIf(hasKit)(
    'come in around a player, go out behind them, hold their limits and leave nothing',
    { timeout: 120_000 },
    async () => {
      const { place, scenarios } = await gameWith([
        {
          contentType: 'forest',
          area: { width: 320, depth: 320, origin: { x: 400, y: 0, z: 0 } },
          streaming: { radius: 100, unloadRadius: 140 },
        },
        { contentType: 'graveyard', area: { width: 256, depth: 256, origin: { x: -800, y: 0, z: 0 } } },
        { contentType: 'dungeon-rooms', area: { width: 256, depth: 256, origin: { x: 0, y: -60, z: 900 } } },
      ]);
      expect(scenarios.map(({ name }) => name)).toEqual([
        'content-forest',
        'content-graveyard',
        'content-dungeon-rooms',
      ]);
      const report = await playPlace(luau.runtime, await readPlaceToPlay(), {
        place,
        subject: 'content',
        plan: { seed: 1, scenarios, idleSeconds: 20 },
      });
      const gate = judgePlay(report);
      expect(gate.findings).toEqual([]);
      expect(gate.verdict).toBe('pass');
    },
  );
});
