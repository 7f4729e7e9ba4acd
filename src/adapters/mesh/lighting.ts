import { boundsOf, type MeshPrimitive, type SurfaceMaterial } from './mesh-primitive.js';
import { rasterize } from './rasterizer.js';
import { add, cross, dot, length, normalize, scale, subtract, type Vector } from './vector.js';

type Color = readonly [number, number, number];

/** Moonlight from the front left, an ember glow from behind right, and a cold sky. Unit vectors towards the light. */
const key = { towards: normalize([-0.75, 1.05, -0.75]), color: [1.5, 1.56, 1.66] as Color };
const rim = { towards: normalize([0.85, 0.5, 0.75]), color: [1.5, 0.85, 0.5] as Color };
const sky: Color = [0.3, 0.36, 0.5];
const ground: Color = [0.17, 0.13, 0.11];

const shadowPixels = 640;

/** How much of the key light reaches a point, 0 or 1, blurred at the edges. */
export type Shadow = (point: Vector) => number;

/** A shadow map of the key light, read with 3 × 3 samples. */
export function castShadow(primitives: readonly MeshPrimitive[]): Shadow {
  const { minimum, maximum } = boundsOf(primitives);
  const centre = scale(add(minimum, maximum), 0.5);
  const radius = length(subtract(maximum, minimum)) / 2;
  const right = normalize(cross([0, 1, 0], key.towards));
  const up = cross(key.towards, right);
  const pixelsPerStud = shadowPixels / (2.1 * radius);
  const project = (x: number, y: number, z: number): [number, number, number] => {
    const offset = subtract([x, y, z], centre);
    return [
      shadowPixels / 2 + dot(offset, right) * pixelsPerStud,
      shadowPixels / 2 - dot(offset, up) * pixelsPerStud,
      -dot(offset, key.towards),
    ];
  };
  const map = rasterize(primitives, shadowPixels, shadowPixels, project);
  const bias = radius * 0.012;
  return (point) => {
    const [column, row, depth] = project(...point);
    let lit = 0;
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        const x = Math.floor(column) + dx;
        const y = Math.floor(row) + dy;
        const outside = x < 0 || y < 0 || x >= shadowPixels || y >= shadowPixels;
        if (outside || (map.depth[y * shadowPixels + x] ?? Infinity) > depth - bias) lit += 1;
      }
    }
    return lit / 9;
  };
}

/** Light that leaves a point of a surface towards the eye: Lambert, a specular lobe for metal, a rim, and its own glow. */
export function shade(
  surface: SurfaceMaterial,
  normal: Vector,
  towardsEye: Vector,
  lit: number,
  openness: number,
): [number, number, number] {
  const facing = Math.max(0, dot(normal, key.towards)) * lit;
  const edge = (1 - Math.max(0, dot(normal, towardsEye))) ** 2;
  const behind = Math.max(0, dot(normal, rim.towards)) * (0.35 + 0.9 * edge) * openness;
  const above = 0.5 + 0.5 * normal[1];
  const half = normalize(add(key.towards, towardsEye));
  const sharpness = 4 + 60 * (1 - surface.roughness) ** 2;
  const gleam = lit * Math.max(0, dot(normal, half)) ** sharpness * (1 - surface.roughness) * 0.9;
  const channel = (index: 0 | 1 | 2) => {
    const base = surface.color[index];
    const ambient = (sky[index] * above + ground[index] * (1 - above)) * openness;
    const diffuse = base * (ambient + key.color[index] * facing + rim.color[index] * behind);
    const reflected = (surface.metallic * base + (1 - surface.metallic) * 0.05) * gleam * 2;
    return diffuse + reflected + base * surface.glow * 1.5;
  };
  return [channel(0), channel(1), channel(2)];
}
