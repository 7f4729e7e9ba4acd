import type { ContentConfig } from '../../domain/content/config.js';
import type { ContentLayout } from '../../domain/content/layout.js';

/** Longest edge of the map, in pixels. */
const mapPixels = 720;
const margin = 16;
const lineHeight = 16;

const colours = {
  background: '#14161c',
  ground: '#23262e',
  chunk: '#2f333d',
  wall: '#8a8275',
  clear: '#5fd38a',
  text: '#e8e6e1',
} as const;

/** Of kinds and of rooms, in turn; told apart also by those who see no red and green (Okabe and Ito, 2008). */
const palette = ['#56b4e9', '#e69f00', '#009e73', '#f0e442', '#d55e00', '#cc79a7', '#0072b2', '#bbbbbb'];
const roomPalette = ['#2b3040', '#33402b', '#402b3a', '#40382b'];

/** The layout as a picture for the person who approves it: one small SVG, no scripts, no links. Equal input, equal bytes. */
export function renderContentSvg(config: ContentConfig, layout: ContentLayout): string {
  const scale = mapPixels / Math.max(config.width, config.depth);
  const width = Math.round(config.width * scale);
  const height = Math.round(config.depth * scale);
  const legend = legendLines(config, layout);
  const fullWidth = Math.max(width, 420) + 2 * margin;
  const fullHeight = height + 2 * margin + legend.length * lineHeight + 24;
  const title = `${config.id}: ${layout.report.placements} placements, seed ${config.seed}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${fullWidth} ${fullHeight}" width="${fullWidth}" height="${fullHeight}" role="img" font-family="sans-serif" font-size="11" fill="${colours.text}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${fullWidth}" height="${fullHeight}" fill="${colours.background}"/>`,
    `<g transform="translate(${margin} ${margin}) scale(${round(scale, 5)})">`,
    `<rect width="${config.width}" height="${config.depth}" fill="${colours.ground}"/>`,
    ...rooms(config, layout),
    `<path stroke="${colours.chunk}" stroke-width="${round(1 / scale)}" d="${chunkLines(config)}"/>`,
    `<path fill="${colours.wall}" d="${walls(layout.walls)}"/>`,
    ...config.keepClear.map(
      ({ x, z, radius }) =>
        `<circle cx="${x}" cy="${z}" r="${radius}" fill="none" stroke="${colours.clear}" stroke-width="${round(1.5 / scale)}" stroke-dasharray="${round(4 / scale)}"/>`,
    ),
    ...config.kinds.map((kind, index) => dots(layout.points[index] ?? [], kind.radius, colourOf(index))),
    '</g>',
    ...legend.map(({ colour, text }, index) =>
      legendLine(text, colour, height + 2 * margin + 12 + index * lineHeight),
    ),
    '</svg>',
    '',
  ].join('\n');
}

export const colourOf = (kind: number): string => palette[kind % palette.length] ?? colours.text;

/** A line of no length with a round cap is a disc: the smallest that SVG has for thousands of them. */
function dots(points: readonly number[], radius: number, colour: string): string {
  const discs: string[] = [];
  for (let index = 0; index + 1 < points.length; index += 2) {
    discs.push(`M${round(points[index] ?? 0, 1)} ${round(points[index + 1] ?? 0, 1)}h0`);
  }
  return `<path stroke="${colour}" stroke-width="${round(2 * radius)}" stroke-linecap="round" stroke-opacity="0.85" d="${discs.join('')}"/>`;
}

function walls(values: readonly number[]): string {
  const boxes: string[] = [];
  for (let index = 0; index + 3 < values.length; index += 4) {
    const [x = 0, z = 0, width = 0, depth = 0] = values.slice(index, index + 4);
    boxes.push(
      `M${round(x - width / 2)} ${round(z - depth / 2)}h${round(width)}v${round(depth)}h${round(-width)}z`,
    );
  }
  return boxes.join('');
}

function rooms({ tiles }: ContentConfig, layout: ContentLayout): string[] {
  if (!tiles) return [];
  return tiles.kinds.map((_, kind) => {
    const cells: string[] = [];
    for (let index = 0; index + 2 < layout.rooms.length; index += 3) {
      const [column = 0, row = 0, one = 0] = layout.rooms.slice(index, index + 3);
      if (one !== kind + 1) continue;
      const edge = tiles.cellStuds;
      cells.push(`M${column * edge} ${row * edge}h${edge}v${edge}h${-edge}z`);
    }
    return `<path fill="${roomPalette[kind % roomPalette.length]}" d="${cells.join('')}"/>`;
  });
}

function chunkLines({ width, depth, chunkStuds }: ContentConfig): string {
  const lines: string[] = [];
  for (let x = chunkStuds; x < width; x += chunkStuds) lines.push(`M${x} 0v${depth}`);
  for (let z = chunkStuds; z < depth; z += chunkStuds) lines.push(`M0 ${z}h${width}`);
  return lines.join('');
}

function legendLines(config: ContentConfig, layout: ContentLayout): { text: string; colour?: string }[] {
  const broken = layout.report.results.filter(({ holds }) => !holds).length;
  return [
    {
      text: `${config.id} (${config.contentType}), seed ${config.seed}: ${config.width} × ${config.depth} studs, chunks of ${config.chunkStuds}`,
    },
    {
      text: `${layout.report.results.length} rules checked, ${broken === 0 ? 'all hold' : `${broken} do not hold`}; north is up`,
    },
    ...config.kinds.map((kind, index) => ({
      text: `${kind.name}: ${layout.report.counts[index]?.count ?? 0}`,
      colour: colourOf(index),
    })),
    ...(config.tiles?.kinds ?? []).map(({ name }, index) => ({
      text: `${name} (room)`,
      colour: roomPalette[index % roomPalette.length] ?? colours.ground,
    })),
    ...(config.keepClear.length > 0 ? [{ text: 'kept clear', colour: colours.clear }] : []),
  ];
}

function legendLine(text: string, colour: string | undefined, y: number): string {
  const mark =
    colour === undefined
      ? ''
      : `<circle cx="${margin + 5}" cy="${y - 4}" r="5" fill="${colour}" stroke="${colours.wall}" stroke-width="0.5"/>`;
  return `${mark}<text x="${colour === undefined ? margin : margin + 16}" y="${y}">${escapeXml(text)}</text>`;
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (symbol) => `&#${symbol.charCodeAt(0)};`);
}
