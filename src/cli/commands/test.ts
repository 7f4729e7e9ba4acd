import { watch } from 'node:fs';
import path from 'node:path';

import { createJsonCache } from '../../adapters/files/json-cache.js';
import { createLuauParser } from '../../adapters/luau-syntax/index.js';
import { createLuauTools } from '../../adapters/luau-tools/index.js';
import { readWorkingCopy } from '../../adapters/projects/working-copy.js';
import type { CodeGateTools } from '../../activities/code-gate/index.js';
import { resolveCache } from '../../stack/index.js';
import { type CommandKit, printData, withExamples, withJson } from '../command-kit.js';
import type { CliContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { aborted, withInterrupt } from '../interrupt.js';
import { checkWorkingCopy, renderGates } from '../test/gate-run.js';
import { renderTests, testWorkingCopy } from '../test/test-run.js';

type TestFlags = { json?: true; filter?: string; gate?: true; watch?: true };

/** Editors write a file more than once when they save it. */
const settleMs = 150;

export function addTest({ program, context, exitWith }: CommandKit): void {
  const command = withJson(program.command('test'))
    .description("run the specs of a project's working copy, in seconds and without the engine")
    .argument('[dir]', "the project's directory", '.')
    .option('--filter <text>', 'only specs whose path contains the text')
    .option('--gate', 'also check what differs from the last commit as a run would: types, lint, coverage, …')
    .option('--watch', 'run again when a file changes, until Ctrl-C')
    .action(async (dir: string, flags: TestFlags) => {
      const directory = path.resolve(context.cwd, dir);
      const cacheDirectory = resolveCache(context.env);
      const luau = await createLuauTools({ env: context.env, cacheDirectory });
      const tools: CodeGateTools = {
        luau,
        parser: await createLuauParser(),
        cache: createJsonCache({ directory: path.join(cacheDirectory, 'code-gate') }),
      };
      try {
        await withInterrupt(context, async (signal) => {
          const once = () => runOnce(context, directory, tools, flags, signal);
          let passed = await once();
          if (flags.watch) await repeatOnChange(directory, signal, async () => void (passed = await once()));
          exitWith(passed ? exitCodes.ok : exitCodes.failed);
        });
      } finally {
        await luau.close();
      }
    });
  withExamples(
    command,
    'graveshift test',
    'graveshift test --filter Grid',
    'graveshift test --gate --json | jq .gates',
    'graveshift test --watch',
  );
}

/** @returns whether everything passed */
async function runOnce(
  context: CliContext,
  directory: string,
  tools: CodeGateTools,
  flags: TestFlags,
  signal: AbortSignal,
): Promise<boolean> {
  const copy = await readWorkingCopy(directory, context.env);
  if (flags.gate) {
    const result = await checkWorkingCopy(copy, tools, signal);
    printData(context, flags, result, () => renderGates(result, context.colors.out));
    return result.gates.every(({ verdict }) => verdict !== 'fail');
  }
  const result = await testWorkingCopy(copy, tools, { filter: flags.filter, signal });
  printData(context, flags, result, () => renderTests(result, context.colors.out));
  return result.failed.length === 0 && result.passed > 0;
}

async function repeatOnChange(
  directory: string,
  signal: AbortSignal,
  run: () => Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const watcher = watch(directory, { recursive: true }, (_event, file) => {
    if (file === null || !/\.(?:luau?|json)$/.test(file) || /(?:^|[\\/])\.git(?:[\\/]|$)/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(run, run);
    }, settleMs);
  });
  await aborted(signal);
  watcher.close();
  clearTimeout(timer);
  // The run that was cut short by the interrupt is no failure of the tests.
  await running.catch(() => undefined);
}
