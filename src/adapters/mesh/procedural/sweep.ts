import { add, cross, dot, length, normalize, scale, subtract, type Vector } from '../vector.js';

export type TriangleSoup = { positions: number[]; triangles: number[] };

/** A point of a path with its radius. */
export type Station = { at: Vector; radius: number };

export type SweepOptions = {
  sides: number;
  /** Width of the section across `right` and along the other axis, as factors of the radius. */
  section?: readonly [across: number, along: number];
  /** Direction that the section's first axis starts from. */
  right?: Vector;
  /** Factor of the radius for each vertex of each ring; for lumps. */
  lump?: () => number;
};

function tangents(path: readonly Station[]): Vector[] {
  return path.map((station, index) => {
    const before = path[Math.max(0, index - 1)] ?? station;
    const after = path[Math.min(path.length - 1, index + 1)] ?? station;
    return normalize(subtract(after.at, before.at));
  });
}

/** Any direction across `tangent`, as near to `wanted` as there is. */
function across(tangent: Vector, wanted: Vector): Vector {
  const projected = subtract(wanted, scale(tangent, dot(wanted, tangent)));
  if (length(projected) > 1e-6) return normalize(projected);
  const other: Vector = Math.abs(tangent[0]) < 0.9 ? [1, 0, 0] : [0, 0, 1];
  return normalize(cross(tangent, other));
}

/** A closed tube along a path. Its section is carried along by projection, so that it does not twist. */
export function sweep(path: readonly Station[], options: SweepOptions): TriangleSoup {
  const { sides, section = [1, 1], lump = () => 1 } = options;
  const positions: number[] = [];
  const triangles: number[] = [];
  let right = options.right ?? [1, 0, 0];
  const directions = tangents(path);
  path.forEach((station, ring) => {
    const tangent = directions[ring] ?? [0, 1, 0];
    right = across(tangent, right);
    const other = cross(tangent, right);
    for (let side = 0; side < sides; side += 1) {
      const angle = (2 * Math.PI * side) / sides;
      const radius = station.radius * lump();
      const offset = add(
        scale(right, Math.cos(angle) * radius * section[0]),
        scale(other, Math.sin(angle) * radius * section[1]),
      );
      positions.push(...add(station.at, offset));
    }
  });
  for (let ring = 0; ring + 1 < path.length; ring += 1) {
    for (let side = 0; side < sides; side += 1) {
      const a = ring * sides + side;
      const b = ring * sides + ((side + 1) % sides);
      triangles.push(a, b, b + sides, a, b + sides, a + sides);
    }
  }
  addCap(positions, triangles, path[0], 0, sides, true);
  addCap(positions, triangles, path.at(-1), (path.length - 1) * sides, sides, false);
  return { positions, triangles };
}

function addCap(
  positions: number[],
  triangles: number[],
  station: Station | undefined,
  start: number,
  sides: number,
  reversed: boolean,
): void {
  if (!station) return;
  const centre = positions.length / 3;
  positions.push(...station.at);
  for (let side = 0; side < sides; side += 1) {
    const a = start + side;
    const b = start + ((side + 1) % sides);
    triangles.push(...(reversed ? [centre, b, a] : [centre, a, b]));
  }
}

/** Rounds the corners of a path by a Catmull-Rom spline with `steps` parts between two points. */
export function smoothPath(path: readonly Station[], steps: number): Station[] {
  const [first] = path;
  const last = path.at(-1);
  if (steps <= 1 || path.length < 3 || !first || !last) return [...path];
  const point = (index: number) => path[index] ?? (index < 0 ? first : last);
  const rounded: Station[] = [];
  for (let part = 0; part + 1 < path.length; part += 1) {
    const [p0, p1, p2, p3] = [point(part - 1), point(part), point(part + 1), point(part + 2)];
    for (let step = 0; step < steps; step += 1) {
      const t = step / steps;
      const curve = (a: number, b: number, c: number, d: number) =>
        0.5 *
        (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
      const axis = (index: 0 | 1 | 2) => curve(p0.at[index], p1.at[index], p2.at[index], p3.at[index]);
      rounded.push({
        at: [axis(0), axis(1), axis(2)],
        radius: Math.max(
          0.2 * Math.min(p1.radius, p2.radius),
          curve(p0.radius, p1.radius, p2.radius, p3.radius),
        ),
      });
    }
  }
  return [...rounded, last];
}
