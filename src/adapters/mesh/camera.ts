import { boundsOf, type MeshPrimitive } from './mesh-primitive.js';
import type { Projection } from './rasterizer.js';
import { add, cross, dot, length, normalize, scale, subtract, type Vector } from './vector.js';

/**
 * A point that a pixel shows lies at `eye + (corner + column × perColumn + row × perRow) × distance`, where the
 * distance along the view is -1 / depth.
 */
export type Camera = {
  /** Depth is -1/distance, which is linear in the image. */
  project: Projection;
  eye: Vector;
  corner: Vector;
  perColumn: Vector;
  perRow: Vector;
};

/** How much of the image's edge the model covers. */
const fill = 0.86;

/** Distance of the eye in half diagonals of the model: a long lens, as for a portrait. */
const eyeDistance = 4.2;

/** A perspective camera that looks from `from` at the whole of the model. */
export function frameModel(primitives: readonly MeshPrimitive[], from: Vector, pixels: number): Camera {
  const { minimum, maximum } = boundsOf(primitives);
  const centre = scale(add(minimum, maximum), 0.5);
  const eye = add(centre, scale(normalize(from), eyeDistance * (length(subtract(maximum, minimum)) / 2)));
  const forward = normalize(subtract(centre, eye));
  const right = normalize(cross(forward, [0, 1, 0]));
  const up = cross(right, forward);
  const onPlane = (point: Vector): [number, number, number] => {
    const offset = subtract(point, eye);
    const distance = dot(offset, forward);
    return [dot(offset, right) / distance, dot(offset, up) / distance, distance];
  };
  const [left, low, rightmost, high] = extent(primitives, onPlane);
  const zoom = (fill * pixels) / Math.max(rightmost - left, high - low);
  const [middleX, middleY] = [(left + rightmost) / 2, (low + high) / 2];
  const offset = (x: number, y: number) => add(scale(right, x), scale(up, y));
  return {
    eye,
    corner: add(forward, offset(middleX - pixels / 2 / zoom, middleY + pixels / 2 / zoom)),
    perColumn: scale(right, 1 / zoom),
    perRow: scale(up, -1 / zoom),
    project: (x, y, z) => {
      const [planeX, planeY, distance] = onPlane([x, y, z]);
      return [pixels / 2 + (planeX - middleX) * zoom, pixels / 2 - (planeY - middleY) * zoom, -1 / distance];
    },
  };
}

function extent(
  primitives: readonly MeshPrimitive[],
  onPlane: (point: Vector) => readonly [number, number, number],
): [left: number, low: number, right: number, high: number] {
  const found: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { positions } of primitives) {
    for (let index = 0; index < positions.length; index += 3) {
      const [x, y] = onPlane([positions[index] ?? 0, positions[index + 1] ?? 0, positions[index + 2] ?? 0]);
      found[0] = Math.min(found[0], x);
      found[1] = Math.min(found[1], y);
      found[2] = Math.max(found[2], x);
      found[3] = Math.max(found[3], y);
    }
  }
  return found;
}
