import { hewnStone, pointedArch, standingCross, stoneFacing } from '../masonry.js';
import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';

export const crypt = defineRecipe({
  name: 'crypt',
  role: 'building',
  description: 'A stone vault with columns, a broken pediment, steps and an iron gate.',
  defaultSizeStuds: { x: 13, y: 13, z: 15 },
  parameters: {
    moss: fraction('How much of it moss has taken', 0.5),
    gate: choice('Whether the gate keeps anything in', ['ajar', 'closed']),
  },
  build({ workshop, random, size, parameters }) {
    const [width, depth] = [size.x * 0.74, size.z * 0.62];
    const step = size.y * 0.04;
    const floor = step * 3;
    const wall = size.y * 0.46;
    const rise = size.y * 0.2;
    const middle = -size.z * 0.12;
    const front = middle + depth / 2;
    const doorway = { width: width * 0.36, height: wall * 0.8 };
    const arch = (grow: number) =>
      pointedArch(doorway.width + grow, doorway.height + grow * 0.6, workshop.count(5, 2));

    const hall = workshop
      .block(width, wall, depth)
      .minus(workshop.prism(arch(0), 3).move(0, -0.01, depth / 2))
      .move(0, floor, middle);
    const frame = workshop
      .prism(arch(1), 0.7)
      .minus(workshop.prism(arch(0), 2).move(0, -0.01, 0))
      .move(0, floor, front);
    const steps = [0, 1, 2].map((index) =>
      hewnStone(
        workshop,
        random,
        size.x * (0.98 - index * 0.04),
        step,
        depth + size.z * (0.36 - index * 0.08),
      ).move(0, (index + 0.5) * step, middle + size.z * (0.16 - index * 0.03)),
    );
    const column = workshop.cylinder(0.62, 0.52, wall * 0.88, 10).move(0, floor + wall * 0.06, 0);
    const footing = workshop.block(1.6, wall * 0.07, 1.6);
    const columns = [-1, 1].map((x) => ({ x: x * width * 0.42, z: front + size.z * 0.1 }));

    const eave = floor + wall;
    const portico = depth + size.z * 0.24;
    const pediment = workshop
      .prism(
        [
          [-width * 0.6, 0],
          [width * 0.6, 0],
          [width * 0.6, 0.7],
          [0, rise + 0.7],
          [-width * 0.6, 0.7],
        ],
        portico,
      )
      .move(0, eave + 0.6, middle + size.z * 0.09);
    const breach = workshop
      .ball(1.7, 1.2, 1.9, 6)
      .turn(random.around(30), random.around(40), 20)
      .move(width * 0.5, eave + 1.3, front + size.z * 0.17);
    const slab = workshop.box(width * 1.26, 0.7, portico + 0.3).move(0, eave + 0.3, middle + size.z * 0.09);
    const roundel = workshop.cylinder(rise * 0.34, rise * 0.34, 0.4, 12).turn(90, 0, 0);

    const facing = (name: string, length: number) =>
      stoneFacing(workshop, random.fork(name), {
        width: length,
        height: wall,
        thickness: 0.26,
        rows: 6,
        columns: 7,
        materials: ['pale-stone', 'dark-stone', 'stone'],
        cover: 0.42,
      }).move(0, floor, 0);

    let model = new Model()
      .with('stone', hall, slab, pediment.minus(breach))
      .with(
        'dark-stone',
        ...steps,
        frame,
        workshop.block(doorway.width * 1.2, doorway.height * 1.1, 0.4).move(0, floor, front - 1.4),
      )
      .with(
        'pale-stone',
        ...columns.flatMap(({ x, z }) => [
          column.move(x, 0, z),
          footing.move(x, floor, z),
          footing.move(x, floor + wall * 0.93, z),
        ]),
      )
      .with('dark-stone', roundel.move(0, eave + 0.6 + rise * 0.52, middle + size.z * 0.09 + portico / 2))
      .with(
        'pale-stone',
        standingCross(workshop, size.y * 0.17, 0.4)
          .turn(0, 0, random.around(9))
          .move(0, eave + rise + 1.1, front + size.z * 0.1),
      )
      .and(
        facing('left', depth)
          .turn(0, -90, 0)
          .move(-width / 2, 0, middle),
        facing('right', depth)
          .turn(0, 90, 0)
          .move(width / 2, 0, middle),
        ironGate(),
      );

    const patches = Math.round(9 * parameters.moss);
    for (let patch = 0; patch < patches; patch += 1) {
      const spot = random.fork(`moss ${patch}`);
      const onRoof = spot.chance(0.5);
      const x = spot.around(width * 0.5);
      const y = onRoof ? eave + 0.6 + 0.7 + rise * (1 - Math.abs(x) / (width * 0.6)) - 0.1 : floor;
      const z = onRoof ? middle + spot.around(depth * 0.5) : front + size.z * spot.between(0.02, 0.16);
      model = model.with(
        'moss',
        workshop
          .ball(spot.between(0.6, 1.3), 0.24, spot.between(0.6, 1.2), 7)
          .turn(0, 0, onRoof ? (x > 0 ? -28 : 28) : 0)
          .move(x, y, z),
      );
    }
    return model.crooked([random.around(0.4), 0], 0, size.y);

    function ironGate(): Model {
      const half = doorway.width / 2;
      const bars = workshop.count(4, 2);
      const leaf = Array.from({ length: bars }, (_, bar) =>
        workshop
          .block(0.16, doorway.height * (0.72 + 0.04 * bar), 0.16)
          .move(0.15 + (bar / bars) * half, 0, 0),
      );
      const rails = [0.12, 0.6].map((share) =>
        workshop.box(half, 0.2, 0.2).move(half / 2, doorway.height * share, 0),
      );
      const open = parameters.gate === 'ajar' ? -random.between(25, 60) : 0;
      const side = new Model().with('iron', ...leaf, ...rails);
      return new Model().and(
        side.turn(0, open, 0).move(-half, floor + 0.1, front - 0.2),
        side.turn(0, 180, 0).move(half, floor + 0.1, front - 0.2),
      );
    }
  },
});
