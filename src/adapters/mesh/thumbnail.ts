import { PNG } from 'pngjs';

import { frameModel, type Camera } from './camera.js';
import { addHalo } from './halo.js';
import { castShadow, lightFace, type FaceLight, type Shadow } from './lighting.js';
import { boundsOf, type MeshPrimitive } from './mesh-primitive.js';
import { rasterize, type FrameBuffer } from './rasterizer.js';
import { createToneMap } from './tone-map.js';
import { length, normalize, subtract, type Vector } from './vector.js';

export const thumbnailPixels = 512;

/** Samples along each edge of a pixel. */
const supersampling = 2;
const sampleShare = 1 / supersampling ** 2;
const finePixels = thumbnailPixels * supersampling;

/** Three quarters from the front (-z) and a little above. */
const viewpoint: Vector = [-0.72, 0.42, -1];

/** Share of the glow that spreads around it. */
const haloShare = 0.6;

/** zlib's own strategy (0): that of pngjs, for runs of equal bytes, makes shaded pictures a third larger. */
const pngOptions = { colorType: 2, filterType: 4, deflateLevel: 6, deflateStrategy: 0 } as const;

type Scene = { primitives: readonly MeshPrimitive[]; camera: Camera; frame: FrameBuffer; shadow: Shadow };

/** Renders a picture of 512 × 512 pixels: the model on a dark floor in moonlight. Equal triangles give equal bytes. */
export function renderThumbnail(primitives: readonly MeshPrimitive[]): Uint8Array {
  const camera = frameModel(primitives, viewpoint, finePixels);
  const frame = rasterize(primitives, finePixels, finePixels, camera.project);
  const scene = { primitives, camera, frame, shadow: castShadow(primitives) };
  const light = new Float32Array(thumbnailPixels * thumbnailPixels * 3);
  const glow = new Float32Array(thumbnailPixels * thumbnailPixels * 3);
  paintFloor(light, scene);
  paintModel(light, glow, scene);
  addHalo(light, glow, thumbnailPixels, haloShare);
  return encode(light);
}

function encode(light: Float32Array): Uint8Array {
  const png = new PNG({ width: thumbnailPixels, height: thumbnailPixels, colorType: 2 });
  const tone = createToneMap();
  for (let pixel = 0; pixel < thumbnailPixels * thumbnailPixels; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      png.data[pixel * 4 + channel] = tone(light[pixel * 3 + channel] ?? 0);
    }
    png.data[pixel * 4 + 3] = 255;
  }
  return PNG.sync.write(png, pngOptions);
}

/** The floor fades into a gradient; the model's shadow lies on it. */
function paintFloor(light: Float32Array, { primitives, camera, frame, shadow }: Scene): void {
  const { minimum, maximum } = boundsOf(primitives);
  const radius = length(subtract(maximum, minimum)) / 2;
  const [middleX, middleZ] = [(minimum[0] + maximum[0]) / 2, (minimum[2] + maximum[2]) / 2];
  const { eye, corner, perColumn, perRow } = camera;
  for (let row = 0; row < thumbnailPixels; row += 1) {
    for (let column = 0; column < thumbnailPixels; column += 1) {
      const open = openSamples(frame, column, row) * sampleShare;
      if (open === 0) continue;
      const [aside, down] = [column / thumbnailPixels - 0.5, row / thumbnailPixels - 0.45];
      const fromMiddle = Math.min(1, Math.sqrt(aside * aside + down * down) / 0.72);
      const backdrop = 0.009 + 0.052 * (1 - fromMiddle) ** 2;
      let [red, green, blue] = [backdrop * 0.8, backdrop * 0.98, backdrop * 1.35];
      const [u, v] = [(column + 0.5) * supersampling, (row + 0.5) * supersampling];
      const fall = corner[1] + u * perColumn[1] + v * perRow[1];
      if (fall < 0) {
        const distance = (minimum[1] - eye[1]) / fall;
        const x = eye[0] + (corner[0] + u * perColumn[0] + v * perRow[0]) * distance;
        const z = eye[2] + (corner[2] + u * perColumn[2] + v * perRow[2]) * distance;
        const far = ((x - middleX) ** 2 + (z - middleZ) ** 2) / (radius * radius);
        const near = far > 5 ? 0 : Math.exp(-far * 0.9);
        const lit = near < 0.02 ? 1 : 0.22 + 0.78 * shadow(x, minimum[1] + radius * 0.004, z);
        red += (0.052 * lit - red * 0.6) * near;
        green += (0.055 * lit - green * 0.6) * near;
        blue += (0.066 * lit - blue * 0.6) * near;
      }
      const start = (row * thumbnailPixels + column) * 3;
      light[start] = red * open;
      light[start + 1] = green * open;
      light[start + 2] = blue * open;
    }
  }
}

function openSamples({ triangle }: FrameBuffer, column: number, row: number): number {
  const start = row * supersampling * finePixels + column * supersampling;
  let open = 0;
  for (let line = 0; line < supersampling; line += 1) {
    for (let step = 0; step < supersampling; step += 1) {
      if (triangle[start + line * finePixels + step] === -1) open += 1;
    }
  }
  return open;
}

function paintModel(
  light: Float32Array,
  glow: Float32Array,
  { primitives, camera, frame, shadow }: Scene,
): void {
  const faces = lightFaces(primitives, camera.eye);
  const { eye, corner, perColumn, perRow } = camera;
  for (let sample = 0; sample < frame.triangle.length; sample += 1) {
    const face = faces[frame.triangle[sample] ?? -1];
    if (!face) continue;
    const column = sample % finePixels;
    const row = (sample - column) / finePixels;
    const [u, v, distance] = [column + 0.5, row + 0.5, -1 / (frame.depth[sample] ?? -1)];
    const lit = shadow(
      eye[0] + (corner[0] + u * perColumn[0] + v * perRow[0]) * distance,
      eye[1] + (corner[1] + u * perColumn[1] + v * perRow[1]) * distance,
      eye[2] + (corner[2] + u * perColumn[2] + v * perRow[2]) * distance,
    );
    const open = openness(frame, column, row, sample);
    const { direct, indirect, own } = face;
    const start =
      (Math.floor(row / supersampling) * thumbnailPixels + Math.floor(column / supersampling)) * 3;
    for (const channel of [0, 1, 2] as const) {
      const seen = direct[channel] * lit + indirect[channel] * open + own[channel];
      light[start + channel] = (light[start + channel] ?? 0) + seen * sampleShare;
      glow[start + channel] = (glow[start + channel] ?? 0) + own[channel] * sampleShare;
    }
  }
}

/** In the order in which the frame buffer counts triangles. */
function lightFaces(primitives: readonly MeshPrimitive[], eye: Vector): FaceLight[] {
  return primitives.flatMap(({ material, positions, normals, indices }) =>
    Array.from({ length: indices.length / 3 }, (_, triangle) => {
      const corner = (indices[triangle * 3] ?? 0) * 3;
      const at = (values: Float32Array): Vector => [
        values[corner] ?? 0,
        values[corner + 1] ?? 0,
        values[corner + 2] ?? 0,
      ];
      return lightFace(material, at(normals), normalize(subtract(eye, at(positions))));
    }),
  );
}

/** Fine pixels around a sample: two rings of four, each turned against the other. */
const neighbours = [4, 11].flatMap((radius, ring) =>
  [0, 1, 2, 3].map((step) => {
    const angle = (step + ring * 0.5) * (Math.PI / 2) + 0.4;
    return { dx: Math.round(Math.cos(angle) * radius), dy: Math.round(Math.sin(angle) * radius) };
  }),
);

/** How open a sample lies, 0.3 … 1: the share of its neighbours that do not stand in front of it. */
function openness({ depth }: FrameBuffer, column: number, row: number, sample: number): number {
  const own = depth[sample] ?? 0;
  let hidden = 0;
  for (const { dx, dy } of neighbours) {
    const x = column + dx;
    const y = row + dy;
    if (x < 0 || y < 0 || x >= finePixels || y >= finePixels) continue;
    const closer = (own - (depth[y * finePixels + x] ?? Infinity)) / -own;
    // What is far in front is another object, not a crevice.
    if (closer > 0.0025 && closer < 0.06) hidden += 1;
  }
  return 1 - (0.7 * hidden) / neighbours.length;
}
