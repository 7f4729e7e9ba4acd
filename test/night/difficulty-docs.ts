import { difficultyOf, isBreather } from '../../src/domain/difficulty.js';
import { designNight } from '../../src/domain/night-design.js';
import { curves, season } from './seasons.js';

export const documentedNights = [1, 2, 3, 5, 8, 10, 13, 20, 50, 100];

/** The table of docs/night-design.md, in Markdown. */
export function difficultyTable(): string {
  const head = [
    'night',
    'intensity',
    'enemies',
    'kinds',
    'speed',
    'sight',
    'hearing',
    'objectives',
    'light',
    'length',
    'safe',
    'loot',
    'survival',
    'assets',
    'rooms',
  ];
  const rows = documentedNights.map((night) => {
    const { difficulty: d, assets, map } = designNight({ project: 'demo', night, season: season() });
    return [
      `${night}${d.breather ? ' (breather)' : ''}`,
      d.intensity.toFixed(2),
      d.enemyCount,
      d.enemyKinds.length,
      d.enemySpeed.toFixed(1),
      d.sightRange.toFixed(1),
      d.hearingRange.toFixed(1),
      d.objectiveCount,
      d.light.toFixed(2),
      `${d.durationSeconds} s`,
      `${d.safeSeconds} s`,
      d.lootCount,
      `${Math.round(d.targetSurvivalRate * 100)} %`,
      assets.length,
      map.rooms.length,
    ];
  });
  const line = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  );
}

const [width, height] = [720, 330];
const plot = { left: 44, right: 700, top: 20, bottom: 290 };
const lastNight = 60;
const colours = { gentle: '#4c9a6a', standard: '#c98a1b', brutal: '#c0392b' } as const;

/** Intensity over the first sixty nights, a line for each curve, for the audience `mild`. */
export function difficultyPicture(): string {
  const x = (night: number) => plot.left + ((night - 1) / (lastNight - 1)) * (plot.right - plot.left);
  const y = (intensity: number) => plot.bottom - intensity * (plot.bottom - plot.top);
  const nights = Array.from({ length: lastNight }, (_, index) => index + 1);
  const at = (night: number, settings: ReturnType<typeof season>) => {
    const { intensity } = difficultyOf(night, settings);
    return `${x(night).toFixed(1)} ${y(intensity).toFixed(1)}`;
  };
  const lines = curves.map((curve) => {
    const settings = season({ curve });
    const trend = nights.filter((night) => !isBreather(night, settings));
    const breathers = nights.filter((night) => isBreather(night, settings));
    const end = y(difficultyOf(lastNight - 1, settings).intensity) - 7;
    return [
      `<path d="M${trend.map((night) => at(night, settings)).join('L')}" fill="none" stroke="${colours[curve]}" stroke-width="2"/>`,
      ...breathers.map((night) => {
        const [cx, cy] = at(night, settings).split(' ');
        return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colours[curve]}"/>`;
      }),
      `<text x="${plot.right}" y="${end.toFixed(1)}" text-anchor="end" fill="${colours[curve]}">${curve}</text>`,
    ].join('\n');
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<path d="M${plot.left} ${y(value)}H${plot.right}" stroke="#ddd"/><text x="${plot.left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const labels = [1, 10, 20, 30, 40, 50, 60].map(
    (night) =>
      `<text x="${x(night).toFixed(1)}" y="${plot.bottom + 16}" text-anchor="middle">${night}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="12" fill="#333">`,
    '<title>Intensity by night for the curves gentle, standard and brutal, audience mild; dots are breathers</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...ticks,
    ...labels,
    `<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 34}" text-anchor="middle">night (dots: breathers)</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}
