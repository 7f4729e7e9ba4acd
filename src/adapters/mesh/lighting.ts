import { boundsOf, type MeshPrimitive, type SurfaceMaterial } from './mesh-primitive.js';
import { rasterize } from './rasterizer.js';
import { add, cross, dot, length, normalize, scale, subtract, type Vector } from './vector.js';

type Color = readonly [number, number, number];

/** Moonlight from the front left, an ember glow from behind right, and a cold sky. Directions are towards the light. */
const key = { towards: normalize([-0.75, 1.05, -0.75]), color: [1.22, 1.3, 1.45] as Color };
const rim = { towards: normalize([0.85, 0.5, 0.75]), color: [1.7, 0.9, 0.5] as Color };
const sky: Color = [0.2, 0.25, 0.37];
const ground: Color = [0.11, 0.085, 0.075];

const shadowPixels = 640;

/** How much of the key light reaches a point, 0 … 1. */
export type Shadow = (x: number, y: number, z: number) => number;

/** A shadow map of the key light, read with 3 × 3 samples for a soft edge. */
export function castShadow(primitives: readonly MeshPrimitive[]): Shadow {
  const { minimum, maximum } = boundsOf(primitives);
  const centre = scale(add(minimum, maximum), 0.5);
  const radius = length(subtract(maximum, minimum)) / 2;
  const pixelsPerStud = shadowPixels / (2.1 * radius);
  const right = scale(normalize(cross([0, 1, 0], key.towards)), pixelsPerStud);
  const down = scale(cross(key.towards, right), -1);
  const half = shadowPixels / 2;
  const columnOf = (x: number, y: number, z: number) =>
    half + (x - centre[0]) * right[0] + (y - centre[1]) * right[1] + (z - centre[2]) * right[2];
  const rowOf = (x: number, y: number, z: number) =>
    half + (x - centre[0]) * down[0] + (y - centre[1]) * down[1] + (z - centre[2]) * down[2];
  const depthOf = (x: number, y: number, z: number) =>
    -((x - centre[0]) * key.towards[0] + (y - centre[1]) * key.towards[1] + (z - centre[2]) * key.towards[2]);
  const { depth: map } = rasterize(primitives, shadowPixels, shadowPixels, (x, y, z) => [
    columnOf(x, y, z),
    rowOf(x, y, z),
    depthOf(x, y, z),
  ]);
  const bias = radius * 0.012;
  return (x, y, z) => {
    const column = Math.floor(columnOf(x, y, z));
    const row = Math.floor(rowOf(x, y, z));
    if (column < 1 || row < 1 || column > shadowPixels - 2 || row > shadowPixels - 2) return 1;
    const depth = depthOf(x, y, z) - bias;
    let lit = 0;
    for (let line = row - 1; line <= row + 1; line += 1) {
      const start = line * shadowPixels + column;
      if ((map[start - 1] ?? 0) > depth) lit += 1;
      if ((map[start] ?? 0) > depth) lit += 1;
      if ((map[start + 1] ?? 0) > depth) lit += 1;
    }
    return lit / 9;
  };
}

/** Light that leaves a flat face towards the eye, by what it depends on. */
export type FaceLight = {
  /** Of the key light: counts as far as it is not shadowed. */
  direct: Color;
  /** Of the sky, the ground and the rim light: counts as far as the place is open. */
  indirect: Color;
  /** Its own glow. */
  own: Color;
};

/** Lambert, a specular lobe by roughness, and a rim light that grows towards the outline. */
export function lightFace(surface: SurfaceMaterial, normal: Vector, towardsEye: Vector): FaceLight {
  const facing = Math.max(0, dot(normal, key.towards));
  const edge = (1 - Math.max(0, dot(normal, towardsEye))) ** 2;
  const behind = Math.max(0, dot(normal, rim.towards)) * (0.3 + 0.95 * edge);
  const above = 0.5 + 0.5 * normal[1];
  const sharpness = 4 + 60 * (1 - surface.roughness) ** 2;
  const alignment = Math.max(0, dot(normal, normalize(add(key.towards, towardsEye))));
  const gleam = alignment ** sharpness * (1 - surface.roughness) * 1.8;
  const each = (channel: (base: number, index: 0 | 1 | 2) => number): Color => [
    channel(surface.color[0], 0),
    channel(surface.color[1], 1),
    channel(surface.color[2], 2),
  ];
  return {
    direct: each(
      (base, index) =>
        base * key.color[index] * facing + (surface.metallic * base + (1 - surface.metallic) * 0.05) * gleam,
    ),
    indirect: each(
      (base, index) => base * (sky[index] * above + ground[index] * (1 - above) + rim.color[index] * behind),
    ),
    own: each((base) => base * surface.glow * 1.5),
  };
}
