import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';
import { smoothPath } from '../sweep.js';
import { lanternHead } from './lantern.js';

export const lamp = defineRecipe({
  name: 'lamp',
  role: 'prop',
  description: 'An iron street lamp with a curled arm and a lantern that still burns.',
  defaultSizeStuds: { x: 2.6, y: 9, z: 1.6 },
  parameters: {
    light: choice('The colour of its light', ['warm', 'cold', 'out']),
    lean: fraction('How far it leans', 0.5),
  },
  build({ workshop, random, size, parameters }) {
    const { x, y } = size;
    const post = x * 0.1;
    const foot = workshop.lathe(
      [
        [0, 0],
        [0.62, 0],
        [0.62, 0.3],
        [0.42, 0.45],
        [0.34, 1.2],
        [0.42, 1.35],
        [0.2, 1.6],
        [0, 1.6],
      ],
      8,
    );
    const radius = 0.13;
    const crook = smoothPath(
      [
        { at: [-post, 1.4, 0], radius: 0.2 },
        { at: [-post, y * 0.45, 0], radius: 0.15 },
        { at: [-post - 0.04, y * 0.78, 0], radius },
        { at: [-post + x * 0.06, y * 0.93, 0], radius },
        { at: [x * 0.18, y * 0.985, 0], radius },
        { at: [x * 0.33, y * 0.93, 0], radius: radius * 0.9 },
        { at: [x * 0.34, y * 0.885, 0], radius: radius * 0.8 },
      ],
      workshop.count(2, 1),
    );
    const curl = smoothPath(
      [
        { at: [-post, y * 0.66, 0], radius: 0.08 },
        { at: [x * 0.08, y * 0.68, 0], radius: 0.08 },
        { at: [x * 0.2, y * 0.77, 0], radius: 0.07 },
        { at: [x * 0.12, y * 0.83, 0], radius: 0.06 },
        { at: [x * 0.06, y * 0.79, 0], radius: 0.05 },
      ],
      workshop.count(3, 1),
    );
    const head = lanternHead(workshop, {
      width: Math.min(x * 0.42, size.z * 0.72),
      height: y * 0.17,
      glow: ({ warm: 'flame', cold: 'cold-glow', out: 'night' } as const)[parameters.light],
    });
    const band = (height: number) => workshop.cylinder(0.26, 0.26, 0.16, 8).move(-post, height, 0);
    return new Model()
      .with(
        'iron',
        foot.move(-post, 0, 0),
        workshop.tube(crook, { sides: 6 }),
        band(y * 0.44),
        band(y * 0.65),
      )
      .with('iron', ...(workshop.fine ? [workshop.tube(curl, { sides: 4 })] : []))
      .and(
        head.turn(0, 0, random.around(7)).move(x * 0.34, y * 0.89 - y * 0.17, 0),
        new Model().with(
          'dark-stone',
          workshop.block(1.5, 0.22, 1.5).turn(0, random.around(10), 0).move(-post, 0, 0),
        ),
      )
      .crooked(
        [random.around(0.7) * parameters.lean, random.around(0.5) * parameters.lean],
        random.around(30),
        y,
      );
  },
});
