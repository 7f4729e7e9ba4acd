/** `npm run faults [-- --json FILE]`: every Open Cloud call under every fault; see docs/reliability.md. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import { insertFaultTable, renderFaultTable } from './lib/fault-table.mjs';
import { writeFileAtomically } from './lib/files.mjs';
import { packageRoot } from './lib/package-root.mjs';
import { runNode } from './lib/run-node.mjs';

const usage = `Usage: npm run faults [-- --json FILE]

Plays every fault on every Open Cloud call, in the activity that makes it, against the emulator. Writes the table
in docs/reliability.md; --json writes what was seen in each cell, too. Ends with 1 when a promise does not hold.
`;

/** Answers the cells, whether all promises held or not. */
async function playAll() {
  const folder = await mkdtemp(path.join(tmpdir(), 'graveshift-faults-'));
  try {
    const output = path.join(folder, 'cells.json');
    const vitest = path.join(packageRoot, 'node_modules', 'vitest', 'vitest.mjs');
    const config = path.join(packageRoot, 'test', 'faults', 'vitest.config.ts');
    const exitCode = await runNode([vitest, 'run', '--config', config], {
      cwd: packageRoot,
      quietStdout: true,
      env: { ...process.env, GRAVESHIFT_FAULTS_OUTPUT: output },
    });
    return { exitCode, cells: JSON.parse(await readFile(output, 'utf8')) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writePage(cells) {
  const file = path.join(packageRoot, 'docs', 'reliability.md');
  const page = insertFaultTable(await readFile(file, 'utf8'), renderFaultTable(cells));
  await writeFileAtomically(file, await format(page, { ...(await resolveConfig(file)), filepath: file }));
}

async function main(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    process.stderr.write(`faults: ${error.message}\n\n${usage}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const { exitCode, cells } = await playAll();
  if (values.json !== undefined) {
    await writeFileAtomically(path.resolve(values.json), `${JSON.stringify(cells, null, 2)}\n`);
  }
  const broken = cells.filter((cell) => cell.broken.length > 0);
  for (const { call, fault, broken: promises } of broken) {
    process.stderr.write(`${call} under ${fault}: ${promises.join('; ')}\n`);
  }
  process.stdout.write(`${renderFaultTable(cells)}\n`);
  if (exitCode !== 0 || broken.length > 0) return 1;
  await writePage(cells);
  process.stderr.write(`faults: ${cells.length} cells, every promise held; docs/reliability.md is written\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
