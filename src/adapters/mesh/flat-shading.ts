import { cross, normalize, subtract, type Vector } from './vector.js';

/** Coplanar triangles differ in the last digits of their normals; to this many steps they are one face. */
const normalSteps = 2048;

/**
 * Splits shared vertices so that every face has its own flat normal; coplanar neighbours keep sharing theirs.
 *
 * @param positions three numbers a vertex
 */
export function flatShaded(
  positions: ArrayLike<number>,
  triangles: ArrayLike<number>,
): { positions: Float32Array; normals: Float32Array; indices: Uint32Array } {
  const at = (vertex: number): Vector => [
    positions[vertex * 3] ?? 0,
    positions[vertex * 3 + 1] ?? 0,
    positions[vertex * 3 + 2] ?? 0,
  ];
  const made = new Map<string, number>();
  const splitPositions: number[] = [];
  const normals: number[] = [];
  const indices = new Uint32Array(triangles.length);
  for (let corner = 0; corner < triangles.length; corner += 3) {
    const [a, b, c] = [triangles[corner] ?? 0, triangles[corner + 1] ?? 0, triangles[corner + 2] ?? 0];
    const normal = normalize(cross(subtract(at(b), at(a)), subtract(at(c), at(a))));
    const face = normal.map((part) => Math.round(part * normalSteps)).join();
    [a, b, c].forEach((vertex, offset) => {
      const key = `${vertex}|${face}`;
      let index = made.get(key);
      if (index === undefined) {
        index = made.size;
        made.set(key, index);
        splitPositions.push(...at(vertex));
        normals.push(...normal);
      }
      indices[corner + offset] = index;
    });
  }
  return { positions: new Float32Array(splitPositions), normals: new Float32Array(normals), indices };
}
