/** `npm run bench [-- NAME …] [--json] [--check]`: see docs/bench.md. Needs a build. */
import path from 'node:path';
import { parseArgs } from 'node:util';

import { benches, usage } from '../bench/catalogue.mjs';
import { createInterruption } from '../bench/interruption.mjs';
import { describeMachine } from '../bench/machine.mjs';
import { measureAll } from '../bench/measure-all.mjs';
import { renderTable } from '../bench/table.mjs';
import { writeFileAtomically } from './lib/files.mjs';
import { packageRoot } from './lib/package-root.mjs';

const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 };

function readArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const known = benches.map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`no bench named ${unknown.join(', ')}; there are ${known.join(', ')}`);
  }
  const chosen = benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { ...values, chosen };
}

async function main(args) {
  let options;
  try {
    options = readArguments(args);
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n\n${usage}`);
    return exitCodes.usage;
  }
  if (options.help) {
    process.stdout.write(usage);
    return exitCodes.ok;
  }

  const interruption = createInterruption();
  const log = (line) => process.stderr.write(`${line}\n`);
  const machine = describeMachine();
  const results = await measureAll(options.chosen, { log, signal: interruption.signal });
  if (interruption.signal.aborted) return exitCodes.interrupted;

  const json = `${JSON.stringify(results, null, 2)}\n`;
  await writeFileAtomically(path.join(packageRoot, 'bench', 'results.json'), json);
  process.stderr.write(`\n${renderTable(machine, results)}`);
  if (options.json) process.stdout.write(json);

  const unmeasured = results.some(({ value }) => value === null);
  const missed = results.some(({ holds }) => !holds);
  return unmeasured || (options.check && missed) ? exitCodes.failed : exitCodes.ok;
}

process.exitCode = await main(process.argv.slice(2));
