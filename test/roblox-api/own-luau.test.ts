import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import {
  buildSourceMap,
  generateNight,
  readLuauPackage,
  stagingScript,
} from '../../src/adapters/luau/index.js';
import type { CodeFinding } from '../../src/domain/code-finding.js';
import type { SourceMapNode } from '../../src/domain/luau-tools.js';
import { assetsOf, handMadeNight } from '../luau/fixtures.js';
import { checker, closeChecker } from './checker.js';

const example = path.join(import.meta.dirname, '../../examples/haunted-village');
const testsMount = { folder: 'tests/graveshift', instance: ['ServerStorage', 'GraveshiftTests'] };

/** The example game with a night in it: the runtime, the templates and their specs, as a team gets them. */
async function gameWithNight(): Promise<{ sourceMap: SourceMapNode; sources: Map<string, string> }> {
  const design = handMadeNight();
  const night = generateNight(
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
  const own = (await readdir(example, { recursive: true })).filter((file) => file.endsWith('.luau'));
  const sources = new Map([...night].filter(([file]) => file.endsWith('.luau')));
  for (const file of own) {
    sources.set(file.replaceAll('\\', '/'), await readFile(path.join(example, file), 'utf8'));
  }
  const project = await readFile(path.join(example, 'default.project.json'), 'utf8');
  const rojoProject = { path: 'default.project.json', text: project };
  return { sourceMap: buildSourceMap(rojoProject, sources.keys(), [testsMount]), sources };
}

/** Lints are another's; here it is the definitions that are tested. */
const onTypes = (findings: readonly CodeFinding[]) =>
  findings.filter(({ rule }) => rule === 'TypeError' || rule === 'DeprecatedApi');

afterAll(closeChecker);

describe.runIf(checker)('the definitions, for the Luau that Graveshift ships', () => {
  it('find nothing in the example game with a night', async () => {
    const { sourceMap, sources } = await gameWithNight();
    expect(sources.size).toBeGreaterThan(60);
    expect(onTypes(await checker!.check({ sourceMap, sources }))).toEqual([]);
  });

  it('find a mistake in it', async () => {
    const { sourceMap, sources } = await gameWithNight();
    const file = 'src/client/Graveshift/Flashlights.luau';
    sources.set(file, (sources.get(file) ?? '').replace('light.Range = RANGE', 'light.Reach = RANGE'));
    expect(onTypes(await checker!.check({ sourceMap, sources }))).toEqual([
      expect.objectContaining({ file, message: expect.stringContaining("'Reach' not found") as string }),
    ]);
  });

  it('find nothing in the script that tests a staged place', async () => {
    const script = `--!nonstrict\n${await stagingScript('abc', new Map())}`;
    const sourceMap = {
      name: 'game',
      className: 'DataModel',
      children: [{ name: 'Checks', className: 'Script', filePaths: ['checks.luau'] }],
    };
    expect(onTypes(await checker!.check({ sourceMap, sources: new Map([['checks.luau', script]]) }))).toEqual(
      [],
    );
  });
});
