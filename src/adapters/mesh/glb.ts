import { Document, NodeIO, Primitive } from '@gltf-transform/core';

import { flatShaded } from './flat-shading.js';
import type { MeshPrimitive } from './mesh-primitive.js';

export type GlbOptions = {
  /** Name of the model's root. */
  name: string;
  /** Name and version of what made it, for the file's `asset.generator`. */
  generator: string;
  /** What made it, in the root's `extras`. */
  extras: Record<string, string | number>;
};

/**
 * Writes a binary glTF 2.0 file. Each primitive becomes a mesh of its own under one root, since a Roblox mesh has
 * one material.
 */
export async function writeGlb(
  primitives: readonly MeshPrimitive[],
  options: GlbOptions,
): Promise<Uint8Array> {
  const document = new Document();
  document.getRoot().getAsset().generator = options.generator;
  const buffer = document.createBuffer();
  const root = document.createNode(options.name).setExtras(options.extras);
  for (const { material: look, positions, normals, indices } of primitives) {
    const material = document
      .createMaterial(look.name)
      .setBaseColorFactor([...look.color, 1])
      .setMetallicFactor(look.metallic)
      .setRoughnessFactor(look.roughness)
      .setEmissiveFactor([look.color[0] * look.glow, look.color[1] * look.glow, look.color[2] * look.glow]);
    const accessor = (type: 'VEC3' | 'SCALAR', array: Float32Array | Uint32Array | Uint16Array) =>
      document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
    const narrow = positions.length / 3 < 0xffff;
    const primitive = document
      .createPrimitive()
      .setMaterial(material)
      .setAttribute('POSITION', accessor('VEC3', positions))
      .setAttribute('NORMAL', accessor('VEC3', normals))
      .setIndices(accessor('SCALAR', narrow ? new Uint16Array(indices) : indices));
    const mesh = document.createMesh(look.name).addPrimitive(primitive);
    root.addChild(document.createNode(look.name).setMesh(mesh));
  }
  const scene = document.createScene(options.name).addChild(root);
  document.getRoot().setDefaultScene(scene);
  return new NodeIO().writeBinary(document);
}

/**
 * Reads the triangles of a binary glTF file, with its nodes' transforms applied.
 *
 * @throws Error when the file is not one, or holds something else than triangles with positions and a material
 */
export async function readGlb(bytes: Uint8Array): Promise<MeshPrimitive[]> {
  const document = await new NodeIO().readBinary(bytes);
  const found: MeshPrimitive[] = [];
  for (const node of document.getRoot().listNodes()) {
    const matrix = node.getWorldMatrix();
    for (const primitive of node.getMesh()?.listPrimitives() ?? [])
      found.push(readPrimitive(primitive, matrix));
  }
  return found;
}

function readPrimitive(primitive: Primitive, matrix: readonly number[]): MeshPrimitive {
  const position = primitive.getAttribute('POSITION');
  if (primitive.getMode() !== Primitive.Mode.TRIANGLES || !position) {
    throw new Error('a primitive is not made of triangles with positions');
  }
  const material = primitive.getMaterial();
  if (!material) throw new Error('a primitive has no material');
  const count = position.getCount();
  const positions = new Float32Array(count * 3);
  for (let vertex = 0; vertex < count; vertex += 1) {
    positions.set(transformed(matrix, position.getElement(vertex, [])), vertex * 3);
  }
  const index = primitive.getIndices();
  const indices = Uint32Array.from({ length: index?.getCount() ?? count }, (_, corner) =>
    index ? index.getScalar(corner) : corner,
  );
  const normal = primitive.getAttribute('NORMAL');
  const [red, green, blue] = material.getBaseColorFactor();
  const surface = {
    material: {
      name: material.getName(),
      color: [red, green, blue] as const,
      metallic: material.getMetallicFactor(),
      roughness: material.getRoughnessFactor(),
      glow: Math.min(1, Math.max(...material.getEmissiveFactor()) / Math.max(red, green, blue, 1e-6)),
    },
  };
  // A transform turns normals too; the faces say them as well.
  if (!normal || !isIdentity(matrix)) return { ...surface, ...flatShaded(positions, indices) };
  const normals = new Float32Array(count * 3);
  for (let vertex = 0; vertex < count; vertex += 1) {
    normals.set(normal.getElement(vertex, []), vertex * 3);
  }
  return { ...surface, positions, normals, indices };
}

/** Column-major, as glTF keeps matrices. */
function transformed(m: readonly number[], point: readonly number[]): [number, number, number] {
  const [x = 0, y = 0, z = 0] = point;
  const row = (index: number) =>
    (m[index] ?? 0) * x + (m[index + 4] ?? 0) * y + (m[index + 8] ?? 0) * z + (m[index + 12] ?? 0);
  return [row(0), row(1), row(2)];
}

function isIdentity(matrix: readonly number[]): boolean {
  return matrix.every((value, index) => value === (index % 5 === 0 ? 1 : 0));
}
