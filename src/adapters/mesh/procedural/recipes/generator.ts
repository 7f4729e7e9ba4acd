import { Model } from '../model.js';
import { choice, defineRecipe } from '../recipe.js';
import { smoothPath } from '../sweep.js';

export const generator = defineRecipe({
  name: 'generator',
  role: 'prop',
  description: 'A rusty engine with a flywheel, a tank, pipes and a panel whose lamp says whether it runs.',
  defaultSizeStuds: { x: 6, y: 4.6, z: 3.4 },
  parameters: { state: choice('What its lamp says', ['broken', 'running']) },
  build({ workshop, random, size, parameters }) {
    const { x, y, z } = size;
    const skid = y * 0.1;
    const block = workshop.block(x * 0.42, y * 0.46, z * 0.62).move(-x * 0.1, skid, 0);
    const fins = Array.from({ length: workshop.count(6, 2) }, (_, index) =>
      workshop.block(x * 0.03, y * 0.5, z * 0.7).move(-x * 0.28 + index * x * 0.07, skid, 0),
    );
    const wheel = (radius: number) => workshop.cylinder(radius, radius, z * 0.1, 16).turn(90, 0, 0);
    const flywheel = wheel(y * 0.33)
      .minus(
        ...[0, 60, 120, 180, 240, 300].map((angle) =>
          workshop
            .cylinder(y * 0.075, y * 0.075, z, 6)
            .turn(90, 0, 0)
            .move(y * 0.19, 0, -z / 2)
            .turn(0, 0, angle + 11),
        ),
      )
      .move(-x * 0.34, skid + y * 0.34, z * 0.47);
    const tank = workshop
      .lathe(
        [
          [0, 0],
          [z * 0.2, 0],
          [z * 0.27, x * 0.05],
          [z * 0.27, x * 0.35],
          [z * 0.2, x * 0.4],
          [0, x * 0.4],
        ],
        12,
      )
      .turn(0, 0, 90)
      .move(x * 0.1, y * 0.74, -z * 0.12);
    const exhaust = workshop.tube(
      smoothPath(
        [
          { at: [x * 0.02, y * 0.4, -z * 0.3], radius: 0.16 },
          { at: [x * 0.16, y * 0.5, -z * 0.42], radius: 0.16 },
          { at: [x * 0.2, y * 0.8, -z * 0.42], radius: 0.16 },
          { at: [x * 0.2, y * 0.98, -z * 0.42], radius: 0.2 },
        ],
        workshop.count(3, 1),
      ),
      { sides: 7 },
    );
    const pipe = workshop.tube(
      smoothPath(
        [
          { at: [-x * 0.02, y * 0.6, z * 0.1], radius: 0.09 },
          { at: [x * 0.06, y * 0.62, z * 0.34], radius: 0.09 },
          { at: [x * 0.12, y * 0.34, z * 0.36], radius: 0.09 },
          { at: [x * 0.24, y * 0.3, z * 0.26], radius: 0.09 },
        ],
        workshop.count(3, 1),
      ),
      { sides: 6 },
    );
    const dynamo = workshop
      .cylinder(y * 0.23, y * 0.23, x * 0.24, 12)
      .turn(0, 0, -90)
      .move(x * 0.1, skid + y * 0.25, 0);
    const panel = { x: x * 0.42, y: y * 0.36, z: z * 0.18 };
    const lamp = parameters.state === 'running' ? 'green-glow' : 'red-glow';
    return new Model()
      .with(
        'iron',
        block,
        ...fins,
        flywheel,
        exhaust,
        workshop
          .cylinder(0.12, 0.12, z * 0.4, 6)
          .turn(90, 0, 0)
          .move(-x * 0.34, skid + y * 0.34, z * 0.2),
      )
      .with(
        'rust',
        tank,
        ...[-1, 1].map((side) => workshop.block(x * 0.98, skid, z * 0.14).move(0, 0, side * z * 0.3)),
      )
      .with('green-paint', dynamo, workshop.block(x * 0.12, y * 0.72, z * 0.62).move(panel.x, skid, 0))
      .with('brass', pipe, workshop.cylinder(0.16, 0.16, 0.16, 8).move(-x * 0.14, y * 0.9, -z * 0.12))
      .with(
        'red-paint',
        workshop
          .cylinder(0.1, 0.1, 0.5, 6)
          .turn(90, 0, 0)
          .move(panel.x, y * 0.54, z * 0.3),
        workshop.ball(0.14, 0.14, 0.14, 6).move(panel.x, y * 0.54, z * 0.48),
      )
      .with('night', workshop.block(x * 0.08, y * 0.2, 0.14).move(panel.x, y * 0.28, z * 0.31))
      .with(lamp, workshop.ball(0.2, 0.2, 0.2, 8).move(panel.x, y * 0.72, z * 0.32))
      .crooked([random.around(0.05), 0], 0, y);
  },
});
