import { runSpecs, type LuauModule } from '../../adapters/luau/index.js';
import {
  applyMutation,
  findMutations,
  sampleMutations,
  type Mutation,
} from '../../adapters/luau-mutants/index.js';
import { z } from 'zod';

import { digestOf } from '../../domain/canonical-json.js';
import type { CodeFinding } from '../../domain/code-finding.js';
import { mutantSchema, type FileCoverage, type Mutant } from '../../domain/code-report.js';
import { checked, count } from './checked.js';
import type { CheckedCode, CodeGateTools } from './code-gate.js';
import { modulesOf } from './unit-tests.js';
import type { Workpiece } from './workpiece.js';

/** Mutants of one change set, and of one file of it: enough for a share, few enough for a gate that people wait for. */
const mostMutants = 120;
const mostPerFile = 8;

/** Part of the cache's key: raise it when operators or sampling change. */
const version = 1;

/** A mutant that takes more loop turns and calls than this does not end. Ten times what the longest spec takes. */
const interrupts = 20_000_000;

export type Mutated = { check: CheckedCode; mutants: Mutant[] };

/** Share of seeded mistakes in the logic that tests notice. Only lines that tests run are seeded: coverage asks for the others. */
export async function checkMutants(
  piece: Workpiece,
  coverage: readonly FileCoverage[],
  tools: CodeGateTools,
  signal: AbortSignal | undefined,
): Promise<Mutated> {
  const tested = coverage.filter(({ covered }) => covered > 0);
  const most = Math.min(mostPerFile, Math.max(2, Math.ceil(mostMutants / Math.max(tested.length, 1))));
  const modules = modulesOf(piece);
  const results = await inParallel(tools.luau.runtime.parallel, tested, (file) =>
    mutateFile(piece, modules, file, most, tools, signal),
  );
  const mutants = results.flat();
  const survived = mutants.filter(({ end }) => end === 'survived');
  const killed = mutants.length - survived.length;
  const share = mutants.length === 0 ? 1 : killed / mutants.length;
  const least = piece.input.rules.mutants;
  const findings = survived.map(({ file, line, change }): CodeFinding => ({
    check: 'mutants',
    file,
    line,
    rule: 'survived-mutant',
    severity: share >= least ? 'warning' : 'error',
    message: `no test noticed when ${change}`,
    fix: 'test the result that this decides',
  }));
  const figures =
    mutants.length === 0
      ? 'No logic is new that could be mutated'
      : `Tests notice ${killed} of ${count(mutants.length, 'seeded mistake')} (${Math.floor(share * 100)} %) in ${count(tested.length, 'module')}`;
  return {
    check: checked('mutants', findings, {
      passed: figures,
      failed: () => `${figures}; ${Math.round(least * 100)} % are asked for`,
    }),
    mutants,
  };
}

const cachedSchema = z.array(mutantSchema);

async function mutateFile(
  piece: Workpiece,
  modules: readonly LuauModule[],
  { file, missed }: FileCoverage,
  most: number,
  { luau, cache }: CodeGateTools,
  signal: AbortSignal | undefined,
): Promise<Mutant[]> {
  const script = piece.script(file);
  if (script === undefined) return [];
  const specs = specsOf(piece, modules, file);
  const needed = closureOf(piece, specs);
  const few = modules.filter(({ path }) => needed.has(path));
  const key = digestOf({ check: 'mutants', version, most, file, specs, modules: few });
  const cached = cachedSchema.safeParse(await cache?.get(key));
  if (cached.success) return cached.data;

  const untested = new Set(missed);
  const lines = new Set(script.tree.source.split('\n').map((_, index) => index + 1));
  for (const line of untested) lines.delete(line);
  const mutations = sampleMutations(findMutations(script.tree), {
    seed: file + script.tree.source,
    lines,
    most,
  });
  const run = (among: readonly LuauModule[]) =>
    runSpecs(luau.runtime, among, {
      specs,
      stopAtFailure: true,
      limits: { seconds: 10, interrupts },
      signal,
    });
  // What a spec requires in a way that nobody can see from outside is not among the few.
  const among = (await run(few)).failures.length === 0 ? few : modules;
  const mutants: Mutant[] = [];
  for (const mutation of mutations) {
    const source = applyMutation(script.tree.source, mutation);
    const { failures } = await run(
      among.map((module) => (module.path === file ? { ...module, source } : module)),
    );
    mutants.push({ file, line: mutation.line, change: mutation.change, end: endOf(mutation, failures) });
  }
  await cache?.put(key, mutants);
  return mutants;
}

function endOf(_mutation: Mutation, failures: readonly { message: string }[]): Mutant['end'] {
  const [first] = failures;
  if (first === undefined) return 'survived';
  return /^ended after \d+ ms/.test(first.message) ? 'timeout' : 'killed';
}

/** The specs that speak for a module: its own by name, else those that require it, else those that reach it. */
function specsOf(piece: Workpiece, modules: readonly LuauModule[], file: string): string[] {
  const specs = modules.map(({ path }) => path).filter(piece.isSpec);
  const name = /([^/]+)\.luau$/.exec(file)?.[1] ?? '';
  const requiring = specs.filter((spec) => piece.requirements(spec).some(({ target }) => target === file));
  const own = requiring.filter((spec) => spec.endsWith(`/${name}.spec.luau`));
  if (own.length > 0) return own;
  return requiring.length > 0 ? requiring : specs.filter((spec) => closureOf(piece, [spec]).has(file));
}

/** The files, and all modules that they require, and so on. */
function closureOf(piece: Workpiece, files: readonly string[]): Set<string> {
  const seen = new Set(files);
  for (const file of seen) for (const { target } of piece.requirements(file)) seen.add(target);
  return seen;
}

/** So many at a time, in order; the results in the order of the items. */
async function inParallel<Item, Result>(
  most: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(most, 1) }, worker));
  return results;
}
