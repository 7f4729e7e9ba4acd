import { Model } from '../model.js';
import { defineRecipe, fraction } from '../recipe.js';
import { buildBody, inStuds, mirrored, posed, thorns, type LimbPlan } from './body.js';

export const stalker = defineRecipe({
  name: 'stalker',
  role: 'enemy',
  description:
    'Too tall and too thin: arms to the knees that end in blades, a small head, eyes that do not blink.',
  defaultSizeStuds: { x: 4, y: 9, z: 3 },
  parameters: { claws: fraction('How long its claws are', 0.5) },
  build({ workshop, random, size, parameters }) {
    const height = size.y;
    const arm: LimbPlan = {
      joints: [
        { at: [-0.088, 0.795, 0.02], radius: 0.03 },
        { at: [-0.15, 0.62, -0.03], radius: 0.021 },
        { at: [-0.165, 0.58, -0.02], radius: 0.024 },
        { at: [-0.15, 0.41, 0.09], radius: 0.016 },
      ],
      end: { fingers: 4, length: 0.09 + 0.11 * parameters.claws, spread: 0.34, claw: 'bone' },
    };
    const leg: LimbPlan = {
      joints: [
        { at: [-0.045, 0.5, 0], radius: 0.036 },
        { at: [-0.075, 0.29, 0.06], radius: 0.026 },
        { at: [-0.078, 0.26, 0.055], radius: 0.028 },
        { at: [-0.07, 0.03, -0.035], radius: 0.02 },
      ],
      end: { foot: 0.085, toes: 3 },
    };
    const spine = [
      { at: [0, 0.48, 0] as const, radius: 0.05 },
      { at: [0, 0.56, -0.018] as const, radius: 0.036 },
      { at: [0, 0.66, -0.03] as const, radius: 0.05 },
      { at: [0, 0.75, -0.012] as const, radius: 0.063 },
      { at: [0, 0.8, 0.012] as const, radius: 0.054 },
      { at: [0, 0.85, 0.045] as const, radius: 0.022 },
      { at: [0, 0.9, 0.07] as const, radius: 0.02 },
    ];
    const body = buildBody(workshop, random, {
      height,
      flesh: 'dark-flesh',
      spine,
      trunk: [1.35, 0.78],
      head: {
        at: [0, 0.93, 0.083],
        size: [0.036, 0.064, 0.046],
        tilt: [12, random.around(16)],
        eyes: {
          glow: 'cold-glow',
          size: 0.2,
          places: [
            [-0.42, 0.1],
            [0.42, 0.1],
          ],
        },
        mouth: { width: 0.62, height: 0.16, y: -0.5, teeth: 7 },
      },
      arms: [posed(random.fork('left'), arm, 0.03), posed(random.fork('right'), mirrored(arm), 0.03)],
      legs: [leg, posed(random.fork('step'), mirrored(leg), 0.03)],
    });
    const ridge = thorns(workshop, random.fork('ridge'), inStuds(spine.slice(1, 6), height), {
      length: height * 0.035,
      direction: [0, 0.5, -1],
      spread: 0.15,
    });
    const ribs = workshop.fine
      ? [0.66, 0.69, 0.72, 0.75].flatMap((y) =>
          [-1, 1].map((side) =>
            workshop
              .box(height * 0.058, height * 0.007, height * 0.018)
              .turn(0, side * 32, side * 20)
              .move(side * height * 0.036, height * y, height * (0.012 + (y - 0.66) * 0.3)),
          ),
        )
      : [];
    return body.and(new Model().with('bone', ...ridge, ...ribs));
  },
});
