import { createRandom } from '../random.js';

/** Studs from the place that a feature stands at; degrees about y. */
export type Spot = { x: number; z: number; rotation: number };

/** Studs: nothing of a feature is farther from its place. */
export const farthest = 44;
const tries = 400;

/** Spots of one request, which keep their distance from each other. */
export class SpotFinder {
  private readonly taken: { x: number; z: number; room: number }[] = [];

  /**
   * @param room studs around each spot that are its own
   * @param ring studs from the place, nearest and farthest
   */
  find(seed: unknown, count: number, room: number, ring: readonly [number, number]): Spot[] {
    const random = createRandom(seed);
    const [nearest, widest] = ring;
    return Array.from({ length: count }, () => {
      let best = { x: 0, z: 0, gap: -Infinity };
      for (let attempt = 0; attempt < tries && best.gap < 0; attempt++) {
        const angle = random.fraction() * 2 * Math.PI;
        // Even over the ring's area, not over its radius.
        const radius = Math.sqrt(nearest ** 2 + random.fraction() * (widest ** 2 - nearest ** 2));
        const x = tenth(Math.cos(angle) * radius);
        const z = tenth(Math.sin(angle) * radius);
        const gap = this.gapAt(x, z, room);
        // Where it is too crowded for all, the loosest spot that was found has to do.
        if (gap > best.gap) best = { x, z, gap };
      }
      this.taken.push({ x: best.x, z: best.z, room });
      return { x: best.x, z: best.z, rotation: facing(best.x, best.z) };
    });
  }

  private gapAt(x: number, z: number, room: number): number {
    return Math.min(
      ...this.taken.map((other) => Math.hypot(other.x - x, other.z - z) - Math.max(room, other.room)),
      Infinity,
    );
  }
}

/** Points of a circle, for lamps around a zone and the rounds of creatures. */
export function circle(count: number, radius: number): Spot[] {
  return Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count;
    const x = tenth(Math.cos(angle) * radius);
    const z = tenth(Math.sin(angle) * radius);
    return { x, z, rotation: facing(x, z) };
  });
}

/** Degrees about y that turn a front (-z) to the place in the middle. */
function facing(x: number, z: number): number {
  return Math.round((Math.atan2(x, z) * 180) / Math.PI + 360) % 360;
}

function tenth(studs: number): number {
  return Math.round(studs * 10) / 10 + 0;
}
