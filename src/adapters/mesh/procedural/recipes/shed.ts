import { pitched, plankDoor, roofSlope, woodenWindow } from '../carpentry.js';
import type { MaterialName } from '../materials.js';
import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';
import type { Random } from '../../random.js';
import type { Workshop } from '../workshop.js';

export const shed = defineRecipe({
  name: 'shed',
  role: 'building',
  description:
    'A tool shed of upright planks under a single slope of rusted sheets, with a lamp in its window.',
  defaultSizeStuds: { x: 14, y: 10, z: 12 },
  parameters: {
    decay: fraction('How many planks are missing or crooked', 0.5),
    roof: choice('What the roof is made of', ['sheet', 'boards']),
  },
  build({ workshop, random, size, parameters }) {
    const { decay, roof } = parameters;
    const [width, depth] = [size.x * 0.84, size.z * 0.78];
    const [high, low] = [size.y * 0.92, size.y * 0.66];
    const pitch = (Math.atan2(high - low, depth) * 180) / Math.PI;
    const door = { width: width * 0.34, height: low * 0.84, x: width * 0.2 };

    const core = workshop
      .prism(
        [
          [-depth / 2, 0],
          [depth / 2, 0],
          [depth / 2, high],
          [-depth / 2, low],
        ],
        width,
      )
      // The profile lies along z: its high side becomes the front.
      .turn(0, -90, 0);
    const plankWall = (
      name: string,
      length: number,
      heightAt: (x: number) => number,
      skip?: [number, number],
    ) => uprightPlanks(workshop, random.fork(name), length, heightAt, decay, skip);
    const sheets: readonly [MaterialName, ...MaterialName[]] =
      roof === 'sheet' ? ['rust', 'rust', 'iron'] : ['grey-wood', 'dark-wood'];

    return new Model()
      .with('black-wood', core)
      .with('dark-stone', workshop.block(width + 0.9, size.y * 0.04, depth + 0.9))
      .and(
        plankWall('front', width, () => high * 0.99, [
          door.x - door.width * 0.6,
          door.x + door.width * 0.6,
        ]).move(0, 0, depth / 2),
        new Model()
          .with(
            'old-wood',
            workshop
              .block(door.width * 1.2, high - door.height - 0.3, 0.3)
              .move(door.x, door.height + 0.3, 0.1),
          )
          .move(0, 0, depth / 2),
        plankDoor(workshop, random, door.width, door.height).move(door.x, size.y * 0.03, depth / 2),
        woodenWindow(workshop, random, {
          width: width * 0.22,
          height: low * 0.26,
          lit: true,
          boards: decay > 0.3 ? 1 : 0,
        }).move(-width * 0.24, low * 0.62, depth / 2 + 0.2),
        plankWall('back', width, () => low * 0.98)
          .turn(0, 180, 0)
          .move(0, 0, -depth / 2),
        plankWall('left', depth, (x) => low + (high - low) * (x / depth + 0.5) - 0.2)
          .turn(0, -90, 0)
          .move(-width / 2, 0, 0),
        plankWall('right', depth, (x) => low + (high - low) * (0.5 - x / depth) - 0.2)
          .turn(0, 90, 0)
          .move(width / 2, 0, 0),
        pitched(
          roofSlope(workshop, random.fork('roof'), {
            width: width + 1.8,
            run: Math.hypot(depth, high - low) + 2,
            rows: 3,
            columns: 6,
            thickness: 0.22,
            materials: sheets,
            decay: decay * 0.5,
          }),
          pitch,
          depth / 2 + 0.9,
          low - 0.15,
        ).turn(0, 180, 0),
      )
      .with(
        'dark-wood',
        ...[-1, 1].map((x) => workshop.block(0.6, high, 0.6).move((x * width) / 2, 0, depth / 2)),
        workshop.box(width + 1.4, 0.5, 0.5).move(0, high - 0.1, depth / 2 + 0.35),
      )
      .and(leaningTools(workshop, random).move(-width * 0.4, 0, depth / 2 + 0.9))
      .crooked([random.around(0.9) * (0.4 + decay), random.around(0.5)], random.around(4) * decay, size.y);
  },
});

function uprightPlanks(
  workshop: Workshop,
  random: Random,
  length: number,
  heightAt: (x: number) => number,
  decay: number,
  skip?: [number, number],
): Model {
  const count = workshop.count(Math.min(16, Math.max(6, Math.round(length))), 3);
  const plank = length / count;
  let model = new Model();
  for (let index = 0; index < count; index += 1) {
    const x = (index + 0.5) * plank - length / 2;
    if (skip && x > skip[0] && x < skip[1]) continue;
    if (random.chance(decay * 0.07)) continue;
    const short = random.chance(decay * 0.3) ? random.between(0.05, 0.2) : 0;
    const height = heightAt(x) * (1 - 0.02 * random.next());
    const solid = workshop
      .block(plank * random.between(0.86, 0.95), height * (1 - short), 0.32)
      .turn(0, random.around(2), random.around(0.8 + decay))
      .move(x, height * short, 0.1 + random.around(0.05));
    model = model.with(random.pick(['old-wood', 'grey-wood', 'old-wood', 'dark-wood']), solid);
  }
  return model;
}

/** A shovel and a scythe against the wall. */
function leaningTools(workshop: Workshop, random: Random): Model {
  if (!workshop.fine) return new Model();
  const shovel = new Model().with('grey-wood', workshop.cylinder(0.12, 0.12, 4.4, 6)).with(
    'iron',
    workshop.hull([
      [-0.45, 4.3, 0],
      [0.45, 4.3, 0],
      [-0.5, 5.2, 0.05],
      [0.5, 5.2, 0.05],
      [0, 5.7, 0.2],
      [-0.4, 4.3, 0.14],
      [0.4, 4.3, 0.14],
      [-0.45, 5.2, 0.2],
      [0.45, 5.2, 0.2],
    ]),
  );
  return shovel.turn(-8, 0, random.between(4, 9));
}
