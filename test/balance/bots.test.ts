import { describe, expect, it } from 'vitest';

import { toLuauModules } from '../../src/adapters/luau/instance-tree.js';
import { readLuauFiles } from '../../src/adapters/luau/package-files.js';
import { runSpecs } from '../../src/adapters/luau/run-specs.js';
import { luauTools } from '../support/luau-tools.js';

describe('the bots that prove a night', () => {
  it('pass their own tests', async () => {
    const files = new Map<string, string>();
    for (const folder of ['runtime', 'balance', 'testing']) {
      for (const [path, source] of await readLuauFiles(folder)) {
        const isOthers = folder === 'runtime' && path.endsWith('.spec.luau');
        if (!isOthers) files.set(`${folder}/${path}`, source);
      }
    }
    const modules = toLuauModules(
      files,
      ['runtime', 'balance', 'testing'].map((folder) => ({
        folder,
        instance: ['ReplicatedStorage', folder],
      })),
    );
    const tools = await luauTools();
    const report = await runSpecs(tools.runtime, modules, { limits: { seconds: 60 } });
    await tools.close();
    expect(report.failures).toEqual([]);
    expect(report.files).toBe(3);
    expect(report.passed).toBeGreaterThan(10);
  });
});
