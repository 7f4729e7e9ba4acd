import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { execa } from 'execa';

import type { ProjectChanges } from '../../src/adapters/git/index.js';
import type { AssetSpec, NightAsset } from '../../src/domain/asset.js';
import type { NightDesign } from '../../src/domain/night.js';
import { projectConfigSchema, type ProjectFiles, type ProjectSnapshot } from '../../src/domain/project.js';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const refOf = (text: string, mediaType: string) => ({ sha256: hashOf(text), bytes: text.length, mediaType });

function specOf(role: AssetSpec['role'], recipe: string): AssetSpec {
  return {
    id: `${role}-${recipe}-1`,
    role,
    recipe,
    prompt: `a ${recipe}`,
    sizeStuds: { x: 3, y: 4, z: 3 },
    triangleBudget: 1500,
    seed: 7,
    parameters: {},
  };
}

const specs = [
  specOf('building', 'shed'),
  specOf('prop', 'barrel'),
  specOf('enemy', 'shambler'),
  specOf('enemy', 'stalker'),
];

/** A small night made by hand: two rooms, a corridor, one of everything. */
export function handMadeNight(changes: Partial<NightDesign> = {}): NightDesign {
  return {
    night: 3,
    seed: 4_000_000_001,
    theme: 'abandoned village',
    difficulty: {
      night: 3,
      breather: false,
      intensity: 0.2,
      enemyCount: 2,
      enemyKinds: ['shambler', 'stalker'],
      enemySpeed: 11.5,
      sightRange: 50,
      hearingRange: 35,
      objectiveCount: 3,
      light: 0.4,
      durationSeconds: 120,
      safeSeconds: 20,
      lootCount: 2,
      targetSurvivalRate: 0.72,
    },
    assets: specs,
    map: {
      cellStuds: 8,
      width: 16,
      height: 7,
      cells: [
        '################',
        '#.....##.......#',
        '#.....##.......#',
        '#.....,,.......#',
        '#.....##.......#',
        '#.....##.......#',
        '################',
      ],
      rooms: [
        { id: 'room-1', x: 1, y: 1, width: 5, height: 5, kind: 'hall' },
        { id: 'room-2', x: 8, y: 1, width: 7, height: 5, kind: 'yard' },
      ],
      playerSpawn: { x: 1, y: 1 },
      objectives: [
        { id: 'generator-1', kind: 'generator', roomId: 'room-1', x: 1, y: 5 },
        { id: 'key-1', kind: 'key', roomId: 'room-2', x: 8, y: 5 },
        { id: 'escape', kind: 'escape', roomId: 'room-2', x: 14, y: 1 },
      ],
      hidingPlaces: [{ x: 5, y: 1 }],
      enemySpawns: [
        { kind: 'shambler', x: 14, y: 5 },
        { kind: 'stalker', x: 8, y: 1 },
      ],
      loot: [
        { x: 5, y: 5 },
        { x: 14, y: 3 },
      ],
      lamps: [{ x: 3, y: 3 }],
      placements: [
        { assetId: 'building-shed-1', x: 11, y: 3, span: 3, rotation: 90 },
        { assetId: 'prop-barrel-1', x: 3, y: 2, span: 1, rotation: 45 },
      ],
    },
    ...changes,
  };
}

export function assetsOf(design: NightDesign, changes: Partial<NightAsset> = {}): NightAsset[] {
  return design.assets.map((spec, index) => ({
    id: spec.id,
    role: spec.role,
    recipe: spec.recipe,
    generator: 'procedural',
    key: hashOf(`key ${spec.id}`),
    mesh: refOf(`mesh ${spec.id}`, 'model/gltf-binary'),
    thumbnail: refOf(`thumbnail ${spec.id}`, 'image/png'),
    provenance: refOf(`provenance ${spec.id}`, 'application/json'),
    triangles: 420 + index,
    sizeStuds: spec.sizeStuds,
    reused: false,
    costUsd: 0,
    assetId: String(9000 + index),
    moderation: 'approved',
    ...changes,
  }));
}

const rojoProject = {
  name: 'game',
  tree: {
    $className: 'DataModel',
    ReplicatedStorage: { Shared: { $path: 'src/shared' } },
    ServerScriptService: { Server: { $path: 'src/server' } },
    StarterPlayer: { StarterPlayerScripts: { Client: { $path: 'src/client' } } },
  },
};

export type GameRepository = {
  snapshot: (changes?: Partial<ProjectSnapshot>) => ProjectSnapshot;
  files: ProjectFiles & Pick<ProjectChanges, 'visitBlobs'>;
  /** Writes the files, removes those that are `undefined`, and commits. */
  commit: (changes: Record<string, string | undefined>) => Promise<void>;
  remove: () => Promise<void>;
};

/** A game in a real Git repository, read at its commit by Git. */
export async function createGame(): Promise<GameRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'graveshift-luau-'));
  const git = async (...args: string[]) => (await execa('git', args, { cwd: folder })).stdout;
  let head = '';

  const commit = async (changes: Record<string, string | undefined>) => {
    for (const [path, text] of Object.entries(changes)) {
      if (text === undefined) {
        await rm(join(folder, path));
        continue;
      }
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await git('add', '--all');
    await git('-c', 'user.name=Test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '-m', 'change');
    head = await git('rev-parse', 'HEAD');
  };
  await git('init', '--quiet');
  await commit({
    'default.project.json': JSON.stringify(rojoProject),
    'src/shared/Own.luau': 'return this is broken, and not ours',
    'src/server/init.server.luau': '',
  });

  const config = projectConfigSchema.parse({
    name: 'game',
    environments: {
      staging: {
        host: 'roblox',
        universeId: '1',
        creator: { type: 'user', id: '5' },
        places: { start: { placeId: '2' } },
      },
    },
  });
  return {
    commit,
    remove: () => rm(folder, { recursive: true, force: true }),
    snapshot: (changes = {}) => ({
      name: 'game',
      baseCommit: head,
      config,
      target: {
        environment: 'staging',
        host: 'roblox',
        universeId: '1',
        creator: { type: 'user', id: '5' },
        placeName: 'start',
        placeId: '2',
        rojoProject: 'default.project.json',
      },
      ...changes,
    }),
    files: {
      async read(_project, revision, path) {
        const result = await execa('git', ['show', `${revision}:${path}`], {
          cwd: folder,
          encoding: 'buffer',
          stripFinalNewline: false,
          reject: false,
        });
        return result.exitCode === 0 ? result.stdout : undefined;
      },
      async list(_project, revision, path) {
        const output = await git('ls-tree', '-r', '-z', '--name-only', revision, '--', `${path}/`);
        return output.split('\0').filter(Boolean).sort();
      },
      /** Of one commit. */
      async visitBlobs(project, { commit: revision }, visit, { only = () => true } = {}) {
        const paths = (await this.list(project, revision, '.')).filter(only);
        for (const path of paths) {
          const bytes = await this.read(project, revision, path);
          if (bytes) visit({ object: path, paths: [path], inTree: true, bytes });
        }
        return { visited: paths.length, tooLarge: [] };
      },
    },
  };
}
