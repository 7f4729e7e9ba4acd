/** The halo is soft: a picture of this edge is enough for it. */
const coarse = 128;

/** Reach of one blurring pass, in coarse pixels. */
const reach = 4;

/** Blurs the light of glowing surfaces, square and three numbers a pixel, and adds a share of it to the picture. */
export function addHalo(light: Float32Array, glow: Float32Array, pixels: number, share: number): void {
  if (!glow.some((value) => value > 0)) return;
  let halo = shrink(glow, pixels);
  // Two passes of a box along each axis come close to a bell curve.
  for (let pass = 0; pass < 2; pass += 1) halo = blur(blur(halo, 1, coarse), coarse, 1);
  const step = coarse / pixels;
  for (let row = 0; row < pixels; row += 1) {
    const y = Math.max(0, Math.min(coarse - 1.001, (row + 0.5) * step - 0.5));
    const top = Math.floor(y);
    for (let column = 0; column < pixels; column += 1) {
      const x = Math.max(0, Math.min(coarse - 1.001, (column + 0.5) * step - 0.5));
      const left = Math.floor(x);
      const [right, low] = [x - left, y - top];
      const start = (top * coarse + left) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const at = start + channel;
        const upper = (halo[at] ?? 0) * (1 - right) + (halo[at + 3] ?? 0) * right;
        const lower = (halo[at + coarse * 3] ?? 0) * (1 - right) + (halo[at + coarse * 3 + 3] ?? 0) * right;
        const index = (row * pixels + column) * 3 + channel;
        light[index] = (light[index] ?? 0) + share * (upper * (1 - low) + lower * low);
      }
    }
  }
}

function shrink(source: Float32Array, pixels: number): Float32Array {
  const target = new Float32Array(coarse * coarse * 3);
  const factor = coarse / pixels;
  for (let row = 0; row < pixels; row += 1) {
    for (let column = 0; column < pixels; column += 1) {
      const from = (row * pixels + column) * 3;
      const to = (Math.floor(row * factor) * coarse + Math.floor(column * factor)) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        target[to + channel] = (target[to + channel] ?? 0) + (source[from + channel] ?? 0) * factor * factor;
      }
    }
  }
  return target;
}

/** A box blur along the axis with this stride; `across` is the stride of the other one. */
function blur(source: Float32Array, stride: number, across: number): Float32Array {
  const target = new Float32Array(source.length);
  for (let line = 0; line < coarse; line += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const at = (step: number) =>
        step < 0 || step >= coarse ? 0 : (source[(line * across + step * stride) * 3 + channel] ?? 0);
      for (let step = 0; step < coarse; step += 1) {
        let sum = 0;
        for (let offset = -reach; offset <= reach; offset += 1) sum += at(step + offset);
        target[(line * across + step * stride) * 3 + channel] = sum / (2 * reach + 1);
      }
    }
  }
  return target;
}
