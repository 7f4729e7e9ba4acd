import { Model } from '../model.js';
import { defineRecipe, fraction } from '../recipe.js';
import { buildBody, mirrored, posed, raggedSkirt, type LimbPlan } from './body.js';

export const screamer = defineRecipe({
  name: 'screamer',
  role: 'enemy',
  description:
    'A gaunt figure in a torn gown, arms flung wide, its head thrown back around an impossible mouth.',
  defaultSizeStuds: { x: 5, y: 6.5, z: 3 },
  parameters: { gape: fraction('How far its mouth is open', 0.6) },
  build({ workshop, random, size, parameters }) {
    const height = size.y;
    const arm: LimbPlan = {
      joints: [
        { at: [-0.085, 0.7, -0.005], radius: 0.034 },
        { at: [-0.22, 0.64, 0.02], radius: 0.024 },
        { at: [-0.31, 0.76, 0.1], radius: 0.018 },
      ],
      end: { fingers: 5, length: 0.105, spread: 0.75, claw: 'bone' },
    };
    const body = buildBody(workshop, random, {
      height,
      flesh: 'pale-flesh',
      spine: [
        { at: [0, 0.36, 0], radius: 0.06 },
        { at: [0, 0.5, 0.035], radius: 0.058 },
        { at: [0, 0.62, 0.02], radius: 0.078 },
        { at: [0, 0.7, -0.015], radius: 0.07 },
        { at: [0, 0.76, -0.03], radius: 0.028 },
        { at: [0, 0.81, -0.02], radius: 0.026 },
      ],
      trunk: [1.25, 0.8],
      head: {
        at: [0, 0.875, 0.01],
        size: [0.068, 0.115, 0.078],
        tilt: [-16, random.around(9)],
        eyes: {
          glow: 'cold-glow',
          size: 0.12,
          places: [
            [-0.42, 0.42],
            [0.42, 0.42],
          ],
        },
        mouth: { width: 0.5, height: 0.28 + 0.34 * parameters.gape, y: -0.42, teeth: 6 },
      },
      arms: [posed(random.fork('left'), arm, 0.035), posed(random.fork('right'), mirrored(arm), 0.035)],
      legs: [],
    });
    const gown = raggedSkirt(workshop, random.fork('gown'), {
      top: height * 0.58,
      topRadius: height * 0.09,
      bottom: 0,
      bottomRadius: height * 0.24,
      depth: 0.85,
      tatters: 12,
    });
    const veil = raggedSkirt(workshop, random.fork('veil'), {
      top: height * 0.6,
      topRadius: height * 0.085,
      bottom: height * 0.3,
      bottomRadius: height * 0.19,
      depth: 0.85,
      tatters: 9,
    });
    const hair = Array.from({ length: workshop.count(11, 4) }, (_, index) => {
      const spot = random.fork(`hair ${index}`);
      const side = (index / 10) * 2 - 1;
      const [x, z] = [side * 0.062, -0.045 - 0.03 * (1 - side * side)];
      return workshop.tube(
        [
          { at: [x * 0.6 * height, height * 0.96, (z + 0.03) * height], radius: height * 0.016 },
          { at: [x * 1.3 * height, height * 0.86, (z - 0.03) * height], radius: height * 0.019 },
          {
            at: [
              (x * 2 + spot.around(0.03)) * height,
              height * spot.between(0.58, 0.7),
              (z - 0.04 + spot.around(0.03)) * height,
            ],
            radius: height * 0.003,
          },
        ],
        { sides: 4 },
      );
    });
    return body.and(
      new Model()
        .with('cloth', gown)
        .with('rag', veil)
        .with('night', ...hair),
    );
  },
});
