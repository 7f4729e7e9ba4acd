import { createHash } from 'node:crypto';

import type { GeneratedAsset } from '../../src/domain/asset.js';
import { glbBytes } from '../open-cloud/harness.js';
import type { Scenario } from './scenarios.js';
import type { World } from './world.js';

const glb = glbBytes('well');

async function meshOf({ artifacts }: World): Promise<GeneratedAsset> {
  const mesh = await artifacts.put(glb, 'model/gltf-binary');
  return {
    id: 'well',
    role: 'prop',
    recipe: 'well',
    generator: 'procedural',
    key: createHash('sha256').update('well').digest('hex'),
    mesh,
    thumbnail: mesh,
    provenance: mesh,
    triangles: 12,
    sizeStuds: { x: 1, y: 1, z: 1 },
    reused: false,
    costUsd: 0,
  };
}

async function upload(world: World): Promise<unknown> {
  const asset = await meshOf(world);
  const { openCloud, target } = world;
  const input = { project: 'game', baseCommit: 'c'.repeat(40), runId: 'run-1', asset, target };
  return world.activity(() => openCloud.uploadAsset(input));
}

const assets = async ({ stage }: World) => (await stage.admin.state()).assets;

const uploading: Scenario = {
  through: 'uploadAsset',
  arrange: () => Promise.resolve(),
  act: upload,
  effects: assets,
  makes: { wellEnded: 1, most: 1 },
};

/** An asset with two versions, of which nobody's pipeline knows. */
async function assetId(world: World): Promise<string> {
  const [made] = Object.values((await world.emulatorState()).operations);
  if (made === undefined) throw new Error('The asset is created before it is rolled back');
  return made.assetId;
}
async function createAsset({ client, stage, target }: World): Promise<void> {
  await client.createAsset({ displayName: 'well', description: '', creator: target.creator, glb });
  stage.clock.advance(10_000);
}
const rollbacks = async (world: World) =>
  Object.values((await world.emulatorState()).operations).flatMap(({ rolledBackTo }) => rolledBackTo).length;

export const assetScenarios = {
  createAsset: {
    ...uploading,
    makes: { wellEnded: 1, most: 2 },
    harmlessTwice: 'nothing refers to the second copy of the mesh',
  },
  getOperation: { ...uploading, isMadeBefore: true },
  getAsset: {
    ...uploading,
    arrange: async (world) => {
      await upload(world);
      world.stage.clock.advance(10_000);
    },
    isMadeBefore: true,
  },
  listAssetVersions: {
    through: 'client',
    arrange: createAsset,
    act: async (world) => {
      const id = await assetId(world);
      return world.activity(() => world.client.listAssetVersions(id, 10));
    },
    effects: rollbacks,
    makes: { wellEnded: 0, most: 0 },
  },
  rollbackAsset: {
    through: 'client',
    arrange: createAsset,
    act: async (world) => {
      const id = await assetId(world);
      return world.activity(() => world.client.rollbackAsset(id, 1));
    },
    effects: rollbacks,
    makes: { wellEnded: 1, most: 1 },
  },
} satisfies Partial<Record<string, Scenario>>;
