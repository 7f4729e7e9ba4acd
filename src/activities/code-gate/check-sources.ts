import { unreachableSites } from '../../adapters/luau/index.js';
import type { CodeFinding } from '../../domain/code-finding.js';
import type { NightMap } from '../../domain/night.js';
import { checkLint, checkSecurity, checkTypes, type Analysed } from './analysis-checks.js';
import { checked, count, notChecked } from './checked.js';
import {
  codeGates,
  type CheckedCode,
  type CheckSources,
  type CodeGate,
  type CodeGateResult,
} from './code-gate.js';
import { checkCoverage, type Covered } from './coverage.js';
import { newLogic } from './new-logic.js';
import { checkMutants, type Mutated } from './mutants.js';
import { checkFormat, checkPaths, checkSyntax } from './text-checks.js';
import { checkUnitTests, type Tested } from './unit-tests.js';
import { openWorkpiece } from './workpiece.js';

export const checkSources: CheckSources = async (input, tools, options = {}) => {
  const { signal } = options;
  const wanted = options.gates ?? new Set(codeGates);
  const piece = openWorkpiece(input, tools.parser, tools.guard);
  // Told apart by parsing every new file, which a few checks alone can do without.
  const logic = wanted.has('unit-tests') || wanted.has('coverage') ? newLogic(piece) : [];
  const { runtime } = tools.luau;
  const done = new Map<CodeGate, CheckedCode>();

  /** Does the check where it is wanted. One whose tool breaks says nothing about the code, and the others go on. */
  async function gate<Result>(
    name: CodeGate,
    check: () => Promise<Result> | Result,
    of: (result: Result) => CheckedCode,
  ): Promise<Result | undefined> {
    if (!wanted.has(name)) return undefined;
    signal?.throwIfAborted();
    try {
      const result = await check();
      done.set(name, of(result));
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      const cause = error instanceof Error ? error.message : String(error);
      done.set(name, notChecked(name, `It could not be looked at: ${cause}`));
      return undefined;
    }
  }
  const itself = (check: CheckedCode) => check;

  await gate('paths', () => checkPaths(piece), itself);
  const syntax = await gate('syntax', () => checkSyntax(piece, tools, signal), itself);
  if (syntax?.gate.verdict === 'fail') {
    const why = `Not looked at: ${syntax.gate.summary}`;
    for (const name of ['format', 'types', 'unit-tests', 'coverage', 'mutants'] as const) {
      if (wanted.has(name)) done.set(name, notChecked(name, why));
    }
    const broken = new Set(syntax.findings.map(({ file }) => file));
    await gate('lint', () => checkLint(piece, broken, Promise.resolve(undefined)), itself);
    await gate('security', () => checkSecurity(piece), itself);
  } else {
    // The checker and the tests are other processes: they work while this one lints and formats.
    const analysed = gate(
      'types',
      () => checkTypes(piece, tools, signal),
      ({ check }: Analysed) => check,
    );
    const [tested] = await Promise.all([
      gate(
        'unit-tests',
        () => checkUnitTests(piece, tools, { coverage: logic, signal }),
        (result: Tested) => result.check,
      ),
      gate('lint', () => checkLint(piece, new Set(), analysed), itself),
      gate('security', () => checkSecurity(piece), itself),
      gate('format', () => checkFormat(piece, tools), itself),
    ]);
    const counts = tested?.report.coverage;
    const uncounted = runtime.measuresCoverage
      ? 'The tests did not run'
      : `${runtime.name} counts no lines. ${tools.luau.unchecked ?? 'Install luau-kit'}`;
    let covered: Covered | undefined;
    if (counts === undefined && logic.length > 0) {
      if (wanted.has('coverage')) done.set('coverage', notChecked('coverage', uncounted));
      if (wanted.has('mutants')) done.set('mutants', notChecked('mutants', uncounted));
    } else {
      covered = await gate(
        'coverage',
        () => checkCoverage(piece, logic, counts ?? new Map()),
        ({ check }: Covered) => check,
      );
      if (tested?.check.gate.verdict === 'fail' && wanted.has('mutants')) {
        done.set('mutants', notChecked('mutants', 'Tests that fail already notice nothing'));
      } else if (covered !== undefined) {
        const { files } = covered;
        const mutated = await gate(
          'mutants',
          () => checkMutants(piece, files, tools, signal),
          ({ check }: Mutated) => check,
        );
        if (mutated) return conclude(done, input.map, wanted, { tested, covered, mutated });
      }
    }
    return conclude(done, input.map, wanted, { tested, covered });
  }
  return conclude(done, input.map, wanted, {});
};

function conclude(
  done: Map<CodeGate, CheckedCode>,
  map: NightMap | undefined,
  wanted: ReadonlySet<CodeGate>,
  {
    tested,
    covered,
    mutated,
  }: { tested?: Tested | undefined; covered?: Covered | undefined; mutated?: Mutated | undefined },
): CodeGateResult {
  if (map !== undefined && wanted.has('map')) done.set('map', checkMap(map));
  const checks = codeGates.flatMap((name) => {
    const check = done.get(name);
    return check === undefined ? [] : [check];
  });
  return {
    gates: checks.map(({ gate }) => gate),
    findings: checks.flatMap(({ findings }) => findings),
    checks,
    ...(tested && {
      tests: {
        files: tested.report.files,
        passed: tested.report.passed,
        failed: tested.report.failures.length,
      },
    }),
    ...(covered && { coverage: covered.files }),
    ...(mutated && { mutants: mutated.mutants }),
  };
}

function checkMap(map: NightMap): CheckedCode {
  const findings = unreachableSites(map).map((message): CodeFinding => ({
    check: 'map',
    file: 'the map',
    rule: 'unreachable',
    severity: 'error',
    message,
  }));
  const sites = map.objectives.length + map.hidingPlaces.length + map.loot.length + map.enemySpawns.length;
  return checked('map', findings, {
    passed: `All ${map.objectives.length} objectives and ${sites} sites can be walked to from the spawn`,
    failed: (errors) => `${errors} of ${count(sites, 'site')} cannot be reached from the spawn`,
  });
}
