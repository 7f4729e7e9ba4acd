/**
 * Proves nights 1–10 of the default season by 400 nights each and writes what came out: the picture
 * `docs/images/balance-curve.svg` and the table in `docs/balance.md`. Needs a build; minutes. What was proved is kept in
 * the user's cache: a run that was interrupted goes on.
 *
 * `node scripts/build-and-run.mjs scripts/balance-curve.mjs [--nights 400] [--seed 1] [--from 1] [--parallel 2]`
 */
import { Buffer } from 'node:buffer';
import { availableParallelism } from 'node:os';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { writeFileAtomically } from './lib/files.mjs';
import { packageRoot } from './lib/package-root.mjs';

const { createBalanceActivities } = await import('../dist/activities/balance.js');
const { createFileArtifactStore } = await import('../dist/adapters/artifacts/index.js');
const { createFileBalanceIndex, readBalanceProgram } = await import('../dist/adapters/balance/index.js');
const { createLuauTools } = await import('../dist/adapters/luau-tools/index.js');
const { renderBalanceCurve } = await import('../dist/domain/balance-curve-svg.js');
const { balanceSettingsSchema } = await import('../dist/domain/balance.js');
const { designNight } = await import('../dist/domain/night-design.js');
const { seasonSchema } = await import('../dist/domain/project.js');
const { resolveCache } = await import('../dist/stack/index.js');

const { values } = parseArgs({
  options: {
    nights: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    parallel: { type: 'string', default: String(availableParallelism()) },
  },
});
const settings = balanceSettingsSchema.parse({ nights: Number(values.nights) });
const season = seasonSchema.parse({ seed: Number(values.seed) });
const log = (line) => process.stderr.write(`balance-curve: ${line}\n`);

const cacheDirectory = resolveCache(process.env);
const folder = path.join(cacheDirectory, 'balance-curve');
const artifacts = createFileArtifactStore({ directory: path.join(folder, 'store') });
const tools = await createLuauTools({ env: process.env, cacheDirectory, parallel: Number(values.parallel) });
const program = await readBalanceProgram();
const { balanceNight } = createBalanceActivities({
  artifacts,
  index: createFileBalanceIndex({ directory: path.join(folder, 'index') }),
  runtime: tools.runtime,
  readProgram: async () => program,
  budgetMs: 60 * 60_000,
});
const readJson = async (ref) => JSON.parse(Buffer.from(await artifacts.get(ref)).toString('utf8'));

const reports = [];
for (let night = Number(values.from); night <= 10; night++) {
  const design = Buffer.from(JSON.stringify(designNight({ project: 'demo', night, season })));
  const proof = await balanceNight({
    project: { config: { balance: settings } },
    design: await artifacts.put(design, 'application/json'),
  });
  const report = await readJson(proof.report);
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
