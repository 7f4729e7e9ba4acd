import { findMount, readRojoMounts, testsFolder, type Mount } from '../../adapters/luau/index.js';
import { gateResult, type GateResult } from '../../domain/gate.js';
import { checkCompile, checkUnitTests } from '../night-gates.js';
import type { ReleaseSource } from './release-source.js';

const gate = 'unit-tests';

/**
 * Compiles the commit's Luau and runs its tests again. The specs are those of `tests/graveshift`: what else is called
 * a spec was written for another runner.
 */
export async function checkTests(release: ReleaseSource): Promise<GateResult> {
  const luau = await release.luau();
  const compiled = await checkCompile(luau, release.signal);
  if (compiled.gate.verdict !== 'pass') return { ...compiled.gate, gate };
  const isSpec = (path: string) => path.endsWith('.spec.luau');
  const chosen = new Map([...luau].filter(([path]) => !isSpec(path) || path.startsWith(`${testsFolder}/`)));
  if (![...chosen.keys()].some(isSpec)) {
    const summary = `${luau.size} Luau files compile, and there is no test: ${testsFolder} holds no .spec.luau`;
    return gateResult(gate, 'inconclusive', summary);
  }
  const tested = await checkUnitTests(chosen, await readMounts(release), release.signal);
  const { verdict, summary, findings } = tested.gate;
  if (verdict === 'fail' && release.project.config.prepare.length > 0) {
    return gateResult(
      gate,
      'inconclusive',
      `${summary}. What the preparation steps make (packages, compiled code) is not there when tests run outside a build`,
      findings,
    );
  }
  return gateResult(gate, verdict, `${luau.size} Luau files compile; ${summary}`, findings);
}

async function readMounts({ project, text }: ReleaseSource): Promise<Mount[]> {
  const { rojoProject } = project.target;
  const mounts = readRojoMounts(rojoProject, (await text(rojoProject)) ?? '');
  const { shared, server } = project.config.code;
  return [
    ...mounts,
    findMount(mounts, shared, { field: 'code.shared', service: 'ReplicatedStorage', rojoProject }),
    findMount(mounts, server, { field: 'code.server', service: 'ServerScriptService', rojoProject }),
    { folder: testsFolder, instance: ['ServerStorage', 'GraveshiftTests'] },
  ];
}

/** Said, so that nobody takes its absence for a pass. */
export function coverageNotMeasured({ project }: ReleaseSource): GateResult {
  const least = Math.round(project.config.gates.coverage * 100);
  return gateResult(
    'coverage',
    'inconclusive',
    `Nothing measures the lines of Luau that tests run yet, of which ${least} % are asked for: the tool comes with ` +
      'luau-kit. Until then set gates.policy.coverage to "advisory"',
  );
}
