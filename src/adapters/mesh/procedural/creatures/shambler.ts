import { Model } from '../model.js';
import { defineRecipe, fraction } from '../recipe.js';
import { buildBody, mirrored, posed, raggedSkirt, type LimbPlan } from './body.js';

export const shambler = defineRecipe({
  name: 'shambler',
  role: 'enemy',
  description: 'A hunched dead villager in rags: one arm reaches out, the other drags.',
  defaultSizeStuds: { x: 4, y: 6, z: 3.4 },
  parameters: { hunch: fraction('How far its back is bent', 0.5) },
  build({ workshop, random, size, parameters }) {
    const height = size.y;
    const bend = 0.03 + parameters.hunch * 0.12;
    const shoulderY = 0.74 - bend * 0.35;
    const reaching: LimbPlan = {
      joints: [
        { at: [-0.14, shoulderY, bend], radius: 0.056 },
        { at: [-0.23, shoulderY - 0.12, bend + 0.06], radius: 0.042 },
        { at: [-0.22, shoulderY - 0.13, bend + 0.27], radius: 0.032 },
      ],
      end: { fingers: 4, length: 0.085, spread: 0.5, claw: 'bone' },
    };
    const dragging: LimbPlan = {
      joints: [
        { at: [0.14, shoulderY - 0.04, bend], radius: 0.056 },
        { at: [0.24, shoulderY - 0.24, bend - 0.01], radius: 0.044 },
        { at: [0.25, shoulderY - 0.45, bend + 0.06], radius: 0.033 },
      ],
      end: { fingers: 4, length: 0.085, spread: 0.3, claw: 'bone' },
    };
    const leg: LimbPlan = {
      joints: [
        { at: [-0.075, 0.44, 0], radius: 0.068 },
        { at: [-0.1, 0.24, 0.05], radius: 0.052 },
        { at: [-0.1, 0.045, -0.02], radius: 0.04 },
      ],
      end: { foot: 0.13, toes: 3 },
    };
    const trailing = mirrored(leg);
    const lame: LimbPlan = {
      ...trailing,
      joints: trailing.joints.map(({ at, radius }, index) => ({
        at: [at[0] + index * 0.02, at[1], at[2] - index * 0.06],
        radius,
      })),
    };
    const body = buildBody(workshop, random, {
      height,
      flesh: 'grey-flesh',
      spine: [
        { at: [0, 0.4, 0], radius: 0.095 },
        { at: [0, 0.52, -0.02], radius: 0.09 },
        { at: [0.005, 0.66, bend * 0.25], radius: 0.118 },
        { at: [0, shoulderY + 0.02, bend * 0.8], radius: 0.11 },
        { at: [-0.005, shoulderY + 0.09, bend * 1.35], radius: 0.055 },
        { at: [-0.01, shoulderY + 0.13, bend * 1.6], radius: 0.046 },
      ],
      trunk: [1.3, 0.82],
      head: {
        at: [-0.012, shoulderY + 0.17, bend * 1.8 + 0.02],
        size: [0.074, 0.092, 0.085],
        tilt: [6 + bend * 60, random.between(6, 20) * (random.chance(0.5) ? 1 : -1)],
        eyes: {
          glow: 'cold-glow',
          size: 0.13,
          places: [
            [-0.4, 0.12],
            [0.4, 0.12],
          ],
        },
        mouth: { width: 0.5, height: 0.3, y: -0.62, teeth: 5 },
      },
      arms: [posed(random.fork('left'), reaching, 0.03), posed(random.fork('right'), dragging, 0.03)],
      legs: [leg, lame],
    });
    const trousers = [leg, lame].map((limb) =>
      workshop.tube(
        limb.joints
          .slice(0, 2)
          .concat({ at: midway(limb), radius: 0.06 })
          .map(({ at, radius }) => ({
            at: [at[0] * height, at[1] * height, at[2] * height],
            radius: (radius + 0.014) * height,
          })),
        { sides: 7 },
      ),
    );
    const ribs = workshop.fine
      ? [0.58, 0.62, 0.66].flatMap((y) =>
          [-1, 1].map((side) =>
            workshop
              .box(height * 0.1, height * 0.014, height * 0.025)
              .turn(0, side * 24, side * 14)
              .move(side * height * 0.062, height * y, height * (0.088 + (y - 0.58) * 0.5 * bend * 6)),
          ),
        )
      : [];
    const skirt = raggedSkirt(workshop, random.fork('coat'), {
      top: height * 0.56,
      topRadius: height * 0.135,
      bottom: height * 0.3,
      bottomRadius: height * 0.185,
      depth: 0.8,
      tatters: 9,
    });
    return body.and(
      new Model()
        .with('rag', skirt)
        .with('cloth', ...trousers)
        .with('bone', ...ribs),
    );
  },
});

function midway(limb: LimbPlan): [number, number, number] {
  const [knee, ankle] = [limb.joints[1], limb.joints[2]];
  if (!knee || !ankle) return [0, 0, 0];
  return [(knee.at[0] + ankle.at[0]) / 2, (knee.at[1] + ankle.at[1]) / 2, (knee.at[2] + ankle.at[2]) / 2];
}
