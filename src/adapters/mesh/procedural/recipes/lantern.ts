import type { MaterialName } from '../materials.js';
import { Model } from '../model.js';
import { choice, defineRecipe } from '../recipe.js';
import { smoothPath } from '../sweep.js';
import type { Workshop } from '../workshop.js';

/** A six-sided lantern that stands on y = 0: floor, panes between bars, and a peaked roof with a ring. */
export function lanternHead(
  workshop: Workshop,
  { width, height, glow }: { width: number; height: number; glow: MaterialName },
): Model {
  const radius = width / 2;
  const sides = 6;
  const bar = workshop.block(radius * 0.16, height * 0.56, radius * 0.16);
  const bars = Array.from({ length: sides }, (_, index) =>
    bar
      .turn(0, 0, -7)
      .move(radius * 0.72, height * 0.1, 0)
      .turn(0, (index * 360) / sides, 0),
  );
  return new Model()
    .with(
      glow,
      workshop.cylinder(radius * 0.62, radius * 0.76, height * 0.5, sides).move(0, height * 0.12, 0),
    )
    .with(
      'iron',
      ...bars,
      workshop.cylinder(radius * 0.6, radius * 0.84, height * 0.12, sides),
      workshop.cylinder(radius * 1.02, radius * 0.3, height * 0.22, sides).move(0, height * 0.62, 0),
      workshop.cylinder(radius * 0.34, radius * 0.12, height * 0.12, sides).move(0, height * 0.82, 0),
      workshop.ball(radius * 0.14, height * 0.05, radius * 0.14, 6).move(0, height * 0.95, 0),
    );
}

export const lantern = defineRecipe({
  name: 'lantern',
  role: 'atmosphere',
  description: 'A lantern put down and left burning, with its handle folded over.',
  defaultSizeStuds: { x: 1.6, y: 2.6, z: 1.6 },
  parameters: { light: choice('The colour of its light', ['warm', 'cold', 'green', 'out']) },
  build({ workshop, random, size, parameters }) {
    const width = Math.min(size.x, size.z);
    const glow = ({ warm: 'flame', cold: 'cold-glow', green: 'green-glow', out: 'night' } as const)[
      parameters.light
    ];
    const handle = smoothPath(
      [
        { at: [-width * 0.43, 0, 0], radius: 0.05 },
        { at: [-width * 0.39, size.y * 0.24, 0], radius: 0.05 },
        { at: [0, size.y * 0.42, 0], radius: 0.05 },
        { at: [width * 0.39, size.y * 0.24, 0], radius: 0.05 },
        { at: [width * 0.43, 0, 0], radius: 0.05 },
      ],
      workshop.count(3, 1),
    );
    return lanternHead(workshop, { width: width * 0.86, height: size.y * 0.84, glow })
      .with(
        'brass',
        workshop
          .tube(handle, { sides: 5 })
          .turn(random.around(16), 0, 0)
          .move(0, size.y * 0.55, 0),
        workshop.cylinder(width * 0.42, width * 0.46, size.y * 0.05, 12),
      )
      .turn(0, random.between(0, 60), 0);
  },
});
