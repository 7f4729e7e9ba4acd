import type { GridPoint, NightDesign, NightMap, ObjectiveKind } from './night.js';

/** Pixels a cell. */
const scale = 10;
const legendHeight = 46;

const colours = {
  wall: '#14161c',
  room: '#3b3f4a',
  corridor: '#2d3039',
  building: '#6d5a44',
  asset: '#57604f',
  spawn: '#5fd38a',
  objective: '#f2c14e',
  hiding: '#5aa9e6',
  loot: '#c8a2ff',
  lamp: '#ffe9a8',
  enemy: '#e4572e',
  text: '#e8e6e1',
} as const;

const objectiveLetter: Record<ObjectiveKind, string> = { generator: 'G', key: 'K', ritual: 'R', escape: 'X' };

/** The night's map as a picture for the person who approves it, and for the docs: one small SVG, no scripts, no links. */
export function renderMapSvg(design: NightDesign): string {
  const { map, difficulty } = design;
  const width = Math.max(map.width * scale, 380);
  const height = map.height * scale;
  const title = `Night ${design.night}: ${design.theme}`;
  const summary = `${map.rooms.length} rooms, ${map.objectives.length} objectives, ${difficulty.enemyCount} enemies`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + legendHeight}" width="${width}" height="${height + legendHeight}" role="img" font-family="sans-serif" font-size="9" fill="${colours.text}">`,
    `<title>${escapeXml(`${title} (${summary})`)}</title>`,
    `<rect width="${width}" height="${height + legendHeight}" fill="${colours.wall}"/>`,
    `<path fill="${colours.room}" d="${runs(map, '.')}"/>`,
    `<path fill="${colours.corridor}" d="${runs(map, ',')}"/>`,
    `<path fill="${colours.building}" d="${squares(map, (span) => span > 1)}"/>`,
    `<path fill="${colours.asset}" d="${squares(map, (span) => span === 1)}"/>`,
    ...map.lamps.map((point) => dot(point, 2, colours.lamp)),
    ...map.loot.map((point) => dot(point, 2.5, colours.loot)),
    ...map.hidingPlaces.map((point) => dot(point, 3, colours.hiding)),
    ...map.enemySpawns.map((spawn) => letter(spawn, spawn.kind.charAt(0).toUpperCase(), colours.enemy)),
    ...map.objectives.map((one) => letter(one, objectiveLetter[one.kind], colours.objective)),
    letter(map.playerSpawn, 'P', colours.spawn),
    ...legend(height, title, summary),
    '</svg>',
    '',
  ].join('\n');
}

/** One path for all cells with the symbol, a rectangle for each run along a row. */
function runs(map: NightMap, symbol: '.' | ','): string {
  return map.cells
    .flatMap((row, y) =>
      [...row.matchAll(symbol === '.' ? /\.+/g : /,+/g)].map(
        (run) => `M${run.index * scale} ${y * scale}h${run[0].length * scale}v${scale}H${run.index * scale}z`,
      ),
    )
    .join('');
}

function squares(map: NightMap, wanted: (span: number) => boolean): string {
  return map.placements
    .filter((placement) => wanted(placement.span))
    .map(({ x, y, span }) => {
      const edge = span * scale - 2;
      const left = (x - (span - 1) / 2) * scale + 1;
      const top = (y - (span - 1) / 2) * scale + 1;
      return `M${left} ${top}h${edge}v${edge}H${left}z`;
    })
    .join('');
}

function dot({ x, y }: GridPoint, radius: number, fill: string): string {
  return `<circle cx="${(x + 0.5) * scale}" cy="${(y + 0.5) * scale}" r="${radius}" fill="${fill}"/>`;
}

function letter(point: GridPoint, text: string, fill: string): string {
  const [x, y] = [(point.x + 0.5) * scale, (point.y + 0.5) * scale];
  return `${dot(point, 5.5, fill)}<text x="${x}" y="${y + 3}" text-anchor="middle" fill="${colours.wall}">${text}</text>`;
}

function legend(top: number, title: string, summary: string): string[] {
  const entries = [
    ['P', colours.spawn, 'arrival'],
    ['G K R X', colours.objective, 'generator, key, ritual, escape'],
    ['A–Z', colours.enemy, 'enemy, by its first letter'],
  ] as const;
  const small = [
    [colours.hiding, 'hiding place'],
    [colours.loot, 'loot'],
    [colours.lamp, 'lamp'],
  ] as const;
  return [
    `<text x="6" y="${top + 12}" font-weight="bold">${escapeXml(title)}</text>`,
    `<text x="6" y="${top + 25}">${escapeXml(summary)}; ${entries.map(([key, , words]) => `${key} ${words}`).join(' · ')}</text>`,
    ...small.map(
      ([fill, words], index) =>
        `<circle cx="${10 + index * 80}" cy="${top + 36}" r="3" fill="${fill}"/><text x="${17 + index * 80}" y="${top + 39}">${words}</text>`,
    ),
  ];
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (symbol) => `&#${symbol.charCodeAt(0)};`);
}
