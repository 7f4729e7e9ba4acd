import { beforeAll, describe, expect, it } from 'vitest';

import { flatShaded } from '../../src/adapters/mesh/flat-shading.js';
import {
  loadGeometryKernel,
  readGlb,
  validateMesh,
  writeGlb,
  type GeometryKernel,
  type MeshPrimitive,
} from '../../src/adapters/mesh/index.js';

const wanted = { id: 'prop-box-1', sizeStuds: { x: 2, y: 3, z: 4 }, triangleBudget: 100 };

/** Corners by their bits: x 1, y 2, z 4. Faces look outwards. */
const boxFaces = [
  0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5, 0, 1, 5, 0, 5, 4, 2, 6, 7, 2, 7, 3, 0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6,
];

function box(options: { faces?: number[]; width?: number; name?: string } = {}): MeshPrimitive {
  const { faces = boxFaces, width = 2, name = 'stone' } = options;
  const corners = Array.from({ length: 8 }, (_, bits) => [
    bits & 1 ? width / 2 : -width / 2,
    bits & 2 ? 3 : 0,
    bits & 4 ? 2 : -2,
  ]).flat();
  return {
    material: { name, color: [0.2, 0.2, 0.2], metallic: 0, roughness: 1, glow: 0 },
    ...flatShaded(corners, faces),
  };
}

const glbOf = (...primitives: MeshPrimitive[]) =>
  writeGlb(primitives, { name: 'box', generator: 'test 1', extras: { recipe: 'box' } });

let kernel: GeometryKernel;

beforeAll(async () => {
  kernel = await loadGeometryKernel();
});

describe('validateMesh', () => {
  it('measures a good mesh from its bytes', async () => {
    const { statistics, primitives } = await validateMesh(await glbOf(box()), wanted, kernel);
    expect(statistics).toEqual({
      triangles: 12,
      vertices: 24,
      materials: 1,
      sizeStuds: { x: 2, y: 3, z: 4 },
      volume: expect.closeTo(24, 4) as unknown,
      watertight: true,
    });
    expect(primitives[0]?.material.name).toBe('stone');
  });

  it.each([
    ['watertight', 'a face is missing', () => glbOf(box({ faces: boxFaces.slice(3) })), 'not watertight'],
    [
      'watertight',
      'a face is turned',
      () => glbOf(box({ faces: [4, 0, 6, ...boxFaces.slice(3)] })),
      'not watertight',
    ],
    ['volume', 'it is inside out', () => glbOf(box({ faces: [...boxFaces].reverse() })), 'look inwards'],
    ['size', 'it is too wide', () => glbOf(box({ width: 2.2 })), 'along x is 2.2'],
    ['material', 'two meshes share a material', () => glbOf(box(), box()), 'one a mesh'],
    ['gltf', 'it holds nothing', () => glbOf(), 'validator found 1 errors'],
    [
      'gltf',
      'it is no GLB',
      () => Promise.resolve(new TextEncoder().encode('solid teapot')),
      'Invalid GLB magic',
    ],
  ])('names the rule %s when %s', async (rule, _what, make, message) => {
    const judged = validateMesh(await make(), wanted, kernel);
    await expect(judged).rejects.toMatchObject({
      kind: 'AssetGenerationFailure',
      details: { asset: 'prop-box-1', rule },
    });
    await expect(judged).rejects.toThrow(message);
  });

  it('holds the mesh to its budget', async () => {
    const judged = validateMesh(await glbOf(box()), { ...wanted, triangleBudget: 11 }, kernel);
    await expect(judged).rejects.toThrow('it has 12 triangles; its budget is 11');
  });

  it('finds a file that was cut off or tampered with', async () => {
    const glb = await glbOf(box());
    await expect(validateMesh(glb.slice(0, -64), wanted, kernel)).rejects.toMatchObject({
      details: { rule: 'gltf' },
    });
    const dented = glb.slice();
    // The highest index of the first face's last corner points past the vertices.
    dented.set([0xff, 0x7f], dented.length - 2);
    await expect(validateMesh(dented, wanted, kernel)).rejects.toMatchObject({
      kind: 'AssetGenerationFailure',
    });
  });
});

describe('GLB', () => {
  it('is read back as it was written', async () => {
    const written = [
      box(),
      { ...box({ name: 'flame' }), material: { ...box().material, name: 'flame', glow: 1 } },
    ];
    const read = await readGlb(await glbOf(...written));
    expect(read).toHaveLength(2);
    expect(read[1]?.material.glow).toBeCloseTo(1);
    expect(read[0]?.positions).toEqual(written[0]?.positions);
    expect(read[0]?.normals).toEqual(written[0]?.normals);
    expect(read[0]?.indices).toEqual(written[0]?.indices);
  });
});
