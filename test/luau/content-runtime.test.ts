import { describe, expect, it } from 'vitest';

import { toLuauModules } from '../../src/adapters/luau/instance-tree.js';
import { readLuauFiles } from '../../src/adapters/luau/package-files.js';
import { testLuau } from '../support/luau-tools.js';

const folders = ['runtime', 'content', 'testing'];

describe('the content system that we emit', () => {
  it('passes its own tests', async () => {
    const files = new Map<string, string>();
    for (const folder of folders) {
      for (const [path, source] of await readLuauFiles(folder)) {
        const isOthers = folder === 'runtime' && path.endsWith('.spec.luau');
        if (!isOthers && !path.startsWith('templates/')) files.set(`${folder}/${path}`, source);
      }
    }
    const modules = toLuauModules(
      files,
      folders.map((folder) => ({ folder, instance: ['ReplicatedStorage', folder] })),
    );
    const report = await testLuau(modules, { limits: { seconds: 60 } });
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThan(30);
  });
});
