import { afterAll, describe, expect, it } from 'vitest';

import { playPlace, readPlaceToPlay } from '../../src/adapters/play/index.js';
import { featureKinds, type FeatureKind } from '../../src/domain/feature/spec.js';
import { judgePlay } from '../../src/domain/play-gate.js';
import { luauTools } from '../support/luau-tools.js';
import { buildNightPlace } from '../play/night-place.js';
import { buildFeaturePlace, filesOf, planOf } from './feature-place.js';

const luau = await luauTools();
afterAll(() => luau.close());

/** Plays the example project with these features in it. */
async function play(
  specs: object[],
  change: (path: string, text: string) => string = (_, text) => text,
  night = false,
) {
  const plan = planOf({ spec: specs });
  const files = new Map(
    [...(await filesOf(plan))].map(([path, text]) => [path, change(path, text)] as const),
  );
  const scenarios = [...files]
    .filter(([path]) => path.endsWith('.play.luau'))
    .map(([path, source]) => ({ name: path, source }));
  const assetSizes = Object.fromEntries(
    plan.assets.map(({ sizeStuds: { x, y, z } }, index) => [9000 + index, [x, y, z] as const]),
  );
  const report = await playPlace(luau.runtime, await readPlaceToPlay(), {
    place: night
      ? await buildNightPlace(1, { files: Object.fromEntries(files) })
      : await buildFeaturePlace(files),
    subject: 'feature',
    plan: { seed: 1, scenarios, assetSizes },
  });
  return { report, gate: judgePlay(report) };
}

// The model of the engine needs a VM that can be interrupted: luau-kit's.
describe.skipIf(!luau.runtime.measuresCoverage)('features, played without a screen (needs luau-kit)', () => {
  it.each([[featureKinds.slice(0, 5)], [featureKinds.slice(5)]])(
    'a bot does what players do in %j, side by side, and a cheater gets nothing',
    async (kinds) => {
      const { report, gate } = await play(kinds.map((feature) => ({ feature })));
      expect(report.errors).toEqual([]);
      expect(report.scenarios?.map(({ name, passed, problem }) => ({ name, passed, problem }))).toEqual(
        [...(report.scenarios ?? [])].map(({ name }) => ({ name, passed: true, problem: undefined })),
      );
      expect(report.scenarios).toHaveLength(kinds.length);
      expect(gate).toMatchObject({ gate: 'play', verdict: 'pass' });
    },
  );

  it.each([[featureKinds.slice(0, 5)], [featureKinds.slice(5)]])(
    'so does one in %j where nights are played, too',
    async (kinds) => {
      const specs = kinds.map((feature) => ({ feature }));
      const { gate } = await play(specs, (_, text) => text, true);
      expect(gate).toMatchObject({ verdict: 'pass', findings: [] });
    },
  );

  it('starts the others where one cannot start', async () => {
    const { report } = await play([{ feature: 'trap' }, { feature: 'npc' }], (path, text) =>
      path.endsWith('Trap/Trap.luau')
        ? text.replace('local services = host.services', 'error("boom")')
        : text,
    );
    const passed = Object.fromEntries((report.scenarios ?? []).map((one) => [one.name, one.passed]));
    expect(passed).toMatchObject({ 'tests/graveshift/play/npc-villager.play.luau': true });
    expect(report.warnings.map(({ message }) => message).join('\n')).toContain(
      'the feature trap-spikes did not start',
    );
  });

  it.each<[FeatureKind, string, RegExp, string]>([
    ['shop', 'Shop/ShopRules.luau', /not Profile\.spend\(profile, item\.price\)/, 'false'],
    ['shop', 'Shop/ShopRules.luau', /not isNear/, 'false'],
    ['door', 'Door/DoorRules.luau', /not self:hasKey\(playerId\)/, 'false'],
    ['quest', 'Quest/QuestRules.luau', /size\(found\) < #self\._config\.extraSpots/, 'false'],
  ])('notices a %s that forgets its rule: %s %s', async (feature, file, rule, broken) => {
    let changed = false;
    const { report } = await play([{ feature }], (path, text) => {
      if (!path.endsWith(file)) return text;
      changed = rule.test(text);
      return text.replace(rule, broken);
    });
    expect(changed).toBe(true);
    expect(report.scenarios?.[0]?.passed).toBe(false);
  });
});
