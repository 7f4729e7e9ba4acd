import type { Random } from '../../random.js';
import { add, cross, normalize, scale, type Vector } from '../../vector.js';
import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';
import { smoothPath, type Station } from '../sweep.js';
import type { Solid } from '../workshop.js';

export const deadTree = defineRecipe({
  name: 'dead-tree',
  role: 'atmosphere',
  description: 'A bare bent tree with clawing branches, roots and a hollow that something may look out of.',
  defaultSizeStuds: { x: 9, y: 16, z: 9 },
  parameters: {
    bend: fraction('How far the trunk bends', 0.5),
    hollow: choice('What is in the hollow', ['dark', 'eyes']),
  },
  build({ workshop, random, size, parameters }) {
    const height = size.y;
    const girth = height * 0.062;
    const heading = random.between(0, 2 * Math.PI);
    const sway = (share: number): Vector => {
      const out = Math.sin(share * Math.PI * 0.9) * parameters.bend * size.x * 0.24;
      const back = share * share * parameters.bend * size.x * 0.1;
      return [
        Math.cos(heading) * (out - back),
        share * height * 0.62,
        Math.sin(heading) * (out - back) * 0.6,
      ];
    };
    const trunkPath: Station[] = [0, 0.12, 0.35, 0.6, 0.82, 1].map((share, index) => ({
      at: sway(share),
      radius: girth * ([1.75, 1.15, 0.95, 0.82, 0.62, 0.4][index] ?? 0.4),
    }));
    const lumps = random.fork('bark');
    const limb = (path: readonly Station[], sides: number): Solid =>
      workshop.tube(smoothPath(path, sides > 5 ? workshop.count(2, 1) : 1), {
        sides,
        lump: () => lumps.between(0.86, 1.14),
      });

    const wood: Solid[] = [limb(trunkPath, 8)];
    const boughs = workshop.count(5, 4);
    for (let index = 0; index < boughs; index += 1) {
      const spot = random.fork(`bough ${index}`);
      const share = index < 3 ? 0.98 : spot.between(0.5, 0.86);
      const turn = heading + (index / boughs) * 2 * Math.PI * 1.3 + spot.around(0.5);
      const direction = normalize([
        Math.cos(turn),
        index < 3 ? spot.between(0.7, 1.5) : spot.between(0.15, 0.7),
        Math.sin(turn),
      ]);
      const length = height * (index < 3 ? spot.between(0.36, 0.46) : spot.between(0.26, 0.38));
      grow(spot, sway(share), direction, length, girth * (index < 3 ? 0.5 : 0.42), 2);
    }
    for (let index = 0; index < workshop.count(5, 3); index += 1) {
      const spot = random.fork(`root ${index}`);
      const turn = (index / 5) * 2 * Math.PI + spot.around(0.35);
      const reach = girth * spot.between(2.6, 4.2);
      const along = (share: number, y: number): Vector => [
        Math.cos(turn + share * spot.around(0.25)) * reach * share,
        y,
        Math.sin(turn) * reach * share,
      ];
      wood.push(
        limb(
          [
            { at: along(0, girth * 1.5), radius: girth * 0.62 },
            { at: along(0.36, girth * 0.55), radius: girth * 0.46 },
            { at: along(0.7, girth * 0.2), radius: girth * 0.3 },
            { at: along(1, -girth * 0.12), radius: girth * 0.1 },
          ],
          6,
        ),
      );
    }
    const ground = workshop.box(size.x * 6, height, size.z * 6).move(0, -height / 2, 0);
    const eyeLevel = sway(0.42);
    const hole = workshop
      .ball(girth * 0.5, girth * 0.8, girth * 0.8, 8)
      .turn(0, 0, random.around(12))
      .move(eyeLevel[0], eyeLevel[1], eyeLevel[2] + girth * 0.75);
    const body = workshop.union(wood).minus(hole, ground);
    const dark = workshop
      .ball(girth * 0.42, girth * 0.68, girth * 0.3, 7)
      .move(eyeLevel[0], eyeLevel[1], eyeLevel[2] + girth * 0.2);
    const eye = (side: number) =>
      workshop
        .ball(girth * 0.1, girth * 0.13, girth * 0.1, 6)
        .move(eyeLevel[0] + side * girth * 0.18, eyeLevel[1] + girth * 0.08, eyeLevel[2] + girth * 0.5);
    return new Model()
      .with('dead-bark', body)
      .with('night', dark)
      .with('red-glow', ...(parameters.hollow === 'eyes' ? [eye(-1), eye(1)] : []));

    /** A crooked limb that forks until `generations` are used up; each kink turns it a little upwards. */
    function grow(
      spot: Random,
      from: Vector,
      direction: Vector,
      length: number,
      radius: number,
      generations: number,
    ): void {
      const path: Station[] = [{ at: from, radius: radius * 1.2 }];
      let at = from;
      let heads = direction;
      const kinks = 3;
      for (let kink = 0; kink < kinks; kink += 1) {
        const sideways = normalize(cross(heads, [spot.around(1), spot.around(1), spot.around(1)]), [1, 0, 0]);
        heads = normalize(add(add(heads, scale(sideways, 0.45)), [0, 0.12, 0]));
        at = add(at, scale(heads, length / kinks));
        path.push({ at, radius: radius * (1 - (0.8 * (kink + 1)) / kinks) });
        if (generations > 0 && kink > 0 && (workshop.fine || generations > 1)) {
          const fork = normalize(add(heads, [spot.around(1.1), spot.between(-0.2, 0.7), spot.around(1.1)]));
          grow(
            spot,
            at,
            fork,
            length * spot.between(0.46, 0.66),
            radius * (0.62 - 0.14 * kink),
            generations - 1,
          );
        }
      }
      wood.push(limb(path, generations > 1 ? 5 : generations > 0 ? 4 : 3));
    }
  },
});
