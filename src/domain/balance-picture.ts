import type { BalanceReport } from './balance.js';
import { percent } from './balance-verdict.js';

const width = 720;
const height = 300;
const chart = { left: 44, right: 470, top: 40, bottom: 240 };
const bars = { left: 520, right: 700 };

/** Colours that can be told apart on white and on black, also by most who are colour-blind (Okabe and Ito, 2008). */
const style = `<style>
svg { color-scheme: light dark; background: #fff; fill: #222; }
.line { stroke: #0072b2; fill: none; stroke-width: 2; }
.band { fill: #0072b2; fill-opacity: .18; }
.phase { fill: #888; fill-opacity: .1; }
.grid { stroke: #888; stroke-opacity: .4; }
.bar { fill: #0072b2; } .skill { fill: #56b4e9; }
.whisker { stroke: #222; stroke-width: 1.5; }
.target { fill: #e69f00; fill-opacity: .35; } .wanted { stroke: #e69f00; stroke-width: 2; }
.quiet { fill: #666; }
@media (prefers-color-scheme: dark) {
svg { background: #16181d; fill: #e8e6e1; } .whisker { stroke: #e8e6e1; } .quiet { fill: #aaa; }
}
</style>`;

/** Tension over the night and survival by skill, for the person who approves it: one small SVG, no scripts, no links. */
export function renderBalanceSvg(report: BalanceReport, durationSeconds: number): string {
  const title = `Night ${report.night}: ${percent(report.survival.share)} survive, wanted ${percent(report.target.survival)}`;
  const summary = `${report.nights} nights played by bots; verdict: ${report.verdict}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="11">`,
    `<title>${title} (${summary})</title>`,
    style,
    text(chart.left, 20, title, 'font-size="14" font-weight="bold"'),
    text(bars.right, 20, summary, 'class="quiet" text-anchor="end"'),
    ...tension(report, durationSeconds),
    ...survival(report),
    '</svg>',
    '',
  ].join('\n');
}

function tension(report: BalanceReport, durationSeconds: number): string[] {
  const x = (second: number) => chart.left + (second / durationSeconds) * (chart.right - chart.left);
  // Means of a party rarely pass one half: the axis ends where the band does.
  const most = Math.max(0.2, ...report.tension.map(({ high }) => Math.ceil(high * 10) / 10));
  const y = (value: number) => chart.bottom - (value / most) * (chart.bottom - chart.top);
  const point = (second: number, value: number) => `${x(second).toFixed(1)} ${y(value).toFixed(1)}`;
  const upper = report.tension.map(({ second, high }) => point(second, high));
  const lower = report.tension.map(({ second, low }) => point(second, low)).reverse();
  const mean = report.tension.map(({ second, mean }) => point(second, mean));
  return [
    ...phases(report, durationSeconds, x),
    ...[0, most / 2, most].map(
      (value) =>
        `<path class="grid" d="M${chart.left} ${y(value).toFixed(1)}H${chart.right}"/>${text(chart.left - 6, y(value) + 4, value.toFixed(2), 'class="quiet" text-anchor="end"')}`,
    ),
    ...(mean.length === 0
      ? []
      : [
          `<path class="band" d="M${[...upper, ...lower].join('L')}Z"/>`,
          `<path class="line" d="M${mean.join('L')}"/>`,
        ]),
    text(
      (chart.left + chart.right) / 2,
      height - 12,
      'tension of those in play: mean, and eight nights of ten',
      'class="quiet" text-anchor="middle"',
    ),
  ];
}

function phases(report: BalanceReport, durationSeconds: number, x: (second: number) => number): string[] {
  const safe = report.parameters.find(({ name }) => name === 'safeSeconds')?.after ?? 0;
  const witching = durationSeconds - (durationSeconds - safe) / 3;
  const spans = [
    ['safe', 0, safe],
    ['hunt', safe, witching],
    ['witching hour', witching, durationSeconds],
  ] as const;
  return spans.flatMap(([name, from, to], index) => [
    ...(index % 2 === 0
      ? [
          `<rect class="phase" x="${x(from).toFixed(1)}" y="${chart.top}" width="${(x(to) - x(from)).toFixed(1)}" height="${chart.bottom - chart.top}"/>`,
        ]
      : []),
    text(x(from) + 4, chart.bottom + 16, name),
    text(x(from) + 4, chart.bottom + 30, `${Math.round(from)} s`, 'class="quiet"'),
  ]);
}

function survival(report: BalanceReport): string[] {
  const rows = [
    { name: 'all', className: 'bar', interval: report.survival },
    ...Object.entries(report.skills).map(([name, one]) => ({
      name,
      className: 'skill',
      interval: one.survival,
    })),
  ];
  const y = (share: number) => chart.bottom - share * (chart.bottom - chart.top);
  const slot = (bars.right - bars.left) / rows.length;
  const { low, high, survival: wanted } = report.target;
  return [
    ...[0, 0.5, 1].map(
      (share) =>
        `<path class="grid" d="M${bars.left} ${y(share)}H${bars.right}"/>${text(bars.left - 6, y(share) + 4, percent(share), 'class="quiet" text-anchor="end"')}`,
    ),
    `<rect class="target" x="${bars.left}" y="${y(high).toFixed(1)}" width="${bars.right - bars.left}" height="${(y(low) - y(high)).toFixed(1)}"/>`,
    ...rows.flatMap(({ name, className, interval }, index) => {
      const left = bars.left + index * slot + slot * 0.18;
      const middle = bars.left + (index + 0.5) * slot;
      return [
        `<rect class="${className}" x="${left.toFixed(1)}" y="${y(interval.share).toFixed(1)}" width="${(slot * 0.64).toFixed(1)}" height="${(chart.bottom - y(interval.share)).toFixed(1)}"/>`,
        `<path class="whisker" d="M${middle.toFixed(1)} ${y(interval.low).toFixed(1)}V${y(interval.high).toFixed(1)}"/>`,
        text(middle, chart.bottom + 16, name, 'text-anchor="middle"'),
        text(middle, chart.bottom + 30, percent(interval.share), 'class="quiet" text-anchor="middle"'),
      ];
    }),
    `<path class="wanted" d="M${bars.left} ${y(wanted).toFixed(1)}H${bars.right}"/>`,
    text(
      (bars.left + bars.right) / 2,
      height - 12,
      'survival, 95 % interval; orange: wanted',
      'class="quiet" text-anchor="middle"',
    ),
  ];
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`;
}
