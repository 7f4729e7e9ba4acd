import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { generateNight, readLuauPackage } from '../../src/adapters/luau/index.js';
import { playPlace, readPlaceToPlay } from '../../src/adapters/play/index.js';
import { buildProject, designOf } from '../play/night-place.js';
import { luauTools } from '../support/luau-tools.js';
import { assetsOf } from './fixtures.js';

const luau = await luauTools();
afterAll(() => luau.close());

// The fallback plays it, too, in minutes.
describe.runIf(luau.runtime.name === 'luau-kit')(
  'a generated night, with its server’s and its players’ scripts',
  () => {
    it('is played by two: settings, light, hiding, a fall, help, watching, and the last page', async () => {
      const design = await designOf(1);
      const files = generateNight(
        {
          design,
          assets: assetsOf(design),
          target: { host: 'roblox', creator: { type: 'user', id: '5' } },
          shared: { folder: 'src/shared', instance: ['ReplicatedStorage', 'Shared'] },
          serverFolder: 'src/server',
          client: { folder: 'src/client', instance: ['StarterPlayer', 'StarterPlayerScripts', 'Client'] },
          existingNights: [],
          existingLock: undefined,
        },
        await readLuauPackage(),
      );
      const source = await readFile(join(import.meta.dirname, 'night-scenario.luau'), 'utf8');
      const report = await playPlace(luau.runtime, await readPlaceToPlay(), {
        place: await buildProject(files),
        subject: 'night',
        plan: { seed: 1, scenarios: [{ name: 'night', source }] },
      });
      expect(report).toMatchObject({ errors: [], warnings: [], notSimulated: [] });
      expect(report.stopped).toBeUndefined();
      expect(report.scenarios).toEqual([expect.objectContaining({ passed: true, expectations: 22 })]);
    });
  },
);
