import type { Random } from '../../random.js';
import { add, mix, normalize, scale, subtract, type Vector } from '../../vector.js';
import type { MaterialName } from '../materials.js';
import { Model } from '../model.js';
import { smoothPath, type Station } from '../sweep.js';
import type { Solid, Workshop } from '../workshop.js';

/**
 * A creature in shares of its height, looking to +z. The builder gives it flesh; what is not said here (cloth,
 * bones, thorns) its own recipe adds.
 */
export type BodyPlan = {
  height: number;
  flesh: MaterialName;
  /** From the hips to the neck. */
  spine: readonly Station[];
  /** Width and depth of the trunk, as factors of its radius. */
  trunk: readonly [across: number, along: number];
  head: HeadPlan;
  arms: readonly LimbPlan[];
  legs: readonly LimbPlan[];
};

export type HeadPlan = {
  at: Vector;
  size: Vector;
  /** Pitch and roll in degrees. */
  tilt: readonly [pitch: number, roll: number];
  eyes: { glow: MaterialName; size: number; places: readonly (readonly [x: number, y: number])[] };
  mouth: { width: number; height: number; y: number; teeth: number };
};

export type LimbPlan = {
  /** Joints from the trunk outwards. */
  joints: readonly Station[];
  end:
    { fingers: number; length: number; spread: number; claw: MaterialName } | { foot: number; toes: number };
};

export function buildBody(workshop: Workshop, random: Random, plan: BodyPlan): Model {
  const lumps = random.fork('lumps');
  const flesh = (path: readonly Station[], sides: number, section?: readonly [number, number]): Solid =>
    workshop.tube(smoothPath(inStuds(path, plan.height), workshop.count(2, 1)), {
      sides,
      lump: () => lumps.between(0.93, 1.07),
      ...(section && { section }),
    });
  let model = new Model()
    .with(plan.flesh, flesh(plan.spine, 10, plan.trunk))
    .and(buildHead(workshop, random.fork('head'), plan));
  for (const [index, limb] of [...plan.arms, ...plan.legs].entries()) {
    model = model
      .with(plan.flesh, flesh(limb.joints, 7))
      .and(buildEnd(workshop, random.fork(`end ${index}`), plan, limb));
  }
  return model;
}

export const inStuds = (path: readonly Station[], height: number): Station[] =>
  path.map(({ at, radius }) => ({ at: scale(at, height), radius: radius * height }));

function buildHead(workshop: Workshop, random: Random, { head, height, flesh }: BodyPlan): Model {
  const [x, y, z] = scale(head.size, height);
  const skull = workshop.ball(x, y, z, 10);
  // A jaw below and brows above: without them it is an egg.
  const jaw = workshop.hull([
    ...[-1, 1].flatMap((side): [number, number, number][] => [
      [side * x * 0.78, -y * 0.1, -z * 0.1],
      [side * x * 0.62, -y * 0.85, z * 0.1],
      [side * x * 0.42, -y * 1.12, z * 0.72],
      [side * x * 0.62, -y * 0.1, z * 0.86],
    ]),
  ]);
  const brow = workshop
    .box(x * 1.5, y * 0.2, z * 0.4)
    .turn(18, 0, random.around(5))
    .move(0, y * 0.34, z * 0.78);
  const sockets = head.eyes.places.map(([ex, ey]) =>
    workshop
      .ball(x * head.eyes.size * 1.7, y * head.eyes.size * 1.5, z * 0.34, 7)
      .move(ex * x, ey * y, z * surface(ex, ey)),
  );
  const { mouth } = head;
  const gape = workshop.ball(x * mouth.width, y * mouth.height, z * 0.8, 9).move(0, mouth.y * y, z * 0.82);
  const bitten = workshop.union([skull, jaw, brow]).minus(...sockets, gape);
  const eyes = head.eyes.places.map(([ex, ey]) =>
    workshop
      .ball(x * head.eyes.size, x * head.eyes.size, x * head.eyes.size, 7)
      .move(ex * x, ey * y, z * (surface(ex, ey) - 0.12)),
  );
  const throat = workshop.ball(x * 0.66, y * 0.72, z * 0.6, 7).move(0, -y * 0.14, 0);
  return new Model()
    .with(flesh, bitten)
    .with('maw', throat.minus(...sockets.map((socket) => socket.stretch(0.999, 0.999, 0.999))))
    .with(head.eyes.glow, ...eyes)
    .with('bone', ...teeth())
    .turn(head.tilt[0], 0, head.tilt[1])
    .move(...(scale(head.at, height) as [number, number, number]));

  function surface(ex: number, ey: number): number {
    return Math.sqrt(Math.max(0.15, 1 - ex * ex - ey * ey));
  }

  function teeth(): Solid[] {
    if (!workshop.fine) return [];
    const made: Solid[] = [];
    for (let index = 0; index < mouth.teeth; index += 1) {
      const share = ((index + 0.5) / mouth.teeth) * 2 - 1;
      const across = share * mouth.width * 0.82;
      const gum = mouth.height * Math.sqrt(Math.max(0.05, 1 - share * share * 0.8));
      const size = y * Math.min(0.3, mouth.height * 0.75) * random.between(0.7, 1.15);
      const out = z * (0.74 * surface(across, mouth.y) + 0.1);
      const tooth = workshop.cylinder(size * 0.26, 0.01, size, 4);
      made.push(
        tooth.turn(180, 0, random.around(10)).move(across * x, (mouth.y + gum * 0.98) * y, out),
        tooth.turn(0, 0, random.around(10)).move(across * x * 0.9, (mouth.y - gum * 0.98) * y, out * 0.96),
      );
    }
    return made;
  }
}

function buildEnd(
  workshop: Workshop,
  random: Random,
  { height, flesh }: BodyPlan,
  { joints, end }: LimbPlan,
): Model {
  const last = joints.at(-1);
  const before = joints.at(-2);
  if (!last || !before) return new Model();
  const wrist = scale(last.at, height);
  const along = normalize(subtract(last.at, before.at));
  if ('foot' in end) return foot();
  return hand();

  function foot(): Model {
    if (!('foot' in end)) return new Model();
    const length = end.foot * height;
    const radius = last ? last.radius * height : 0;
    const sole = workshop.hull([
      ...[-1, 1].flatMap((side): [number, number, number][] => [
        [wrist[0] + side * radius * 0.9, 0, wrist[2] - length * 0.28],
        [wrist[0] + side * radius * 1.3, 0, wrist[2] + length * 0.62],
        [wrist[0] + side * radius * 0.9, wrist[1] + radius * 0.4, wrist[2] - radius * 0.7],
        [wrist[0] + side * radius * 0.8, wrist[1] + radius * 0.4, wrist[2] + radius * 0.8],
        [wrist[0] + side * radius * 1.1, length * 0.16, wrist[2] + length * 0.6],
      ]),
    ]);
    const toes = Array.from({ length: workshop.fine ? end.toes : 0 }, (_, index) => {
      const share = end.toes === 1 ? 0 : (index / (end.toes - 1)) * 2 - 1;
      return workshop
        .cylinder(radius * 0.42, 0.01, length * 0.5, 5)
        .turn(98, share * 14, 0)
        .move(wrist[0] + share * radius, length * 0.1, wrist[2] + length * 0.52);
    });
    return new Model().with(flesh, sole).with('bone', ...toes);
  }

  function hand(): Model {
    if (!('fingers' in end)) return new Model();
    const radius = last ? last.radius * height : 0;
    const length = end.length * height;
    const palmEnd = add(wrist, scale(along, radius * 1.8));
    const palm = workshop.tube(
      [
        { at: wrist, radius: radius * 0.95 },
        { at: mix(wrist, palmEnd, 0.5), radius: radius * 1.45 },
        { at: palmEnd, radius: radius * 1.15 },
      ],
      { sides: 6, section: [1.15, 0.7] },
    );
    let model = new Model().with(flesh, palm);
    const fingers = workshop.count(end.fingers, 2);
    for (let index = 0; index < fingers; index += 1) {
      const share = fingers === 1 ? 0 : (index / (fingers - 1)) * 2 - 1;
      const sideways: Vector = normalize([
        Math.abs(along[1]) > 0.7 ? share : share * 0.5,
        Math.abs(along[1]) > 0.7 ? 0 : share * 0.7,
        0.25,
      ]);
      const root = add(palmEnd, scale(sideways, radius * 0.9 * Math.abs(share)));
      const heads = normalize(add(along, scale(sideways, end.spread * (Math.abs(share) + 0.15))));
      const knuckle = add(root, scale(heads, length * random.between(0.42, 0.52)));
      const curl = normalize(add(heads, [0, -0.35, 0.4]));
      const tip = add(knuckle, scale(curl, length * 0.55));
      model = model
        .with(
          flesh,
          workshop.tube(
            [
              { at: add(root, scale(heads, -radius * 0.6)), radius: radius * 0.46 },
              { at: knuckle, radius: radius * 0.38 },
              { at: mix(knuckle, tip, 0.35), radius: radius * 0.24 },
            ],
            { sides: 5 },
          ),
        )
        .with(
          end.claw,
          workshop.tube(
            [
              { at: mix(knuckle, tip, 0.2), radius: radius * 0.3 },
              { at: tip, radius: radius * 0.03 },
            ],
            { sides: 4 },
          ),
        );
    }
    return model;
  }
}

/** The same limb on the other side. */
export function mirrored(limb: LimbPlan): LimbPlan {
  return { ...limb, joints: limb.joints.map(({ at, radius }) => ({ at: [-at[0], at[1], at[2]], radius })) };
}

/** Moves the joints of a limb a little, the further out the more: no two of a kind stand alike. */
export function posed(random: Random, limb: LimbPlan, amount: number): LimbPlan {
  const count = limb.joints.length - 1;
  return {
    ...limb,
    joints: limb.joints.map(({ at, radius }, index) => {
      const reach = (amount * index) / count;
      const grounded = 'foot' in limb.end;
      return {
        at: [
          at[0] + random.around(reach),
          at[1] + (grounded ? 0 : random.around(reach)),
          at[2] + random.around(reach),
        ],
        radius,
      };
    }),
  };
}

/** Thorns along a path, pointing away from `centre`. */
export function thorns(
  workshop: Workshop,
  random: Random,
  path: readonly Station[],
  options: { length: number; direction: Vector; spread: number },
): Solid[] {
  return path.map(({ at, radius }) => {
    const towards = normalize(
      add(options.direction, [random.around(options.spread), 0, random.around(options.spread * 0.5)]),
    );
    const length = options.length * random.between(0.65, 1.25);
    return workshop.tube(
      [
        { at: add(at, scale(towards, radius * 0.4)), radius: length * 0.2 },
        { at: add(at, scale(towards, radius + length)), radius: length * 0.015 },
      ],
      { sides: 5 },
    );
  });
}

/** A ragged cloth hung around the y axis: a cone whose hem is torn. */
export function raggedSkirt(
  workshop: Workshop,
  random: Random,
  options: {
    top: number;
    topRadius: number;
    bottom: number;
    bottomRadius: number;
    depth: number;
    tatters: number;
  },
): Solid {
  const { top, bottom, topRadius, bottomRadius, depth } = options;
  const outer = workshop.cylinder(bottomRadius, topRadius, top - bottom, options.tatters).move(0, bottom, 0);
  const inner = workshop
    .cylinder(bottomRadius * 0.9, topRadius * 0.8, top - bottom, options.tatters)
    .move(0, bottom - (top - bottom) * 0.06, 0);
  const tears = Array.from({ length: workshop.count(options.tatters, 5) }, (_, index) => {
    const height = (top - bottom) * random.between(0.16, 0.5);
    return workshop
      .prism(
        [
          [-bottomRadius * 0.22, -0.1],
          [bottomRadius * 0.22, -0.1],
          [random.around(bottomRadius * 0.1), height],
        ],
        bottomRadius * 1.6,
      )
      .move(0, bottom, bottomRadius)
      .turn(0, ((index + random.around(0.3)) * 360) / options.tatters, 0);
  });
  return outer.minus(inner, ...tears).stretch(1, 1, depth);
}
