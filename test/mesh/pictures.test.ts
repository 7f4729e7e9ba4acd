import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { createProceduralGenerator, renderContactSheet } from '../../src/adapters/mesh/index.js';
import type { GeneratedMesh } from '../../src/domain/asset.js';
import { specOf, unlimited } from './specs.js';

let brute: GeneratedMesh;

beforeAll(async () => {
  brute = await createProceduralGenerator().generate(specOf('brute'), unlimited);
});

const read = (png: Uint8Array) => PNG.sync.read(Buffer.from(png));

function brightness({ data, width }: PNG, column: number, row: number): number {
  const start = (row * width + column) * 4;
  return (data[start]! + data[start + 1]! + data[start + 2]!) / 3;
}

describe('thumbnail', () => {
  it('shows the model against a darker background', () => {
    const picture = read(brute.thumbnailPng);
    expect([picture.width, picture.height]).toEqual([512, 512]);
    const corners = [8, 503].flatMap((x) => [8, 503].map((y) => brightness(picture, x, y)));
    expect(Math.max(...corners)).toBeLessThan(70);
    let brighter = 0;
    for (let row = 0; row < 512; row += 1) {
      for (let column = 0; column < 512; column += 1) {
        if (brightness(picture, column, row) > 90) brighter += 1;
      }
    }
    expect(brighter / 512 ** 2).toBeGreaterThan(0.03);
  });

  it('fills the picture without touching its edge', () => {
    const picture = read(brute.thumbnailPng);
    const edge = (line: number) =>
      Array.from({ length: 512 }, (_, column) => brightness(picture, column, line));
    // A gradient only: no step from one pixel to the next.
    for (const line of [edge(2), edge(509)]) {
      for (let index = 1; index < line.length; index += 1) {
        expect(Math.abs(line[index]! - line[index - 1]!)).toBeLessThan(8);
      }
    }
  });

  it('shows what glows: the red eyes', () => {
    const { data } = read(brute.thumbnailPng);
    let red = 0;
    for (let index = 0; index < data.length; index += 4) {
      if (data[index]! > 170 && data[index + 1]! < 110 && data[index + 2]! < 110) red += 1;
    }
    expect(red).toBeGreaterThan(20);
  });

  it('is the same for the same mesh', async () => {
    const again = await createProceduralGenerator().generate(specOf('brute'), unlimited);
    expect(Buffer.from(again.thumbnailPng).equals(Buffer.from(brute.thumbnailPng))).toBe(true);
  });
});

describe('contact sheet', () => {
  const plain = (shade: number) => {
    const png = new PNG({ width: 64, height: 64 });
    png.data.fill(255);
    for (let index = 0; index < png.data.length; index += 4) png.data.fill(shade, index, index + 3);
    return PNG.sync.write(png);
  };
  const entry = (shade: number, label: string) => ({
    thumbnailPng: plain(shade),
    label,
    caption: '12 triangles',
  });

  it('lays pictures out row by row with their labels', () => {
    const shades = [40, 80, 120, 160, 200];
    const sheet = read(
      renderContactSheet(
        shades.map((shade) => entry(shade, `asset-${shade}`)),
        { columns: 3, picturePixels: 32 },
      ),
    );
    expect(sheet.width).toBe(12 + 3 * (32 + 12));
    expect(sheet.height).toBe(12 + 2 * (32 + 34 + 12));
    shades.forEach((shade, index) => {
      const column = 12 + (index % 3) * 44 + 16;
      const row = 12 + Math.floor(index / 3) * 78 + 16;
      expect(brightness(sheet, column, row)).toBe(shade);
    });
  });

  it('writes the label: another one is another picture, and no label is none', () => {
    const sheet = (label: string) =>
      renderContactSheet([entry(90, label)], { columns: 1, picturePixels: 64 });
    expect(Buffer.from(sheet('lamp')).equals(Buffer.from(sheet('LAMP')))).toBe(true);
    expect(Buffer.from(sheet('lamp')).equals(Buffer.from(sheet('well')))).toBe(false);
  });

  it('cuts a label that is wider than its picture, and stands no entries', () => {
    const long = renderContactSheet([entry(90, 'x'.repeat(500))], { columns: 1, picturePixels: 64 });
    expect(read(long).width).toBe(12 + 64 + 12);
    expect(read(renderContactSheet([], { columns: 4, picturePixels: 64 })).height).toBeGreaterThan(0);
  });
});
