import { readFile } from 'node:fs/promises';

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

const upright = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The example game with contents side by side, and the scenarios that they come with. */
async function gameWith(requests: readonly object[], more: Readonly<Record<string, string>> = {}) {
  const program = await readContentProgram();
  const pieces = await readContentPackage();
  const files = new Map<string, string>(Object.entries(more));
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

  it.runIf(hasKit)(
    'stand on the ground of the world, where they are told to',
    { timeout: 120_000 },
    async () => {
      const project = JSON.parse(await readFile('examples/haunted-village/default.project.json', 'utf8')) as {
        tree: { Workspace: Record<string, unknown> };
      };
      // The top is at 25 studs, and reaches over half of the area.
      project.tree.Workspace.Hill = {
        $className: 'Part',
        $properties: {
          Anchored: true,
          Size: [100, 10, 200],
          CFrame: { CFrame: { position: [450, 20, 100], orientation: upright } },
          Tags: ['GraveshiftGround'],
        },
      };
      const { place } = await gameWith(
        [
          {
            contentType: 'scatter-props',
            id: 'props',
            ground: 'world',
            area: { width: 200, depth: 200, origin: { x: 400, y: 0, z: 0 } },
          },
        ],
        { 'default.project.json': JSON.stringify(project) },
      );
      const source = `--!strict
return function(play: any)
	local folder = play.waitFor("Workspace.GraveshiftContent.props")
	local walker = play.join("average")
	play.teleport(walker, Vector3.new(450, 30, 100))
	play.waitUntil("props stand on the hill", function()
		return folder:GetAttribute("Instances") > 5
	end)
	play.wait(5)
	for _, model in folder:GetChildren() do
		local box, size = model:GetBoundingBox()
		play.expect("its underside is on the hill's top", math.abs(box.Position.Y - size.Y / 2 - 25) < 0.01)
		play.expect("it stands on the hill, not beside it", box.Position.X < 500.01)
	end
end
`;
      const report = await playPlace(luau.runtime, await readPlaceToPlay(), {
        place,
        subject: 'content',
        plan: { seed: 1, scenarios: [{ name: 'hill', source }], idleSeconds: 1 },
      });
      expect(judgePlay(report).findings).toEqual([]);
      expect(report.scenarios?.[0]?.expectations).toBeGreaterThan(10);
    },
  );
});
