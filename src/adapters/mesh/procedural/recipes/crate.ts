import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';

export const crate = defineRecipe({
  name: 'crate',
  role: 'prop',
  description: 'A nailed crate with braced sides and a board torn loose.',
  defaultSizeStuds: { x: 3.5, y: 3.5, z: 3.5 },
  parameters: {
    decay: fraction('How many boards are missing or loose', 0.4),
    inside: choice('What shows through the gaps', ['dark', 'glow']),
  },
  build({ workshop, random, size, parameters }) {
    const { x, y, z } = size;
    const edge = Math.min(x, y, z) * 0.13;
    const side = (name: string, width: number, braced: boolean): Model => {
      const spot = random.fork(name);
      const rows = workshop.count(5, 2);
      const row = (y - edge) / rows;
      let face = new Model();
      for (let index = 0; index < rows; index += 1) {
        if (spot.chance(parameters.decay * 0.12)) continue;
        const loose = spot.chance(parameters.decay * 0.22);
        const board = workshop
          .box((width - edge) * spot.between(0.97, 1), row * 0.9, edge * 0.45)
          .turn(loose ? spot.between(-14, -6) : 0, 0, loose ? spot.around(6) : spot.around(0.7))
          .move(0, edge / 2 + (index + 0.5) * row, -edge * 0.35 + (loose ? edge * 0.4 : spot.around(0.03)));
        face = face.with(spot.pick(['old-wood', 'grey-wood', 'old-wood']), board);
      }
      const rail = workshop.box(width * 0.995, edge, edge * 0.8);
      face = face.with('dark-wood', rail.move(0, edge / 2, 0), rail.move(0, y - edge / 2, 0));
      if (!braced) return face;
      const length = Math.hypot(width - 2 * edge, y - 2 * edge);
      const angle = (Math.atan2(y - 2 * edge, width - 2 * edge) * 180) / Math.PI;
      return face.with(
        'dark-wood',
        workshop
          .box(length, edge * 0.8, edge * 0.5)
          .turn(0, 0, angle)
          .move(0, y / 2, 0.02),
      );
    };
    const corner = workshop.block(edge * 1.05, y, edge * 1.05);
    const reach = [x / 2 - edge * 0.52, z / 2 - edge * 0.52] as const;
    const nails = workshop.fine
      ? [-1, 1].flatMap((nx) =>
          [edge / 2, y - edge / 2].map((ny) =>
            workshop
              .cylinder(0.07, 0.04, 0.07, 5)
              .turn(90, 0, 0)
              .move(nx * reach[0], ny, z / 2),
          ),
        )
      : [];
    const lid = Array.from({ length: workshop.count(4, 2) }, (_, index) => {
      const boards = workshop.count(4, 2);
      return workshop
        .box(x * 1.01, edge * 0.5, ((z - 0.1) / boards) * 0.92)
        .turn(0, random.around(1.5), random.around(0.8))
        .move(0, y, ((index + 0.5) / boards - 0.5) * z);
    });
    return new Model()
      .with(
        parameters.inside === 'glow' ? 'green-glow' : 'black-wood',
        workshop.block(x - edge * 2.2, y - edge * 0.9, z - edge * 2.2).move(0, edge * 0.4, 0),
      )
      .with(
        'dark-wood',
        ...[-1, 1].flatMap((cx) => [-1, 1].map((cz) => corner.move(cx * reach[0], 0, cz * reach[1]))),
      )
      .with('iron', ...nails)
      .with('grey-wood', ...lid)
      .and(
        side('front', x, true).move(0, 0, z / 2 - edge * 0.4),
        side('back', x, true)
          .turn(0, 180, 0)
          .move(0, 0, -z / 2 + edge * 0.4),
        side('left', z, false)
          .turn(0, -90, 0)
          .move(-x / 2 + edge * 0.4, 0, 0),
        side('right', z, true)
          .turn(0, 90, 0)
          .move(x / 2 - edge * 0.4, 0, 0),
      );
  },
});
