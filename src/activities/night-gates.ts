import { GraveshiftError } from '../domain/failure.js';
import { gateResult, type GateResult, type Verdict } from '../domain/gate.js';
import type { NightMap } from '../domain/night.js';
import {
  compileLuau,
  formatLuau,
  runLuauTests,
  toLuauModules,
  unreachableSites,
  type LuauTestFailure,
  type LuauTestReport,
  type Mount,
} from '../adapters/luau/index.js';

/** A gate for the run's history, which is small, and everything that was found, for the report. */
export type Check = { gate: GateResult; findings: string[]; tests?: LuauTestReport };

function check(gate: string, verdict: Verdict, summary: string, findings: string[] = []): Check {
  return { gate: gateResult(gate, verdict, summary, findings), findings };
}

export function checkFormat(luau: ReadonlyMap<string, string>): Check {
  const findings = [...luau].flatMap(([path, source]) => {
    try {
      return formatLuau(path, source) === source ? [] : [`${path} is not formatted as StyLua formats it`];
    } catch (error) {
      if (error instanceof GraveshiftError) return [error.message];
      throw error;
    }
  });
  return findings.length === 0
    ? check('format', 'pass', `${luau.size} Luau files are formatted`)
    : check('format', 'fail', `${findings.length} of ${luau.size} Luau files are not formatted`, findings);
}

export async function checkCompile(
  luau: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
): Promise<Check> {
  const errors = await compileLuau(luau, signal === undefined ? {} : { signal });
  const findings = errors.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  return findings.length === 0
    ? check('compile', 'pass', `${luau.size} Luau files compile`)
    : check('compile', 'fail', `${findings.length} of ${luau.size} Luau files do not compile`, findings);
}

function describeFailure({ file, test, message }: LuauTestFailure): string {
  return test === '' ? `${file}: ${message}` : `${file} › ${test}: ${message}`;
}

export async function checkUnitTests(
  luau: ReadonlyMap<string, string>,
  mounts: readonly Mount[],
  signal: AbortSignal | undefined,
): Promise<Check> {
  const tests = await runLuauTests(toLuauModules(luau, mounts), signal === undefined ? {} : { signal });
  const findings = tests.failures.map(describeFailure);
  const figures = `${tests.passed} tests in ${tests.files} files`;
  if (findings.length > 0) {
    const summary = `${findings.length} failures; ${figures} passed`;
    return { ...check('unit-tests', 'fail', summary, findings), tests };
  }
  if (tests.passed === 0) {
    return { ...check('unit-tests', 'inconclusive', 'The change set holds no test'), tests };
  }
  return { ...check('unit-tests', 'pass', `${figures} passed`), tests };
}

export function checkMap(map: NightMap): Check {
  const findings = unreachableSites(map);
  const sites = map.objectives.length + map.hidingPlaces.length + map.loot.length + map.enemySpawns.length;
  return findings.length === 0
    ? check(
        'map',
        'pass',
        `All ${map.objectives.length} objectives and ${sites} sites can be walked to from the spawn`,
      )
    : check('map', 'fail', `${findings.length} of ${sites} sites cannot be reached from the spawn`, findings);
}
