import { Model } from '../model.js';
import { defineRecipe } from '../recipe.js';
import { buildBody, inStuds, mirrored, posed, thorns, type LimbPlan } from './body.js';

export const lurker = defineRecipe({
  name: 'lurker',
  role: 'enemy',
  description:
    'A crawler on limbs bent like a spider’s, low on the ground, with a row of eyes and thorns on its back.',
  defaultSizeStuds: { x: 6, y: 3.5, z: 6.5 },
  parameters: {
    eyes: { kind: 'number', minimum: 2, maximum: 8, default: 6, description: 'How many eyes it has' },
  },
  build({ workshop, random, size, parameters }) {
    // Shares of the height; it is wider and longer than high.
    const height = size.y;
    const limb = (z: number, reach: number, foot: number, lift: number): LimbPlan => ({
      joints: [
        { at: [-0.2, 0.5, z], radius: 0.1 },
        { at: [-0.2 - reach * 0.52, 0.72 + lift, z + foot * 0.35], radius: 0.066 },
        { at: [-0.2 - reach * 0.6, 0.7 + lift, z + foot * 0.42], radius: 0.07 },
        { at: [-0.2 - reach * 0.9, 0.26, z + foot * 0.85], radius: 0.044 },
        { at: [-0.2 - reach, 0.1, z + foot], radius: 0.036 },
      ],
      end: { fingers: 3, length: 0.15, spread: 0.5, claw: 'bone' },
    });
    const pairs = [limb(0.34, 0.52, 0.4, 0.02), limb(0.02, 0.62, 0.06, 0.1), limb(-0.34, 0.54, -0.36, 0.06)];
    const spine = [
      { at: [0, 0.42, -0.86] as const, radius: 0.06 },
      { at: [0, 0.5, -0.62] as const, radius: 0.19 },
      { at: [0, 0.56, -0.32] as const, radius: 0.25 },
      { at: [0, 0.5, -0.02] as const, radius: 0.17 },
      { at: [0, 0.52, 0.28] as const, radius: 0.22 },
      { at: [0, 0.47, 0.56] as const, radius: 0.13 },
    ];
    const count = Math.round(parameters.eyes);
    const places = Array.from({ length: count }, (_, index): [number, number] => {
      const row = Math.floor(index / 2);
      return [(index % 2 === 0 ? -1 : 1) * (0.24 + row * 0.17), 0.16 + row * 0.2 - row * row * 0.03];
    });
    const body = buildBody(workshop, random, {
      height,
      flesh: 'brown-flesh',
      spine,
      trunk: [1.12, 0.9],
      head: {
        at: [0, 0.43, 0.7],
        size: [0.2, 0.16, 0.24],
        tilt: [6, random.around(8)],
        eyes: { glow: 'red-glow', size: 0.115, places },
        mouth: { width: 0.72, height: 0.36, y: -0.58, teeth: 7 },
      },
      arms: pairs.flatMap((plan, index) => [
        posed(random.fork(`left ${index}`), plan, 0.05),
        posed(random.fork(`right ${index}`), mirrored(plan), 0.05),
      ]),
      legs: [],
    });
    const ridge = thorns(workshop, random.fork('ridge'), inStuds(spine.slice(0, 5), height), {
      length: height * 0.2,
      direction: [0, 1, -0.45],
      spread: 0.25,
    });
    const mandible = (side: number) =>
      workshop.tube(
        [
          { at: [side * height * 0.14, height * 0.36, height * 0.82], radius: height * 0.045 },
          { at: [side * height * 0.2, height * 0.28, height * 1], radius: height * 0.035 },
          { at: [side * height * 0.06, height * 0.22, height * 1.12], radius: height * 0.006 },
        ],
        { sides: 5 },
      );
    return body.and(new Model().with('bone', ...ridge, mandible(-1), mandible(1)));
  },
});
