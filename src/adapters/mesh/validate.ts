import { validateBytes } from 'gltf-validator';

import type { AssetSpec, MeshStatistics, SizeStuds } from '../../domain/asset.js';
import { GraveshiftError } from '../../domain/failure.js';
import { readGlb } from './glb.js';
import type { GeometryKernel } from './geometry-kernel.js';
import { boundsOf, type MeshPrimitive } from './mesh-primitive.js';
import { inspectTopology } from './topology.js';

/** Roblox refuses a mesh with more (https://create.roblox.com/docs/art/modeling/specifications). */
const robloxTrianglesPerMesh = 20_000;

/** How far a side may be from the wanted one, as a share of it. */
const sizeTolerance = 0.05;

export type MeshRule = 'gltf' | 'triangles' | 'size' | 'watertight' | 'volume' | 'material';

export type WantedMesh = Pick<AssetSpec, 'id' | 'sizeStuds' | 'triangleBudget'>;

/**
 * Judges a GLB by its bytes, never by what its maker believes of it.
 *
 * @throws GraveshiftError `AssetGenerationFailure` that names the broken rule
 */
export async function validateMesh(
  glb: Uint8Array,
  wanted: WantedMesh,
  kernel: GeometryKernel,
): Promise<{ statistics: MeshStatistics; primitives: MeshPrimitive[] }> {
  await requireValidGltf(glb, wanted);
  const primitives = await readGlb(glb).catch((error: unknown) => {
    throw broken(
      wanted,
      'gltf',
      `its GLB cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  if (primitives.length === 0) throw broken(wanted, 'gltf', 'its GLB holds no mesh');
  const triangles = requireTriangles(primitives, wanted);
  const sizeStuds = requireSize(primitives, wanted);
  const volume = requireBodies(primitives, wanted, kernel);
  const materials = new Set(primitives.map(({ material }) => material.name));
  if (materials.size !== primitives.length) {
    throw broken(
      wanted,
      'material',
      `it has ${primitives.length} meshes and ${materials.size} materials; expected one a mesh`,
    );
  }
  const vertices = primitives.reduce((sum, { positions }) => sum + positions.length / 3, 0);
  return {
    statistics: { triangles, vertices, materials: materials.size, sizeStuds, volume, watertight: true },
    primitives,
  };
}

async function requireValidGltf(glb: Uint8Array, wanted: WantedMesh): Promise<void> {
  const { issues } = await validateBytes(glb, { format: 'glb', maxIssues: 100, writeTimestamp: false }).catch(
    (error: unknown) => {
      throw broken(
        wanted,
        'gltf',
        `it is not a GLB file: ${error instanceof Error ? error.message : String(error)}`,
      );
    },
  );
  if (issues.numErrors === 0) return;
  const [first] = issues.messages.filter(({ severity }) => severity === 0);
  const example = first ? `, such as ${first.code} at ${first.pointer ?? '/'}: ${first.message}` : '';
  throw broken(wanted, 'gltf', `the glTF validator found ${issues.numErrors} errors${example}`);
}

function requireTriangles(primitives: readonly MeshPrimitive[], wanted: WantedMesh): number {
  const counts = primitives.map(({ indices }) => indices.length / 3);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > wanted.triangleBudget) {
    throw broken(wanted, 'triangles', `it has ${total} triangles; its budget is ${wanted.triangleBudget}`);
  }
  const largest = Math.max(...counts);
  if (largest > robloxTrianglesPerMesh) {
    throw broken(
      wanted,
      'triangles',
      `a mesh has ${largest} triangles; Roblox takes ${robloxTrianglesPerMesh} at most`,
    );
  }
  return total;
}

function requireSize(
  primitives: readonly MeshPrimitive[],
  { sizeStuds: size, ...wanted }: WantedMesh,
): SizeStuds {
  const { minimum, maximum } = boundsOf(primitives);
  const found = { x: maximum[0] - minimum[0], y: maximum[1] - minimum[1], z: maximum[2] - minimum[2] };
  for (const axis of ['x', 'y', 'z'] as const) {
    // Written so that NaN fails.
    if (!(Math.abs(found[axis] - size[axis]) <= sizeTolerance * size[axis])) {
      const problem = `its side along ${axis} is ${found[axis]} studs; expected ${size[axis]} ± ${sizeTolerance * 100} %`;
      throw broken({ ...wanted, sizeStuds: size }, 'size', problem);
    }
  }
  return found;
}

function requireBodies(
  primitives: readonly MeshPrimitive[],
  wanted: WantedMesh,
  kernel: GeometryKernel,
): number {
  let volume = 0;
  for (const primitive of primitives) {
    const topology = inspectTopology(kernel, primitive);
    const name = `its mesh "${primitive.material.name}"`;
    if (!topology.watertight)
      throw broken(wanted, 'watertight', `${name} is not watertight: ${topology.reason}`);
    if (!(topology.volume > 0)) {
      throw broken(wanted, 'volume', `${name} has the volume ${topology.volume}; its faces look inwards`);
    }
    volume += topology.volume;
  }
  return volume;
}

function broken(wanted: WantedMesh, rule: MeshRule, problem: string): GraveshiftError {
  return new GraveshiftError(
    'AssetGenerationFailure',
    `The mesh of "${wanted.id}" breaks the rule "${rule}": ${problem}.`,
    {
      details: { asset: wanted.id, rule },
    },
  );
}
