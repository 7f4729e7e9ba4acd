import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createCodeCheckActivities } from '../../src/activities/code-check.js';
import { createFeatureActivities } from '../../src/activities/feature.js';
import { createNightCodeActivities } from '../../src/activities/night-code.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createJsonCache } from '../../src/adapters/files/json-cache.js';
import { createLuauParser } from '../../src/adapters/luau-syntax/index.js';
import type { ArtifactRef, ArtifactStore } from '../../src/domain/artifact.js';
import { changeSetSchema } from '../../src/domain/change-set.js';
import { featurePlanSchema } from '../../src/domain/feature/plan.js';
import { featureKinds } from '../../src/domain/feature/spec.js';
import { assetsOf, createGame, handMadeNight, type GameRepository } from '../luau/fixtures.js';
import { luauTools } from '../support/luau-tools.js';
import { uploaded } from './feature-place.js';

const luau = await luauTools();
const parser = await createLuauParser();

let folder: string;
let artifacts: ArtifactStore;
let game: GameRepository;

const rojoProject = (withClient: boolean) =>
  JSON.stringify({
    name: 'game',
    tree: {
      $className: 'DataModel',
      ReplicatedStorage: { Shared: { $path: 'src/shared' } },
      ServerScriptService: { Server: { $path: 'src/server' } },
      ...(withClient && { StarterPlayer: { StarterPlayerScripts: { Client: { $path: 'src/client' } } } }),
    },
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graveshift-feature-code-'));
  artifacts = createFileArtifactStore({ directory: join(folder, 'store') });
});
afterAll(async () => {
  await luau.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  game = await createGame();
  await game.commit({
    'default.project.json': rojoProject(true),
    'src/client/Own.client.luau': '',
    'src/shared/Own.luau': 'return {}',
  });
});
afterEach(() => game.remove());

const features = () => createFeatureActivities({ artifacts, projectFiles: game.files });
const putJson = (value: unknown) =>
  artifacts.put(new TextEncoder().encode(JSON.stringify(value)), 'application/json');
const textOf = async (ref: ArtifactRef) => new TextDecoder().decode(await artifacts.get(ref));

/** What the change set holds, as texts. */
async function read(changeSet: ArtifactRef) {
  const { files, removals } = changeSetSchema.parse(JSON.parse(await textOf(changeSet)));
  const texts = await Promise.all(
    Object.entries(files).map(async ([path, ref]) => [path, await textOf(ref)] as const),
  );
  return { texts: Object.fromEntries(texts) as Record<string, string>, removals };
}

async function write(request: unknown) {
  const planned = await features().planFeature({ project: game.snapshot(), request });
  const plan = featurePlanSchema.parse(JSON.parse(await textOf(planned.plan)));
  const written = await features().writeFeatureCode({
    project: game.snapshot(),
    runId: 'run-1',
    plan: planned.plan,
    manifests: [await putJson({ assets: uploaded(plan) })],
  });
  return { ...planned, ...written, ...(await read(written.changeSet)) };
}

/** Commits what was written, as the pipeline does. */
async function make(request: unknown) {
  const written = await write(request);
  await game.commit({
    ...written.texts,
    ...Object.fromEntries(written.removals.map((path) => [path, undefined])),
  });
  return written;
}

describe('the code of features', () => {
  it.each([
    ['the first five kinds', featureKinds.slice(0, 5)],
    ['the other five', featureKinds.slice(5)],
  ])('%s pass every check of the gate', async (_, kinds) => {
    const written = await write({ spec: kinds.map((feature) => ({ feature })) });
    const { checkCode } = createCodeCheckActivities({
      artifacts,
      git: game.files,
      tools: { luau, parser, cache: createJsonCache({ directory: join(folder, 'cache') }) },
    });
    const { gates } = await checkCode({
      project: game.snapshot(),
      subject: { kind: 'feature', feature: written.feature, plan: written.plan },
      changeSet: written.changeSet,
    });
    const withKit = luau.runtime.measuresCoverage ? 'pass' : 'inconclusive';
    // Mutants that survive are told, and do not fail their gate while enough of them are noticed.
    const strict = gates.filter(({ gate }) => gate !== 'mutants');
    expect(strict.flatMap(({ findings }) => findings)).toEqual([]);
    expect(Object.fromEntries(gates.map(({ gate, verdict }) => [gate, verdict]))).toEqual({
      paths: 'pass',
      syntax: 'pass',
      format: 'pass',
      types: luau.checker ? 'pass' : 'inconclusive',
      lint: 'pass',
      security: 'pass',
      'unit-tests': 'pass',
      coverage: withKit,
      mutants: withKit,
    });
  });

  it('keeps the features that there are, and replaces one of the same name', async () => {
    await make({ request: 'three red doors' });
    const second = await make({ request: 'a leaderboard' });
    const index = second.texts['src/server/GraveshiftFeatures/Features/init.luau'] ?? '';
    expect(index).toMatch(/door-red[\s\S]*leaderboard-coins/);
    expect(second.removals).toEqual([]);
    expect(Object.keys(second.texts).filter((path) => path.includes('door-red'))).toEqual([]);

    const again = await write({ request: 'five red doors' });
    expect(again.feature).toBe('door-red');
    const config = again.texts['src/server/GraveshiftFeatures/Features/door-red/Config.luau'] ?? '';
    expect(config.match(/rotation = /g)).toHaveLength(5 + 1);
  });

  it('stands beside a night, and neither takes the other away', async () => {
    const design = handMadeNight();
    const night = async () => {
      const activities = createNightCodeActivities({ artifacts, projectFiles: game.files });
      const { changeSet } = await activities.writeNightCode({
        project: game.snapshot(),
        runId: 'run-2',
        design: await putJson(design),
        manifests: [await putJson({ assets: assetsOf(design) })],
      });
      return read(changeSet);
    };
    await game.commit((await night()).texts);
    const feature = await make({ request: 'a shop' });
    expect(feature.removals).toEqual([]);
    expect((await night()).removals).toEqual([]);
  });

  it('removes what a kind no longer needs, and nothing of anybody else', async () => {
    const mark = '--!strict\n-- @generated by Graveshift\n';
    await game.commit({
      'src/server/GraveshiftFeatures/Shared/Old.luau': mark,
      'src/server/GraveshiftFeatures/Shared/Mine.luau': 'return {}',
      'tests/graveshift/features/Old.spec.luau': mark,
      'tests/graveshift/play/night-1.play.luau': mark,
    });
    const { removals } = await write({ request: 'a shop' });
    expect(removals).toEqual([
      'src/server/GraveshiftFeatures/Shared/Old.luau',
      'tests/graveshift/features/Old.spec.luau',
    ]);
  });

  it('refuses to overwrite a file that it did not write', async () => {
    await game.commit({ 'src/server/GraveshiftFeatures/Shared/Host.luau': 'return "mine"' });
    await expect(write({ request: 'a shop' })).rejects.toMatchObject({
      kind: 'CodeFailure',
      message: expect.stringContaining('GraveshiftFeatures/Shared/Host.luau') as string,
    });
  });

  it('refuses to guess what a feature without its record is', async () => {
    await make({ request: 'three red doors' });
    await game.commit({ 'assets/graveshift/features/door-red.json': '<<<<<<< HEAD' });
    await expect(write({ request: 'a shop' })).rejects.toMatchObject({
      kind: 'CodeFailure',
      message: expect.stringContaining('assets/graveshift/features/door-red.json') as string,
    });
  });

  it('asks for a place for windows before anything is made', async () => {
    await game.commit({ 'default.project.json': rojoProject(false) });
    await expect(write({ request: 'a shop' })).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining('code.client') as string,
    });
    const { texts } = await write({ request: 'six spike traps' });
    expect(Object.keys(texts).filter((path) => path.startsWith('src/client'))).toEqual([]);
  });

  it.each([
    ['neither words nor a spec', {}, 'expected either "request"'],
    ['both', { request: 'a shop', spec: { feature: 'shop' } }, 'expected either "request"'],
    ['an unknown option', { spec: { feature: 'trap', cuont: 3 } }, 'nothing reads this field'],
    ['an option out of bounds', { spec: { feature: 'trap', count: 99 } }, 'spec[0].count'],
    ['an unknown feature', { spec: { feature: 'boat' } }, 'spec[0].feature'],
    [
      'two features of one id',
      {
        spec: [
          { feature: 'shop', id: 'a' },
          { feature: 'npc', id: 'a' },
        ],
      },
      'different ids',
    ],
    ['a name that breaks out', { spec: { feature: 'npc', name: '"]] os.exit()' } }, 'spec[0].name'],
  ])('refuses %s', async (_, request, message) => {
    await expect(write(request)).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining(message) as string,
    });
  });
});
