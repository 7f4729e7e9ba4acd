import { describe, expect, it } from 'vitest';

import { toLuauModules } from '../../src/adapters/luau/instance-tree.js';
import { readLuauFiles } from '../../src/adapters/luau/package-files.js';
import { runLuauTests } from '../../src/adapters/luau/run-tests.js';

describe('the content system that we emit', () => {
  it('passes its own tests', async () => {
    const files = new Map<string, string>();
    for (const folder of ['runtime', 'content', 'testing']) {
      for (const [path, source] of await readLuauFiles(folder)) {
        if (folder !== 'runtime' || !path.endsWith('.spec.luau')) files.set(`${folder}/${path}`, source);
      }
    }
    const modules = toLuauModules(
      files,
      ['runtime', 'content', 'testing'].map((folder) => ({
        folder,
        instance: ['ReplicatedStorage', folder],
      })),
    ).filter(({ path }) => !path.startsWith('content/templates/'));
    const report = await runLuauTests(modules, {
      limits: { timeoutMs: 60_000, memoryBytes: 256 * 1024 * 1024 },
    });
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThan(30);
  });
});
