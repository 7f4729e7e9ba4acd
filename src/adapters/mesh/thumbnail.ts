import { PNG } from 'pngjs';

import { frameModel, type Camera } from './camera.js';
import { castShadow, shade, type Shadow } from './lighting.js';
import { boundsOf, type MeshPrimitive, type SurfaceMaterial } from './mesh-primitive.js';
import { rasterize, type FrameBuffer } from './rasterizer.js';
import { length, scale, subtract, type Vector } from './vector.js';

export const thumbnailPixels = 512;

/** Samples along each edge of a pixel. */
const supersampling = 2;

/** Three quarters from the front (-z) and a little above. */
const viewpoint: Vector = [-0.72, 0.42, -1];

/** Share of the light that the glow's halo adds. */
const haloStrength = 0.55;

/** Renders a picture of 512 × 512 pixels: the model on a dark floor in moonlight. Equal triangles give equal bytes. */
export function renderThumbnail(primitives: readonly MeshPrimitive[]): Uint8Array {
  const fine = thumbnailPixels * supersampling;
  const camera = frameModel(primitives, viewpoint, fine);
  const frame = rasterize(primitives, fine, fine, camera.project);
  const shadow = castShadow(primitives);
  const light = new Float32Array(thumbnailPixels * thumbnailPixels * 3);
  const glow = new Float32Array(thumbnailPixels * thumbnailPixels * 3);
  paintFloor(light, primitives, camera, shadow, frame);
  paintModel(light, glow, primitives, camera, shadow, frame);
  addHalo(light, glow);
  const png = new PNG({ width: thumbnailPixels, height: thumbnailPixels, colorType: 2 });
  for (let pixel = 0; pixel < thumbnailPixels * thumbnailPixels; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      png.data[pixel * 4 + channel] = toneMapped(light[pixel * 3 + channel] ?? 0);
    }
    png.data[pixel * 4 + 3] = 255;
  }
  return PNG.sync.write(png, { colorType: 2 });
}

/** Indexes of the fine pixels that make up a pixel. */
function* samplesOf(pixel: number, width: number): Generator<number> {
  const column = (pixel % thumbnailPixels) * supersampling;
  const row = Math.floor(pixel / thumbnailPixels) * supersampling;
  for (let dy = 0; dy < supersampling; dy += 1) {
    for (let dx = 0; dx < supersampling; dx += 1) yield (row + dy) * width + column + dx;
  }
}

/** The floor fades into a gradient; the model's shadow lies on it. */
function paintFloor(
  light: Float32Array,
  primitives: readonly MeshPrimitive[],
  camera: Camera,
  shadow: Shadow,
  frame: FrameBuffer,
): void {
  const { minimum, maximum } = boundsOf(primitives);
  const radius = length(subtract(maximum, minimum)) / 2;
  const [floor, middleX, middleZ] = [
    minimum[1],
    (minimum[0] + maximum[0]) / 2,
    (minimum[2] + maximum[2]) / 2,
  ];
  for (let pixel = 0; pixel < thumbnailPixels * thumbnailPixels; pixel += 1) {
    let open = 0;
    for (const sample of samplesOf(pixel, frame.width)) if (frame.triangle[sample] === -1) open += 1;
    if (open === 0) continue;
    const column = pixel % thumbnailPixels;
    const row = Math.floor(pixel / thumbnailPixels);
    const fromMiddle = Math.hypot(column / thumbnailPixels - 0.5, row / thumbnailPixels - 0.42);
    const backdrop = 0.012 + 0.075 * Math.max(0, 1 - fromMiddle / 0.72) ** 1.6;
    const ray = camera.ray((column + 0.5) * supersampling, (row + 0.5) * supersampling);
    let [red, green, blue] = [backdrop * 0.8, backdrop * 0.95, backdrop * 1.3];
    if (ray[1] < 0) {
      const distance = (floor - camera.eye[1]) / ray[1];
      const x = camera.eye[0] + ray[0] * distance;
      const z = camera.eye[2] + ray[2] * distance;
      const far = Math.hypot(x - middleX, z - middleZ) / radius;
      const near = Math.exp(-far * far * 0.9);
      const lit = 0.25 + 0.75 * shadow([x, floor + radius * 0.004, z]);
      red += (0.075 * lit - red * 0.6) * near;
      green += (0.077 * lit - green * 0.6) * near;
      blue += (0.088 * lit - blue * 0.6) * near;
    }
    const share = open / supersampling ** 2;
    light.set([red * share, green * share, blue * share], pixel * 3);
  }
}

function paintModel(
  light: Float32Array,
  glow: Float32Array,
  primitives: readonly MeshPrimitive[],
  camera: Camera,
  shadow: Shadow,
  frame: FrameBuffer,
): void {
  const faces = facesOf(primitives);
  const share = 1 / supersampling ** 2;
  const add = (
    target: Float32Array,
    pixel: number,
    color: readonly [number, number, number],
    factor: number,
  ) => {
    for (const channel of [0, 1, 2] as const) {
      const index = pixel * 3 + channel;
      target[index] = (target[index] ?? 0) + color[channel] * factor;
    }
  };
  for (let pixel = 0; pixel < thumbnailPixels * thumbnailPixels; pixel += 1) {
    for (const sample of samplesOf(pixel, frame.width)) {
      const face = faces[frame.triangle[sample] ?? -1];
      if (!face) continue;
      const column = (sample % frame.width) + 0.5;
      const row = Math.floor(sample / frame.width) + 0.5;
      const point = camera.unproject(column, row, frame.depth[sample] ?? -1);
      const towardsEye = scale(camera.ray(column, row), -1);
      const color = shade(face.surface, face.normal, towardsEye, shadow(point), openness(frame, sample));
      add(light, pixel, color, share);
      if (face.surface.glow > 0) add(glow, pixel, face.surface.color, share * face.surface.glow);
    }
  }
}

type Face = { surface: SurfaceMaterial; normal: Vector };

function facesOf(primitives: readonly MeshPrimitive[]): Face[] {
  return primitives.flatMap(({ material, normals, indices }) =>
    Array.from({ length: indices.length / 3 }, (_, triangle): Face => {
      const corner = (indices[triangle * 3] ?? 0) * 3;
      return {
        surface: material,
        normal: [normals[corner] ?? 0, normals[corner + 1] ?? 1, normals[corner + 2] ?? 0],
      };
    }),
  );
}

/** Fine pixels around a sample: two rings, each turned against the other. */
const neighbours = [4, 11].flatMap((radius, ring) =>
  [0, 1, 2, 3].map((step) => {
    const angle = (step + ring * 0.5) * (Math.PI / 2) + 0.4;
    return { dx: Math.round(Math.cos(angle) * radius), dy: Math.round(Math.sin(angle) * radius) };
  }),
);

/** How open a sample lies, 0.35 … 1: the share of its neighbours that do not stand in front of it. */
function openness(frame: FrameBuffer, sample: number): number {
  const own = frame.depth[sample] ?? 0;
  const column = sample % frame.width;
  const row = Math.floor(sample / frame.width);
  let hidden = 0;
  for (const { dx, dy } of neighbours) {
    const x = column + dx;
    const y = row + dy;
    if (x < 0 || y < 0 || x >= frame.width || y >= frame.height) continue;
    const closer = (own - (frame.depth[y * frame.width + x] ?? Infinity)) / -own;
    // What is far in front is another object, not a crevice.
    if (closer > 0.0025 && closer < 0.06) hidden += 1;
  }
  return 1 - (0.65 * hidden) / neighbours.length;
}

/** Blurs the glow and adds it: two passes of a box along each axis come close to a bell curve. */
function addHalo(light: Float32Array, glow: Float32Array): void {
  if (!glow.some((value) => value > 0)) return;
  let blurred = glow;
  for (const reach of [14, 14]) {
    blurred = boxBlur(blurred, reach, 1);
    blurred = boxBlur(blurred, reach, thumbnailPixels);
  }
  blurred.forEach((value, index) => {
    light[index] = (light[index] ?? 0) + value * haloStrength;
  });
}

function boxBlur(source: Float32Array, reach: number, stride: number): Float32Array {
  const target = new Float32Array(source.length);
  const across = stride === 1 ? thumbnailPixels : 1;
  for (let line = 0; line < thumbnailPixels; line += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const at = (step: number) =>
        step < 0 || step >= thumbnailPixels
          ? 0
          : (source[(line * across + step * stride) * 3 + channel] ?? 0);
      let sum = 0;
      for (let step = -reach; step < reach; step += 1) sum += at(step);
      for (let step = 0; step < thumbnailPixels; step += 1) {
        sum += at(step + reach);
        target[(line * across + step * stride) * 3 + channel] = Math.max(0, sum) / (2 * reach + 1);
        sum -= at(step - reach);
      }
    }
  }
  return target;
}

/** Narkowicz's fit of the ACES film curve, then the sRGB transfer function. */
function toneMapped(value: number): number {
  const film = (value * (2.51 * value + 0.03)) / (value * (2.43 * value + 0.59) + 0.14);
  const clamped = Math.min(1, Math.max(0, film));
  const encoded = clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * clamped ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}
