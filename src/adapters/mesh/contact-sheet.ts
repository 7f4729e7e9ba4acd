import { PNG } from 'pngjs';

import { drawText, glyphAdvance, glyphHeight } from './bitmap-font.js';

export type ContactSheetEntry = {
  /** A square PNG. */
  thumbnailPng: Uint8Array;
  label: string;
  /** A second, dimmer line. */
  caption: string;
};

export type ContactSheetOptions = {
  columns: number;
  /** Edge of a picture on the sheet. */
  picturePixels: number;
};

const margin = 12;
const labelHeight = 34;
const background = [11, 12, 16] as const;
const labelColor = [226, 222, 210] as const;
const captionColor = [128, 132, 142] as const;

/** Lays thumbnails out in a grid, each with two lines under it. */
export function renderContactSheet(
  entries: readonly ContactSheetEntry[],
  { columns, picturePixels }: ContactSheetOptions,
): Uint8Array {
  const across = Math.max(1, Math.min(columns, entries.length));
  const rows = Math.max(1, Math.ceil(entries.length / across));
  const width = margin + across * (picturePixels + margin);
  const height = margin + rows * (picturePixels + labelHeight + margin);
  const sheet = new PNG({ width, height, colorType: 2 });
  for (let pixel = 0; pixel < width * height; pixel += 1) sheet.data.set([...background, 255], pixel * 4);
  entries.forEach((entry, index) => {
    const left = margin + (index % across) * (picturePixels + margin);
    const top = margin + Math.floor(index / across) * (picturePixels + labelHeight + margin);
    pastePicture(sheet, PNG.sync.read(Buffer.from(entry.thumbnailPng)), left, top, picturePixels);
    const fitting = Math.floor(picturePixels / glyphAdvance);
    writeLine(sheet, entry.label.slice(0, fitting), left, top + picturePixels + 8, labelColor);
    writeLine(sheet, entry.caption.slice(0, fitting), left, top + picturePixels + 20, captionColor);
  });
  // Strategy 0 as in thumbnails: pictures compress better with it than with that of pngjs.
  return PNG.sync.write(sheet, { colorType: 2, deflateLevel: 9, deflateStrategy: 0 });
}

/** Shrinks by averaging all the pixels that fall on one. */
function pastePicture(sheet: PNG, picture: PNG, left: number, top: number, edge: number): void {
  for (let row = 0; row < edge; row += 1) {
    for (let column = 0; column < edge; column += 1) {
      const target = ((top + row) * sheet.width + left + column) * 4;
      sheet.data.set(averageOf(picture, column / edge, row / edge, 1 / edge), target);
    }
  }
}

function averageOf(picture: PNG, x: number, y: number, share: number): [number, number, number] {
  const firstColumn = Math.floor(x * picture.width);
  const firstRow = Math.floor(y * picture.height);
  const lastColumn = Math.max(firstColumn + 1, Math.floor((x + share) * picture.width));
  const lastRow = Math.max(firstRow + 1, Math.floor((y + share) * picture.height));
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let row = firstRow; row < Math.min(lastRow, picture.height); row += 1) {
    for (let column = firstColumn; column < Math.min(lastColumn, picture.width); column += 1) {
      const source = (row * picture.width + column) * 4;
      for (const channel of [0, 1, 2] as const) sum[channel] += picture.data[source + channel] ?? 0;
      count += 1;
    }
  }
  return [Math.round(sum[0] / count), Math.round(sum[1] / count), Math.round(sum[2] / count)];
}

function writeLine(sheet: PNG, text: string, left: number, top: number, color: readonly number[]): void {
  drawText(text, (column, row) => {
    if (row < glyphHeight) sheet.data.set(color, ((top + row) * sheet.width + left + column) * 4);
  });
}
