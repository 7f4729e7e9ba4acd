import { Dom } from 'rbx-dom';
import { expect, it } from 'vitest';

import { generateNight, readLuauPackage } from '../../src/adapters/luau/index.js';
import { stampPlace } from '../../src/adapters/rojo/index.js';
import { assetsOf, handMadeNight } from '../luau/fixtures.js';
import { openStage } from '../open-cloud/harness.js';
import { commit, liveActivities, publish, stamp, targetOf } from './live-fixtures.js';

/** As Rojo makes instances of files: a folder with an `init` is the module itself. */
function childrenOf(files: ReadonlyMap<string, string>, folder: string): object[] {
  const inside = [...files].filter(([path]) => path.startsWith(`${folder}/`));
  const names = new Set(inside.map(([path]) => path.slice(folder.length + 1).split('/')[0] ?? ''));
  return [...names]
    .filter((name) => name !== 'init.luau')
    .map((name) => {
      const source = files.get(`${folder}/${name}`) ?? files.get(`${folder}/${name}/init.luau`);
      return {
        className: source === undefined ? 'Folder' : 'ModuleScript',
        name: name.replace(/\.luau$/, ''),
        ...(source === undefined ? {} : { properties: { Source: source } }),
        children: name.endsWith('.luau') ? [] : childrenOf(files, `${folder}/${name}`),
      };
    });
}

it('runs every unit test of a generated night in the place that was published', async () => {
  const stage = await openStage();
  try {
    const design = handMadeNight();
    const input = {
      design,
      assets: assetsOf(design),
      target: { host: 'roblox', creator: { type: 'user', id: '5' } },
      shared: { folder: 'src/shared', instance: ['ReplicatedStorage', 'Shared'] },
      serverFolder: 'src/server',
      existingNights: [],
      existingLock: undefined,
    } as const;
    const files = generateNight(input, await readLuauPackage());
    const shared = { className: 'Folder', name: 'Shared', children: childrenOf(files, 'src/shared') };
    const place = new Dom({
      className: 'DataModel',
      children: [{ className: 'ReplicatedStorage', name: 'ReplicatedStorage', children: [shared] }] as never,
    });
    const version = await publish(stage, stampPlace(place.toBinary(), stamp));
    const live = liveActivities(stage, { files: Object.fromEntries(files) });
    const result = await live.testStaged({ project: 'game', commit, target: targetOf(stage), version });
    expect(result).toMatchObject({ verdict: 'pass', findings: [] });
    expect(Number(/(\d+) tests passed/.exec(result.summary)?.[1])).toBeGreaterThan(40);
  } finally {
    await stage.close();
  }
});
