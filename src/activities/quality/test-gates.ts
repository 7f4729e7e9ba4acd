import { compileScripts, generatedMark, testsFolder, testsMount } from '../../adapters/luau/index.js';
import { gateResult, type GateResult } from '../../domain/gate.js';
import { checkSources, type CodeGateResult } from '../code-gate/index.js';
import type { ReleaseSource } from './release-source.js';

/** What the tests of a commit said; undefined where it does not compile, or has none. */
export type ReleaseTests = { refusal: Omit<GateResult, 'gate'> } | { tested: CodeGateResult };

const isSpec = (path: string) => path.endsWith('.spec.luau');

/**
 * Compiles the commit's Luau and runs its tests again, counting lines. The specs are those of `tests/graveshift`: what
 * else is called a spec was written for another runner.
 */
export async function testRelease(release: ReleaseSource): Promise<ReleaseTests> {
  const { code, project, signal } = release;
  const luau = await release.luau();
  const errors = await compileScripts(code.luau.runtime, luau, signal);
  if (errors.length > 0) {
    const findings = errors.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    const {
      verdict,
      summary,
      findings: shown,
    } = gateResult('compile', 'fail', `${errors.length} of ${luau.size} Luau files do not compile`, findings);
    return { refusal: { verdict, summary, findings: shown } };
  }
  const chosen = [...luau].filter(([path]) => !isSpec(path) || path.startsWith(`${testsFolder}/`));
  if (!chosen.some(([path]) => isSpec(path))) {
    const summary = `${luau.size} Luau files compile, and there is no test: ${testsFolder} holds no .spec.luau`;
    return { refusal: { verdict: 'inconclusive', summary, findings: [] } };
  }
  const { rojoProject } = project.target;
  const { coverage, security } = project.config.gates;
  const tested = await checkSources(
    {
      base: new Map((await release.paths()).map((path) => [path, undefined])),
      changes: new Map(chosen.map(([path, text]) => [path, new TextEncoder().encode(text)])),
      rojoProject: { path: rojoProject, text: (await release.text(rojoProject)) ?? '' },
      tests: [testsMount],
      rules: {
        coverage,
        mutants: 0,
        allowedAssets: new Set(security.allowedAssets),
        allowedHosts: security.allowedHosts,
      },
      counts: (_path, source) => source.slice(0, 400).includes(generatedMark),
    },
    code,
    { gates: new Set(['unit-tests', 'coverage']), ...(signal && { signal }) },
  );
  return { tested };
}

export async function checkTests(release: ReleaseSource): Promise<GateResult> {
  const gate = 'unit-tests';
  const tests = await release.tests();
  if ('refusal' in tests) return { gate, ...tests.refusal };
  const result = tests.tested.gates.find((one) => one.gate === gate);
  if (result === undefined) return gateResult(gate, 'inconclusive', 'The tests were not run');
  const { verdict, summary, findings } = result;
  if (verdict === 'fail' && release.project.config.prepare.length > 0) {
    return gateResult(
      gate,
      'inconclusive',
      `${summary}. What the preparation steps make (packages, compiled code) is not there when tests run outside a build`,
      findings,
    );
  }
  const { size } = await release.luau();
  return gateResult(gate, verdict, `${size} Luau files compile; ${summary}`, findings);
}

/** Lines of generated logic that the commit's tests run. */
export async function checkTestedLines(release: ReleaseSource): Promise<GateResult> {
  const gate = 'coverage';
  const tests = await release.tests();
  if ('refusal' in tests) return gateResult(gate, 'inconclusive', tests.refusal.summary);
  const result = tests.tested.gates.find((one) => one.gate === gate);
  if (result === undefined) return gateResult(gate, 'inconclusive', 'The tests were not run');
  // Which modules have less than others is for those who write them.
  return result.verdict === 'pass' ? { ...result, findings: [] } : result;
}
