import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createAssetGenerationActivities } from '../../src/activities/asset-generation.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createFileAssetIndex, createProceduralGenerator } from '../../src/adapters/mesh/index.js';
import type { ArtifactRef, ArtifactStore } from '../../src/domain/artifact.js';
import {
  assetManifestSchema,
  type AssetIndex,
  type AssetSpec,
  type MeshGenerator,
} from '../../src/domain/asset.js';
import { digestOf } from '../../src/domain/canonical-json.js';
import { specOf } from './specs.js';

let folder: string;
let artifacts: ArtifactStore;
let index: AssetIndex;
/** The real generator, with a count of what it was asked for. */
let made: string[];
let generator: MeshGenerator;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'graveshift-mesh-'));
  artifacts = createFileArtifactStore({ directory: path.join(folder, 'artifacts') });
  index = createFileAssetIndex({ directory: path.join(folder, 'index') });
  made = [];
  const real = createProceduralGenerator();
  generator = {
    ...real,
    generate: (spec, options) => {
      made.push(spec.id);
      return real.generate(spec, options);
    },
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const activities = (changes: { generators?: MeshGenerator[]; index?: AssetIndex } = {}) =>
  createAssetGenerationActivities({ artifacts, index, generators: [generator], ...changes });

const store = (value: unknown): Promise<ArtifactRef> =>
  artifacts.put(new TextEncoder().encode(JSON.stringify(value)), 'application/json');

const batch = [specOf('fence'), specOf('gravestone')];
const fence = async () => ({
  specs: await store(batch),
  assetId: 'prop-fence-1',
  generator: 'procedural' as const,
});

describe('generateAsset', () => {
  it('makes the mesh with thumbnail and provenance', async () => {
    const asset = await activities().generateAsset(await fence());
    expect(asset).toMatchObject({
      id: 'prop-fence-1',
      recipe: 'fence',
      generator: 'procedural',
      reused: false,
      costUsd: 0,
    });
    const glb = await artifacts.get(asset.mesh);
    expect(new TextDecoder().decode(glb.subarray(0, 4))).toBe('glTF');
    const provenance: unknown = JSON.parse(new TextDecoder().decode(await artifacts.get(asset.provenance)));
    expect(provenance).toEqual({
      generator: 'procedural',
      version: generator.version,
      recipe: 'fence',
      parameters: { style: 'picket', decay: 0.5 },
      seed: 1,
      detail: 1,
      specDigest: digestOf(batch[0]),
      meshSha256: createHash('sha256').update(glb).digest('hex'),
      statistics: expect.objectContaining({ triangles: asset.triangles, watertight: true }) as unknown,
      licence: expect.stringContaining('Graveshift') as unknown,
    });
    expect(asset.thumbnail.mediaType).toBe('image/png');
  });

  it('finds it the second time, also in another process with the same folders', async () => {
    const first = await activities().generateAsset(await fence());
    const second = await activities({
      index: createFileAssetIndex({ directory: path.join(folder, 'index') }),
    }).generateAsset(await fence());
    expect(second).toEqual({ ...first, reused: true });
    expect(made).toEqual(['prop-fence-1']);
  });

  it('makes it again for another seed or another version of the generator', async () => {
    await activities().generateAsset(await fence());
    const reseeded = [{ ...specOf('fence'), seed: 2 }];
    await activities().generateAsset({ ...(await fence()), specs: await store(reseeded) });
    await activities({ generators: [{ ...generator, version: '2-next' }] }).generateAsset(await fence());
    expect(made).toHaveLength(3);
  });

  it.each(['mesh', 'thumbnail', 'provenance'] as const)(
    'makes it again when its %s is damaged',
    async (part) => {
      const first = await activities().generateAsset(await fence());
      const file = artifacts.locate(first[part]);
      await chmod(file, 0o644);
      await writeFile(file, 'rust');
      const second = await activities().generateAsset(await fence());
      expect(second).toEqual(first);
      expect(made).toHaveLength(2);
      await expect(artifacts.get(second[part])).resolves.toBeInstanceOf(Uint8Array);
    },
  );

  it('makes it again when its bytes or its index entry are gone or unreadable', async () => {
    const first = await activities().generateAsset(await fence());
    await rm(artifacts.locate(first.mesh));
    expect((await activities().generateAsset(await fence())).reused).toBe(false);
    const entry = path.join(folder, 'index', first.key.slice(0, 2), `${first.key.slice(2)}.json`);
    await rm(entry);
    await writeFile(entry, '{"id": "prop-fence-1"');
    expect((await activities().generateAsset(await fence())).reused).toBe(false);
    expect((await activities().generateAsset(await fence())).reused).toBe(true);
    expect(made).toHaveLength(3);
  });

  it('lets two workers make the same mesh at once', async () => {
    const input = await fence();
    const [one, other] = await Promise.all([
      activities().generateAsset(input),
      activities().generateAsset(input),
    ]);
    expect(other).toEqual(one);
    expect(await readdir(path.join(folder, 'index', one.key.slice(0, 2)))).toHaveLength(1);
  });

  it.each([
    [
      'a generator that nobody serves',
      { generator: 'cube3d' as const },
      'generator: got "cube3d"',
      'this worker serves procedural',
    ],
    [
      'an asset that is not in the batch',
      { assetId: 'prop-throne-1' },
      'assetId: got "prop-throne-1"',
      'prop-fence-1, prop-gravestone-1',
    ],
  ])('refuses %s', async (_what, changes, named, remedy) => {
    const refused = activities().generateAsset({ ...(await fence()), ...changes });
    await expect(refused).rejects.toMatchObject({ kind: 'InvalidInput' });
    await expect(refused).rejects.toThrow(named);
    await expect(refused).rejects.toThrow(remedy);
    expect(made).toEqual([]);
  });

  it.each([
    ['a spec with a bad size', [{ ...specOf('fence'), sizeStuds: { x: -1, y: 2, z: 3 } }], 'sizeStuds'],
    ['no list at all', { fence: true }, 'batch of asset specs'],
  ])('refuses a batch that holds %s', async (_what, content, named) => {
    const refused = activities().generateAsset({ ...(await fence()), specs: await store(content) });
    await expect(refused).rejects.toMatchObject({ kind: 'InvalidInput' });
    await expect(refused).rejects.toThrow(named);
  });

  it('stops when its activity is cancelled, and leaves nothing in the index', async () => {
    const environment = new MockActivityEnvironment();
    const input = await fence();
    const running = environment.run((asked: typeof input) => activities().generateAsset(asked), input);
    environment.cancel();
    await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
    await expect(readdir(path.join(folder, 'index'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('passes on a storage failure of the index', async () => {
    const blocked = path.join(folder, 'a-file');
    await writeFile(blocked, '');
    const failing = activities({ index: createFileAssetIndex({ directory: blocked }) }).generateAsset(
      await fence(),
    );
    await expect(failing).rejects.toMatchObject({ kind: 'StorageFailure' });
  });
});

describe('sealAssets', () => {
  const nightAsset = async (spec: AssetSpec) => ({
    ...(await activities().generateAsset({
      specs: await store([spec]),
      assetId: spec.id,
      generator: 'procedural',
    })),
    assetId: '123456789012345678',
    moderation: 'reviewing' as const,
  });

  it('keeps the batch as a manifest and a contact sheet', async () => {
    const assets = [await nightAsset(specOf('fence')), await nightAsset(specOf('gravestone'))];
    const sealed = await activities().sealAssets({ batch: 'environment-1', assets });
    const text = new TextDecoder().decode(await artifacts.get(sealed.manifest));
    expect(assetManifestSchema.parse(JSON.parse(text)).assets).toEqual(assets);
    expect(sealed.contactSheet.mediaType).toBe('image/png');
    expect(await activities().sealAssets({ batch: 'environment-1', assets })).toEqual(sealed);
  });

  it('says which thumbnail is missing', async () => {
    const asset = await nightAsset(specOf('fence'));
    await rm(artifacts.locate(asset.thumbnail));
    await expect(activities().sealAssets({ batch: 'environment-1', assets: [asset] })).rejects.toMatchObject({
      kind: 'ArtifactMissing',
      details: { sha256: asset.thumbnail.sha256 },
    });
  });
});

describe('the asset index', () => {
  it('refuses a key that is not a hash, so that no key leaves its folder', async () => {
    await expect(index.find('../../etc/passwd')).rejects.toMatchObject({ kind: 'InvalidInput' });
  });

  it('does not answer with an entry of another key', async () => {
    const asset = await activities().generateAsset(await fence());
    const other = digestOf('another');
    await index.record({ ...asset, key: other });
    const file = path.join(folder, 'index', asset.key.slice(0, 2), `${asset.key.slice(2)}.json`);
    await rm(file);
    await writeFile(file, JSON.stringify({ ...asset, key: other }));
    expect(await index.find(asset.key)).toBeUndefined();
    expect(await index.find(other)).toEqual({ ...asset, key: other });
  });
});
