import { afterAll, expect, it } from 'vitest';

import { runSpecs, toLuauModules } from '../../src/adapters/luau/index.js';
import { readLuauFiles } from '../../src/adapters/luau/package-files.js';
import { openRuntime } from './support.js';

const { runtime, close } = openRuntime();
afterAll(close);

it('the modules of the engine’s model do what their specs say', async () => {
  const files = new Map<string, string>();
  for (const folder of ['play', 'testing']) {
    for (const [path, source] of await readLuauFiles(folder)) files.set(`${folder}/${path}`, source);
  }
  const modules = toLuauModules(files, [
    { folder: 'play', instance: ['ServerStorage', 'play'] },
    { folder: 'testing', instance: ['ServerStorage', 'testing'] },
  ]);
  const report = await runSpecs(runtime, modules);
  expect(report.failures).toEqual([]);
  expect(report.passed).toBeGreaterThanOrEqual(24);
});
