/**
 * Proves nights 1–10 of the default season by 400 nights each and writes what came out: the picture
 * `docs/images/balance-curve.svg` and the table in `docs/balance.md`. Needs a build; minutes.
 *
 * `node scripts/build-and-run.mjs scripts/balance-curve.mjs [--nights 400] [--seed 1]`
 */
import { availableParallelism } from 'node:os';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { writeFileAtomically } from './lib/files.mjs';
import { packageRoot } from './lib/package-root.mjs';

const { createNightPlayer, proveBalance, readBalanceProgram } =
  await import('../dist/adapters/balance/index.js');
const { createLuauTools } = await import('../dist/adapters/luau-tools/index.js');
const { renderBalanceCurve } = await import('../dist/domain/balance-curve-svg.js');
const { balanceSettingsSchema } = await import('../dist/domain/balance.js');
const { designNight } = await import('../dist/domain/night-design.js');
const { seasonSchema } = await import('../dist/domain/project.js');
const { resolveCache } = await import('../dist/stack/index.js');

const { values } = parseArgs({
  options: { nights: { type: 'string', default: '400' }, seed: { type: 'string', default: '1' } },
});
const settings = balanceSettingsSchema.parse({ nights: Number(values.nights) });
const season = seasonSchema.parse({ seed: Number(values.seed) });
const log = (line) => process.stderr.write(`balance-curve: ${line}\n`);

const tools = await createLuauTools({ env: process.env, cacheDirectory: resolveCache(process.env) });
const program = await readBalanceProgram();
const reports = [];
for (let night = 1; night <= 10; night++) {
  const { report } = await proveBalance(designNight({ project: 'demo', night, season }), {
    settings,
    play: createNightPlayer(tools.runtime, program),
    runtime: tools.runtime.name,
    rules: program.digest,
    budgetMs: 30 * 60_000,
    parallel: tools.runtime.parallel ?? availableParallelism(),
  });
  reports.push(report);
  log(
    `night ${night}: ${report.verdict}, ${Math.round(report.survival.share * 100)} % of ${report.nights}, ` +
      `${report.effort.nightsPlayed} played in ${Math.round(report.effort.milliseconds / 1000)} s`,
  );
}
await tools.close();

const caption = `${settings.nights} nights each, four bots, season seed ${season.seed}; rules ${program.digest.slice(0, 12)}, ${tools.runtime.name}`;
const picture = path.join(packageRoot, 'docs', 'images', 'balance-curve.svg');
await writeFileAtomically(picture, renderBalanceCurve(reports, caption));
const page = path.join(packageRoot, 'docs', 'balance.md');
const marked = /(<!-- curve: begin -->)[\s\S]*(<!-- curve: end -->)/;
const text = await readFile(page, 'utf8');
await writeFileAtomically(
  page,
  text.replace(marked, (_all, begin, end) => [begin, '', table(), '', end].join('\n')),
);
log(`wrote ${path.relative(process.cwd(), picture)} and the table in ${path.relative(process.cwd(), page)}`);

function table() {
  const percent = (share) => `${Math.round(share * 100)} %`;
  const head = [
    'night',
    'wanted',
    'survive',
    '95 %',
    'novice',
    'average',
    'expert',
    'all done in',
    'before tuning',
    'tries',
    'verdict',
  ];
  const rows = reports.map((report) => [
    report.night,
    percent(report.target.survival),
    percent(report.survival.share),
    `${percent(report.survival.low)}–${percent(report.survival.high)}`,
    ...['novice', 'average', 'expert'].map((skill) => percent(report.skills[skill].survival.share)),
    percent(report.exitOpened.share),
    percent(report.tuning[0]?.survival ?? report.survival.share),
    Math.max(0, report.tuning.length - 1),
    report.verdict,
  ]);
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => String(row[column]))].map((cell) => String(cell).length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, column) => String(cell).padStart(widths[column])).join(' | ')} |`;
  return [
    line(head),
    `| ${widths.map((size) => `${'-'.repeat(size - 1)}:`).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}
