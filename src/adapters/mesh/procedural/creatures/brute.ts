import { Model } from '../model.js';
import { defineRecipe, fraction } from '../recipe.js';
import { buildBody, inStuds, mirrored, posed, thorns, type LimbPlan } from './body.js';

export const brute = defineRecipe({
  name: 'brute',
  role: 'enemy',
  description:
    'A wall of flesh on short legs: fists like barrels, a small sunken head between horned shoulders.',
  defaultSizeStuds: { x: 8, y: 9, z: 5.5 },
  parameters: { horns: fraction('How long the thorns on its shoulders are', 0.5) },
  build({ workshop, random, size, parameters }) {
    const height = size.y;
    const arm: LimbPlan = {
      joints: [
        { at: [-0.26, 0.76, 0.02], radius: 0.15 },
        { at: [-0.39, 0.54, 0.02], radius: 0.105 },
        { at: [-0.41, 0.36, 0.08], radius: 0.125 },
        { at: [-0.37, 0.2, 0.15], radius: 0.085 },
      ],
      end: { fingers: 4, length: 0.1, spread: 0.35, claw: 'bone' },
    };
    const leg: LimbPlan = {
      joints: [
        { at: [-0.13, 0.36, -0.01], radius: 0.125 },
        { at: [-0.17, 0.2, 0.04], radius: 0.1 },
        { at: [-0.17, 0.06, -0.01], radius: 0.085 },
      ],
      end: { foot: 0.2, toes: 3 },
    };
    const shoulders = [
      { at: [-0.3, 0.84, -0.02] as const, radius: 0.1 },
      { at: [-0.2, 0.88, -0.06] as const, radius: 0.1 },
      { at: [0.2, 0.88, -0.06] as const, radius: 0.1 },
      { at: [0.3, 0.84, -0.02] as const, radius: 0.1 },
      { at: [0, 0.86, -0.14] as const, radius: 0.1 },
      { at: [0, 0.7, -0.2] as const, radius: 0.1 },
    ];
    const body = buildBody(workshop, random, {
      height,
      flesh: 'blue-flesh',
      spine: [
        { at: [0, 0.3, 0], radius: 0.15 },
        { at: [0, 0.44, 0.03], radius: 0.2 },
        { at: [0, 0.6, 0], radius: 0.225 },
        { at: [0, 0.76, -0.03], radius: 0.23 },
        { at: [0, 0.88, 0], radius: 0.13 },
        { at: [0, 0.9, 0.08], radius: 0.08 },
      ],
      trunk: [1.28, 0.9],
      head: {
        at: [0, 0.845, 0.2],
        size: [0.078, 0.085, 0.085],
        tilt: [10, random.around(7)],
        eyes: {
          glow: 'red-glow',
          size: 0.17,
          places: [
            [-0.4, 0.14],
            [0.4, 0.14],
          ],
        },
        mouth: { width: 0.7, height: 0.26, y: -0.6, teeth: 6 },
      },
      arms: [posed(random.fork('left'), arm, 0.03), posed(random.fork('right'), mirrored(arm), 0.03)],
      legs: [leg, mirrored(leg)],
    });
    const horns = thorns(workshop, random.fork('horns'), inStuds(shoulders, height), {
      length: height * (0.07 + 0.12 * parameters.horns),
      direction: [0, 1, -0.35],
      spread: 0.5,
    });
    const tusk = (side: number) =>
      workshop.tube(
        [
          { at: [side * height * 0.045, height * 0.775, height * 0.26], radius: height * 0.018 },
          { at: [side * height * 0.068, height * 0.8, height * 0.32], radius: height * 0.014 },
          { at: [side * height * 0.062, height * 0.855, height * 0.33], radius: height * 0.002 },
        ],
        { sides: 5 },
      );
    const shackle = (side: number) => {
      const ring = workshop.cylinder(height * 0.125, height * 0.125, height * 0.055, 10);
      return ring.turn(20, 0, side * -12).move(side * height * 0.395, height * 0.235, height * 0.125);
    };
    const belt = workshop
      .cylinder(height * 0.235, height * 0.25, height * 0.075, 12)
      .stretch(1.12, 1, 0.86)
      .move(0, height * 0.33, height * 0.015);
    const cloth = workshop.prism(
      [
        [-0.11, 0.36],
        [0.11, 0.36],
        [0.1, 0.2],
        [0.05, 0.14],
        [0.02, 0.19],
        [-0.04, 0.12],
        [-0.1, 0.18],
      ].map(([x = 0, y = 0]): [number, number] => [x * height, y * height]),
      height * 0.04,
    );
    return body.and(
      new Model()
        .with('bone', ...horns, tusk(-1), tusk(1))
        .with(
          'rust',
          shackle(-1),
          shackle(1),
          workshop.box(height * 0.1, height * 0.09, height * 0.05).move(0, height * 0.37, height * 0.235),
        )
        .with('dark-wood', belt)
        .with('rag', cloth.turn(-4, 0, 0).move(0, 0, height * 0.2)),
    );
  },
});
