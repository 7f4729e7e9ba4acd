import { Model } from '../model.js';
import { choice, defineRecipe } from '../recipe.js';
import { raggedSkirt } from '../creatures/body.js';
import { smoothPath } from '../sweep.js';

export const scarecrow = defineRecipe({
  name: 'scarecrow',
  role: 'atmosphere',
  description:
    'A scarecrow on a crooked pole: sackcloth head, a torn coat, straw at its cuffs and under its hat.',
  defaultSizeStuds: { x: 5, y: 8, z: 2.2 },
  parameters: { eyes: choice('What looks out of the sack', ['dark', 'glow']) },
  build({ workshop, random, size, parameters }) {
    const { x, y } = size;
    const shoulder = y * 0.66;
    const pole = workshop.tube(
      [
        { at: [0, 0, -0.1], radius: 0.2 },
        { at: [random.around(0.12), y * 0.4, -0.1], radius: 0.17 },
        { at: [0, y * 0.8, -0.06], radius: 0.14 },
      ],
      { sides: 6, lump: () => random.between(0.85, 1.15) },
    );
    const beam = workshop
      .tube(
        [
          { at: [-x * 0.46, 0, 0], radius: 0.12 },
          { at: [0, random.around(0.1), 0], radius: 0.16 },
          { at: [x * 0.46, 0, 0], radius: 0.11 },
        ],
        { sides: 6 },
      )
      .turn(0, 0, random.around(7))
      .move(0, shoulder, 0);
    const coat = raggedSkirt(workshop, random.fork('coat'), {
      top: shoulder + 0.2,
      topRadius: x * 0.15,
      bottom: y * 0.24,
      bottomRadius: x * 0.25,
      depth: 0.62,
      tatters: 10,
    });
    const sleeve = (side: number) => {
      const spot = random.fork(`sleeve ${side}`);
      const cloth = workshop.tube(
        [
          { at: [side * x * 0.06, shoulder, 0], radius: x * 0.1 },
          { at: [side * x * 0.24, shoulder - 0.06, 0], radius: x * 0.075 },
          { at: [side * x * 0.36, shoulder - 0.12, 0], radius: x * 0.095 },
        ],
        { sides: 7, section: [0.8, 1] },
      );
      return { cloth, straw: straw(spot, side * x * 0.37, shoulder - 0.1, side) };
    };
    const sleeves = [sleeve(-1), sleeve(1)];
    const head = y * 0.085;
    const headY = y * 0.78;
    const sack = workshop.ball(head, head * 1.12, head * 0.95, 9).warp(([px, py, pz]) => {
      const pinch = py < 0 ? 1 + (py / head) * 0.35 : 1;
      return [px * pinch, py, pz * pinch];
    });
    const knot = workshop.lathe(
      [
        [0, 0],
        [head * 0.85, 0],
        [head * 0.45, head * 0.4],
        [0, head * 0.4],
      ],
      8,
    );
    const hole = (side: number) =>
      workshop
        .prism(
          [
            [-head * 0.24, -head * 0.1],
            [head * 0.24, -head * 0.02],
            [head * 0.1, head * 0.26],
            [-head * 0.14, head * 0.2],
          ],
          head * 0.7,
        )
        .stretch(side, 1, 1)
        .move(side * head * 0.38, head * 0.16, head * 0.8);
    const stitches = [-0.36, -0.12, 0.12, 0.36].map((at) =>
      workshop
        .box(head * 0.07, head * 0.26, head * 0.2)
        .turn(0, 0, random.around(16))
        .move(at * head, -head * 0.4, head * 0.78),
    );
    const grin = workshop.box(head * 1.05, head * 0.07, head * 0.2).move(0, -head * 0.4, head * 0.76);
    const hat = workshop.lathe(
      [
        [0, 0],
        [head * 1.75, -head * 0.1],
        [head * 1.7, head * 0.06],
        [head * 0.95, head * 0.16],
        [head * 0.62, head * 1],
        [head * 0.2, head * 1.7],
        [0, head * 1.75],
      ],
      10,
    );
    const tip = random.between(0.25, 0.6) * (random.chance(0.5) ? 1 : -1);
    const crookedHat = hat
      .warp(([px, py, pz]) => [px + tip * Math.max(0, py - head * 0.8), py, pz])
      .turn(-6, 0, random.around(9))
      .move(0, head * 0.62, -head * 0.08);
    const face = new Model()
      .with('rope', sack.minus(hole(-1), hole(1)))
      .with(
        parameters.eyes === 'glow' ? 'red-glow' : 'night',
        workshop.ball(head * 0.8, head * 0.62, head * 0.74, 7),
      )
      .with('night', ...(workshop.fine ? [grin, ...stitches] : []))
      .with('dark-wood', crookedHat)
      .turn(random.between(4, 12), random.around(14), random.between(6, 14) * (random.chance(0.5) ? 1 : -1))
      .move(0, headY, head * 0.1);
    const belt = workshop
      .cylinder(x * 0.2, x * 0.2, 0.16, 10)
      .stretch(1, 1, 0.66)
      .move(0, y * 0.45, 0);
    return new Model()
      .with('grey-wood', pole, beam)
      .with('cloth', coat, ...sleeves.map(({ cloth }) => cloth))
      .with('rag', knot.move(0, shoulder + 0.12, 0))
      .with('rope', belt, ...sleeves.flatMap(({ straw: stalks }) => stalks))
      .and(face)
      .crooked([random.around(0.5), random.around(0.25)], random.around(8), y);

    function straw(spot: typeof random, fromX: number, fromY: number, side: number) {
      return Array.from({ length: workshop.count(6, 2) }, () => {
        const length = spot.between(0.35, 0.7);
        const [rise, out] = [spot.between(-0.6, 0.2), spot.around(0.3)];
        return workshop.tube(
          smoothPath(
            [
              { at: [fromX - side * 0.1, fromY, 0], radius: 0.05 },
              { at: [fromX + side * length * 0.6, fromY + rise * 0.3, out * 0.5], radius: 0.04 },
              { at: [fromX + side * length * 0.8, fromY + rise, out], radius: 0.01 },
            ],
            1,
          ),
          { sides: 4 },
        );
      });
    }
  },
});
