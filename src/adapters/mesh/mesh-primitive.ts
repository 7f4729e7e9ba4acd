/** A surface: linear RGB, 0 … 1, and glTF's metallic-roughness factors. */
export type SurfaceMaterial = {
  name: string;
  color: readonly [red: number, green: number, blue: number];
  metallic: number;
  roughness: number;
  /** Share of its own colour that the surface sends out, 0 … 1. */
  glow: number;
};

/** Triangles of one material, in studs, y up. Vertices are split where the surface has an edge. */
export type MeshPrimitive = {
  material: SurfaceMaterial;
  positions: Float32Array;
  normals: Float32Array;
  indices: Uint32Array;
};

export type Bounds = { minimum: [number, number, number]; maximum: [number, number, number] };

export function boundsOf(primitives: readonly Pick<MeshPrimitive, 'positions'>[]): Bounds {
  const minimum: Bounds['minimum'] = [Infinity, Infinity, Infinity];
  const maximum: Bounds['maximum'] = [-Infinity, -Infinity, -Infinity];
  for (const { positions } of primitives) {
    for (let index = 0; index < positions.length; index += 3) {
      for (const axis of [0, 1, 2] as const) {
        const value = positions[index + axis] ?? 0;
        if (value < minimum[axis]) minimum[axis] = value;
        if (value > maximum[axis]) maximum[axis] = value;
      }
    }
  }
  return { minimum, maximum };
}

/** The sRGB transfer function's inverse (IEC 61966-2-1). */
export function linearFromHex(hex: string): [number, number, number] {
  const channel = (start: number) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}
