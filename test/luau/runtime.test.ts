import { describe, expect, it } from 'vitest';

import { toLuauModules } from '../../src/adapters/luau/instance-tree.js';
import { readLuauFiles } from '../../src/adapters/luau/package-files.js';
import { testLuau } from '../support/luau-tools.js';

describe('the runtime that we emit', () => {
  it('passes its own tests', async () => {
    const files = new Map<string, string>();
    for (const folder of ['runtime', 'client', 'testing']) {
      for (const [path, source] of await readLuauFiles(folder)) files.set(`${folder}/${path}`, source);
    }
    const modules = toLuauModules(files, [
      { folder: 'runtime', instance: ['ReplicatedStorage', 'runtime'] },
      { folder: 'client', instance: ['ReplicatedStorage', 'client'] },
      { folder: 'testing', instance: ['ReplicatedStorage', 'testing'] },
    ]);
    const report = await testLuau(modules);
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThan(190);
  });
});
