import type { QualityActivities } from '../domain/deploy-activities.js';
import { gateResult, type GateResult } from '../domain/gate.js';
import type { ReleaseGate } from '../domain/gate-policy.js';
import { checkDocs } from './quality/docs-gate.js';
import { checkPerformance } from './quality/performance-gate.js';
import { checkPublishSafety } from './quality/publish-safety-gate.js';
import { openRelease, type QualityDependencies, type ReleaseSource } from './quality/release-source.js';
import { checkSecurity } from './quality/security-gate.js';
import { checkTestedLines, checkTests } from './quality/test-gates.js';
import { activitySignal } from './support/context.js';

export type { QualityDependencies } from './quality/release-source.js';

type Check = (release: ReleaseSource) => Promise<GateResult> | GateResult;

const checks: readonly (readonly [ReleaseGate, Check])[] = [
  ['unit-tests', checkTests],
  ['coverage', checkTestedLines],
  ['performance', checkPerformance],
  ['security', checkSecurity],
  ['docs', checkDocs],
  ['publish-safety', checkPublishSafety],
];

export function createQualityActivities(dependencies: QualityDependencies): QualityActivities {
  return {
    async inspectRelease({ project, content, since }) {
      const signal = activitySignal();
      const release = openRelease(dependencies, { project, content, since }, signal);
      const gates: GateResult[] = [];
      for (const [gate, check] of checks) {
        if (project.config.gates.policy[gate] !== 'off') gates.push(await isolated(gate, check, release));
      }
      return { gates };
    },
  };
}

/** A tool that breaks says nothing about the release: its gate is inconclusive, and the others go on. */
async function isolated(gate: ReleaseGate, check: Check, release: ReleaseSource): Promise<GateResult> {
  release.signal?.throwIfAborted();
  try {
    return await check(release);
  } catch (error) {
    release.signal?.throwIfAborted();
    const cause = error instanceof Error ? error.message : String(error);
    return gateResult(gate, 'inconclusive', `It could not be looked at: ${cause}`);
  }
}
