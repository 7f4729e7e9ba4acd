import type { Vector } from '../vector.js';
import type { MaterialName } from './materials.js';
import type { Solid } from './workshop.js';

export type ModelPart = { material: MaterialName; solid: Solid };

/** Solids with their materials. A part of a model is a model too: build it where it is easy, then move it into place. */
export class Model {
  constructor(readonly parts: readonly ModelPart[] = []) {}

  with(material: MaterialName, ...solids: readonly Solid[]): Model {
    return new Model([...this.parts, ...solids.map((solid) => ({ material, solid }))]);
  }

  and(...others: readonly Model[]): Model {
    return new Model([...this.parts, ...others.flatMap((other) => other.parts)]);
  }

  move(x: number, y: number, z: number): Model {
    return this.map((solid) => solid.move(x, y, z));
  }

  /** Turns about x, then y, then z, in degrees. */
  turn(x: number, y: number, z: number): Model {
    return this.map((solid) => solid.turn(x, y, z));
  }

  stretch(x: number, y: number, z: number): Model {
    return this.map((solid) => solid.stretch(x, y, z));
  }

  warp(map: (point: Vector) => Vector): Model {
    return this.map((solid) => solid.warp(map));
  }

  minus(...cutters: readonly Solid[]): Model {
    return this.map((solid) => solid.minus(...cutters));
  }

  /** Leans to the side and twists, more with the height: what time does to a building. */
  crooked(lean: readonly [x: number, z: number], twistDegrees: number, height: number): Model {
    return this.warp(([x, y, z]) => {
      const share = Math.max(0, y / height);
      const angle = (twistDegrees * share * Math.PI) / 180;
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      return [
        x * cosine + z * sine + lean[0] * share * share,
        y,
        z * cosine - x * sine + lean[1] * share * share,
      ];
    });
  }

  private map(change: (solid: Solid) => Solid): Model {
    return new Model(this.parts.map(({ material, solid }) => ({ material, solid: change(solid) })));
  }
}
