import type { Manifold } from 'manifold-3d';

import type { GeometryKernel } from '../geometry-kernel.js';
import type { Vector } from '../vector.js';
import { sweep, type Station, type SweepOptions } from './sweep.js';

/** A closed body. Operations answer a new one; y is up, and angles are degrees. */
export class Solid {
  constructor(
    private readonly keep: (manifold: Manifold) => Solid,
    readonly manifold: Manifold,
  ) {}

  move(x: number, y: number, z: number): Solid {
    return this.keep(this.manifold.translate([x, y, z]));
  }

  /** Turns about x, then y, then z. */
  turn(x: number, y: number, z: number): Solid {
    return this.keep(this.manifold.rotate([x, y, z]));
  }

  stretch(x: number, y: number, z: number): Solid {
    return this.keep(this.manifold.scale([x, y, z]));
  }

  /** Moves each vertex. The map must not fold the body into itself. */
  warp(map: (point: Vector) => Vector): Solid {
    return this.keep(
      this.manifold.warp((vertex) => {
        const [x, y, z] = map([vertex[0], vertex[1], vertex[2]]);
        vertex[0] = x;
        vertex[1] = y;
        vertex[2] = z;
      }),
    );
  }

  minus(...others: readonly Solid[]): Solid {
    return others.reduce<Solid>((left, right) => this.keep(left.manifold.subtract(right.manifold)), this);
  }

  within(other: Solid): Solid {
    return this.keep(this.manifold.intersect(other.manifold));
  }

  hull(): Solid {
    return this.keep(this.manifold.hull());
  }
}

/**
 * Makes solids and frees all of them at the end: WebAssembly memory is not garbage collected.
 * `detail` (0 … 1) scales the number of sides, so that a recipe fits a smaller triangle budget.
 */
export class Workshop {
  private readonly made: Manifold[] = [];
  private readonly keep = (manifold: Manifold): Solid => {
    this.made.push(manifold);
    return new Solid(this.keep, manifold);
  };

  constructor(
    private readonly kernel: GeometryKernel,
    readonly detail: number,
  ) {}

  dispose(): void {
    for (const manifold of this.made.splice(0)) manifold.delete();
  }

  /** Sides of something round that has `full` of them at full detail. */
  sides(full: number): number {
    return Math.max(Math.min(full, 4), Math.round(full * this.detail));
  }

  /** How many of a repeated part to make, of `full` at full detail. */
  count(full: number, least = 1): number {
    return Math.max(least, Math.round(full * this.detail));
  }

  /** Whether there is budget for small decoration. */
  get fine(): boolean {
    return this.detail >= 0.5;
  }

  /** A box centred on the origin. */
  box(width: number, height: number, depth: number): Solid {
    return this.keep(this.kernel.Manifold.cube([width, height, depth], true));
  }

  /** A box that stands on y = 0. */
  block(width: number, height: number, depth: number): Solid {
    return this.box(width, height, depth).move(0, height / 2, 0);
  }

  /** A cylinder or cone that stands on y = 0. */
  cylinder(bottom: number, top: number, height: number, sides = 10): Solid {
    return this.keep(this.kernel.Manifold.cylinder(height, bottom, top, this.sides(sides))).turn(-90, 0, 0);
  }

  /** An ellipsoid centred on the origin. */
  ball(x: number, y = x, z = x, sides = 8): Solid {
    const ball = this.keep(this.kernel.Manifold.sphere(1, this.sides(sides)));
    return ball.stretch(x, y, z);
  }

  /** A polygon of the xy plane (in either direction), given depth along z and centred on it. */
  prism(outline: readonly (readonly [number, number])[], depth: number): Solid {
    const polygon = outline.map(([x, y]): [number, number] => [x, y]);
    if (signedArea(polygon) < 0) polygon.reverse();
    return this.keep(this.kernel.Manifold.extrude([polygon], depth, 0, 0, [1, 1], true));
  }

  /** Revolves a profile of (radius, height) about the y axis. */
  lathe(profile: readonly (readonly [number, number])[], sides = 12): Solid {
    const polygon = profile.map(([x, y]): [number, number] => [x, y]);
    if (signedArea(polygon) < 0) polygon.reverse();
    return this.keep(this.kernel.Manifold.revolve([polygon], this.sides(sides))).turn(-90, 0, 0);
  }

  /** A tube along a path; its number of sides follows the detail. */
  tube(path: readonly Station[], options: SweepOptions): Solid {
    const { positions, triangles } = sweep(path, { ...options, sides: this.sides(options.sides) });
    const mesh = new this.kernel.Mesh({
      numProp: 3,
      vertProperties: new Float32Array(positions),
      triVerts: new Uint32Array(triangles),
    });
    return this.keep(new this.kernel.Manifold(mesh));
  }

  /** The convex hull of some points. */
  hull(points: readonly Vector[]): Solid {
    return this.keep(
      this.kernel.Manifold.hull(points.map(([x, y, z]): [number, number, number] => [x, y, z])),
    );
  }

  union(solids: readonly Solid[]): Solid {
    return this.keep(this.kernel.Manifold.union(solids.map((solid) => solid.manifold)));
  }

  /** Splits long edges, so that a warp has vertices to move. */
  refine(solid: Solid, longest: number): Solid {
    return this.keep(solid.manifold.refineToLength(longest));
  }

  /** Merges what is closer than `tolerance`. */
  simplify(solid: Solid, tolerance: number): Solid {
    return this.keep(solid.manifold.simplify(tolerance));
  }
}

function signedArea(polygon: readonly (readonly [number, number])[]): number {
  let twice = 0;
  polygon.forEach(([x, y], index) => {
    const [nextX, nextY] = polygon[(index + 1) % polygon.length] ?? [0, 0];
    twice += x * nextY - nextX * y;
  });
  return twice / 2;
}

/**
 * Runs `build` in a workshop whose solids are freed when it has ended. Where it throws, the kernel may have
 * trapped and is not called again: whoever holds it discards it, and the solids with it.
 */
export function inWorkshop<Result>(
  kernel: GeometryKernel,
  detail: number,
  build: (workshop: Workshop) => Result,
): Result {
  const workshop = new Workshop(kernel, detail);
  const result = build(workshop);
  workshop.dispose();
  return result;
}
