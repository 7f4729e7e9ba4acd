import type { MeshPrimitive } from './mesh-primitive.js';

/** Where a point lands: pixels from the top left, and its distance, smaller is nearer. */
export type Projection = (
  x: number,
  y: number,
  z: number,
) => readonly [column: number, row: number, depth: number];

/** What each pixel shows: the triangle, counted through all primitives, or -1. */
export type FrameBuffer = {
  width: number;
  height: number;
  depth: Float32Array;
  triangle: Int32Array;
};

/**
 * Draws triangles into a z-buffer. Depth is interpolated linearly in the image: give a projection whose depth is
 * linear there (-1/distance of a perspective, the distance itself of a parallel one).
 */
export function rasterize(
  primitives: readonly MeshPrimitive[],
  width: number,
  height: number,
  project: Projection,
): FrameBuffer {
  const depth = new Float32Array(width * height).fill(Infinity);
  const triangle = new Int32Array(width * height).fill(-1);
  let offset = 0;
  for (const { positions, indices } of primitives) {
    const points = new Float32Array(positions.length);
    for (let start = 0; start < positions.length; start += 3) {
      points.set(project(positions[start] ?? 0, positions[start + 1] ?? 0, positions[start + 2] ?? 0), start);
    }
    for (let corner = 0; corner < indices.length; corner += 3) {
      drawTriangle(points, indices, corner, offset + corner / 3, { width, height, depth, triangle });
    }
    offset += indices.length / 3;
  }
  return { width, height, depth, triangle };
}

function drawTriangle(
  points: Float32Array,
  indices: Uint32Array,
  corner: number,
  id: number,
  { width, height, depth, triangle }: FrameBuffer,
): void {
  const a = (indices[corner] ?? 0) * 3;
  const b = (indices[corner + 1] ?? 0) * 3;
  const c = (indices[corner + 2] ?? 0) * 3;
  const [ax, ay, az] = [points[a] ?? 0, points[a + 1] ?? 0, points[a + 2] ?? 0];
  const [bx, by, bz] = [points[b] ?? 0, points[b + 1] ?? 0, points[b + 2] ?? 0];
  const [cx, cy, cz] = [points[c] ?? 0, points[c + 1] ?? 0, points[c + 2] ?? 0];
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  if (area === 0) return;
  const left = Math.max(0, Math.floor(Math.min(ax, bx, cx)));
  const right = Math.min(width - 1, Math.ceil(Math.max(ax, bx, cx)));
  const top = Math.max(0, Math.floor(Math.min(ay, by, cy)));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(ay, by, cy)));
  for (let row = top; row <= bottom; row += 1) {
    const y = row + 0.5;
    for (let column = left; column <= right; column += 1) {
      const x = column + 0.5;
      const u = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area;
      const v = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area;
      const w = 1 - u - v;
      if (u < 0 || v < 0 || w < 0) continue;
      const z = u * az + v * bz + w * cz;
      const pixel = row * width + column;
      if (z >= (depth[pixel] ?? 0)) continue;
      depth[pixel] = z;
      triangle[pixel] = id;
    }
  }
}
