import { hewnStone, stonePillar } from '../masonry.js';
import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';
import { smoothPath } from '../sweep.js';
import { lanternHead } from './lantern.js';

export const gate = defineRecipe({
  name: 'gate',
  role: 'prop',
  description: 'Two stone pillars with lanterns and the iron gate of a graveyard between them.',
  defaultSizeStuds: { x: 12, y: 10, z: 2.4 },
  parameters: {
    state: choice('Whether it lets anybody out', ['closed', 'ajar']),
    decay: fraction('How crooked the pillars are', 0.5),
  },
  build({ workshop, random, size, parameters }) {
    const thick = Math.min(size.x * 0.17, size.z * 0.84);
    const pillar = size.y * 0.66;
    const inner = size.x / 2 - thick;
    const bars = workshop.count(Math.min(8, Math.max(3, Math.round(inner / 0.6))), 2);
    const leaf = (): Model => {
      const upright = Array.from({ length: bars }, (_, index) => {
        const share = (index + 0.5) / bars;
        const height = size.y * (0.5 + 0.2 * Math.sin((share * Math.PI) / 2));
        const bar = workshop.lathe(
          [
            [0, 0],
            [0.09, 0],
            [0.09, height],
            [0.19, height],
            [0, height + 0.6],
          ],
          4,
        );
        return bar.move(share * inner, 0.15, 0);
      });
      const rails = [0.08, 0.3, 0.46].map((share) =>
        // Behind the bars: a crossing would cost more triangles than both.
        workshop.box(inner, 0.2, 0.12).move(inner / 2, size.y * share, -0.17),
      );
      const scroll = workshop.tube(
        smoothPath(
          [
            { at: [inner * 0.1, size.y * 0.32, 0.2], radius: 0.07 },
            { at: [inner * 0.5, size.y * 0.44, 0.2], radius: 0.07 },
            { at: [inner * 0.86, size.y * 0.36, 0.2], radius: 0.07 },
            { at: [inner * 0.66, size.y * 0.32, 0.2], radius: 0.06 },
          ],
          workshop.count(3, 1),
        ),
        { sides: 4 },
      );
      return new Model().with('iron', ...upright, ...rails, ...(workshop.fine ? [scroll] : []));
    };
    const open = parameters.state === 'ajar' ? random.between(20, 38) : 0;
    const post = (name: string, lit: boolean): Model => {
      const spot = random.fork(name);
      return stonePillar(workshop, spot, {
        width: thick,
        depth: thick,
        height: pillar,
        courses: 5,
        materials: ['stone', 'dark-stone', 'stone', 'pale-stone'],
      })
        .with(
          'dark-stone',
          hewnStone(workshop, spot, thick * 1.22, 0.5, thick * 1.22).move(0, pillar + 0.2, 0),
          hewnStone(workshop, spot, thick * 1.2, 0.6, thick * 1.2).move(0, 0.3, 0),
        )
        .and(
          lanternHead(workshop, {
            width: thick * 0.72,
            height: size.y * 0.24,
            glow: lit ? 'flame' : 'night',
          }).move(0, pillar + 0.42, 0),
        )
        .turn(spot.around(1.5), 0, spot.around(3) * parameters.decay);
    };
    return new Model().and(
      post('left', true).move(-size.x / 2 + thick / 2, 0, 0),
      post('right', random.chance(0.5)).move(size.x / 2 - thick / 2, 0, 0),
      leaf().turn(0, -open, 0).move(-inner, 0, 0),
      leaf()
        .turn(0, 180 + open * random.between(0, 1), 0)
        .move(inner, 0, 0),
    );
  },
});
