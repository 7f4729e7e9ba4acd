import type { BalanceReport } from './balance.js';
import { percent } from './balance-verdict.js';

const width = 720;
const height = 330;
const chart = { left: 48, right: 700, top: 20, bottom: 270 };

/** What is drawn of a night's proof. */
export type CurvePoint = Pick<BalanceReport, 'night' | 'survival' | 'target' | 'tuning' | 'verdict'>;

/** Survival of nights as they were proved, beside the design curve with its band; circles: before tuning. */
export function renderBalanceCurve(points: readonly CurvePoint[], caption: string): string {
  const slot = (chart.right - chart.left) / Math.max(1, points.length);
  const x = (index: number) => chart.left + (index + 0.5) * slot;
  const y = (share: number) => chart.bottom - share * (chart.bottom - chart.top);
  const at = (index: number, share: number) => `${x(index).toFixed(1)} ${y(share).toFixed(1)}`;
  const upper = points.map(({ target }, index) => at(index, target.high));
  const lower = points.map(({ target }, index) => at(index, target.low)).reverse();
  const wanted = points.map(({ target }, index) => at(index, target.survival));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="12" fill="#333">`,
    `<title>Survival by night: proved by bots, and as the difficulty curve wants it</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (share) =>
        `<path d="M${chart.left} ${y(share)}H${chart.right}" stroke="#ddd"/><text x="${chart.left - 6}" y="${y(share) + 4}" text-anchor="end">${percent(share)}</text>`,
    ),
    `<path d="M${[...upper, ...lower].join('L')}Z" fill="#e69f00" fill-opacity=".2"/>`,
    `<path d="M${wanted.join('L')}" fill="none" stroke="#e69f00" stroke-width="2"/>`,
    ...points.flatMap(({ night, survival, tuning }, index) => [
      `<text x="${x(index).toFixed(1)}" y="${chart.bottom + 18}" text-anchor="middle">${night}</text>`,
      `<path d="M${at(index, survival.low)}V${y(survival.high).toFixed(1)}" stroke="#0072b2" stroke-width="2"/>`,
      circle(x(index), y(survival.share), 'fill="#0072b2"'),
      ...(tuning.length > 1 && tuning[0] !== undefined
        ? [circle(x(index) + 10, y(tuning[0].survival), 'fill="#fff" stroke="#999" stroke-width="1.5"')]
        : []),
    ]),
    `<text x="${(chart.left + chart.right) / 2}" y="${height - 24}" text-anchor="middle">night; blue: survival with its 95 % interval, orange: the curve and its band, grey: before tuning</text>`,
    `<text x="${(chart.left + chart.right) / 2}" y="${height - 8}" text-anchor="middle" fill="#666">${caption}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function circle(x: number, y: number, attributes: string): string {
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4.5" ${attributes}/>`;
}
