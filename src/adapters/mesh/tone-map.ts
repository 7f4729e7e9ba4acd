/** The brightest value that the curve tells from white. */
const brightest = 4;

const entries = 4096;

/** From linear light to a byte of a picture: Narkowicz's fit of the ACES film curve, then the sRGB transfer function. */
export function createToneMap(): (light: number) => number {
  const table = Uint8Array.from({ length: entries }, (_, index) => {
    const value = (index / (entries - 1)) ** 2 * brightest;
    const film = (value * (2.51 * value + 0.03)) / (value * (2.43 * value + 0.59) + 0.14);
    const clamped = Math.min(1, film);
    return Math.round(255 * (clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * clamped ** (1 / 2.4) - 0.055));
  });
  // The table is finer in the dark, where the eye is.
  return (light) => table[Math.round(Math.sqrt(Math.min(1, light / brightest)) * (entries - 1))] ?? 0;
}
