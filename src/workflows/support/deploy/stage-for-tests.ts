import { CancellationScope } from '@temporalio/workflow';

import type { PublishIntent } from '../../../domain/activities.js';
import type { DeployCandidate } from '../../../domain/deploy-activities.js';
import type { GateResult } from '../../../domain/gate.js';
import { leasePriorities } from '../../../domain/place.js';
import { failRun } from '../failures.js';
import { acquirePlace, type PlaceLease } from '../lease.js';
import { landedAs, publishOnce } from '../publish.js';
import type { PipelineRun } from '../run.js';
import { history, ledger, live, preflight, releases } from '../stations.js';

/** The staged version that the tests ran on, and what they said. */
export type TestedStaging = { version: number; gate: GateResult };

/**
 * Makes sure that staging holds the candidate's very bytes, tests that version in the cloud, and puts staging back when
 * the tests fail. Nobody else publishes to staging meanwhile.
 */
export async function stageForTests(run: PipelineRun, candidate: DeployCandidate): Promise<TestedStaging> {
  const { staging, content, project } = candidate;
  const lease = await run.step('staging-place', () => acquirePlace(run, staging, leasePriorities.deploy));
  const version = await run.step('stage', () => stageOnce(run, candidate, lease), {
    landed: async (found, by) => {
      const { version: landed } = await landedAs(() => stagingIntent(run, candidate, lease))(found, by);
      return landed;
    },
  });
  const gate = await run.step('staging-tests', () =>
    live(`Test version ${version} of ${staging.environment}/${staging.placeName}`).testStaged({
      project: project.name,
      commit: content.commit,
      target: staging,
      version,
    }),
  );
  run.note('staging-tests', `${gate.verdict}: ${gate.summary}`);
  if (gate.verdict === 'fail') {
    const back = await putStagingBack(run, candidate, lease, `staging tests failed: ${gate.summary}`);
    throw failRun('GateFailed', [`staging tests: ${gate.summary}`, ...gate.findings, back].join('\n'), {
      gate: gate.gate,
    });
  }
  await lease.release();
  return { version, gate };
}

/** The night that made the candidate has usually staged it: then its version is taken as it is. */
async function stageOnce(run: PipelineRun, candidate: DeployCandidate, lease: PlaceLease): Promise<number> {
  const { staging, staged, content } = candidate;
  const { head } = await preflight('What does staging hold?').headOf({ target: staging });
  if (head === staged.version) {
    run.note('stage', `version ${head} is there already`);
    return head;
  }
  return CancellationScope.nonCancellable(async () => {
    const intent = stagingIntent(run, candidate, lease);
    const { version } = await publishOnce(intent, 'Published');
    await ledger('Record what staging holds').recordRelease({
      intent,
      version,
      tag: staged.tag,
      gates: staged.gates,
      approvals: [],
      ...(content.night !== undefined && { night: content.night }),
    });
    run.note('stage', `version ${version} of place ${staging.placeId}`);
    return version;
  });
}

function stagingIntent(
  run: PipelineRun,
  { staging, content, project }: DeployCandidate,
  { lease }: PlaceLease,
): PublishIntent {
  const { place, commit } = content;
  const digest = content.changeDigest ?? commit;
  return { runId: `${run.id}-staging`, project: project.name, target: staging, place, commit, digest, lease };
}

/** Publishes what staging held before the candidate, and takes the candidate back on the staging branch. */
async function putStagingBack(
  run: PipelineRun,
  candidate: DeployCandidate,
  lease: PlaceLease,
  reason: string,
): Promise<string> {
  const { staging, staged, content, project } = candidate;
  return CancellationScope.nonCancellable(async () => {
    const { good } = await history('What did staging hold before?').previousRelease({
      host: staging.host,
      placeId: staging.placeId,
      before: content.place.sha256,
    });
    await releases('Mark the candidate').markRelease({
      host: staging.host,
      placeId: staging.placeId,
      runId: staged.runId,
      version: staged.version,
      status: 'rolled-back',
      reason,
    });
    if (!good) return 'staging held nothing before it: nothing was put back';
    const intent: PublishIntent = {
      runId: `${run.id}-unstage`,
      project: project.name,
      target: staging,
      place: good.place,
      commit: good.commit,
      digest: good.digest,
      lease: lease.lease,
    };
    const { version } = await publishOnce(intent, 'Published');
    await ledger('Record what staging holds').recordRelease({
      intent,
      version,
      tag: good.tag,
      gates: [],
      approvals: [],
    });
    const { next } = project.config.branches;
    await releases(`Take the candidate back on ${next}`).revertTo({
      project: project.name,
      runId: run.id,
      branches: [next],
      good: good.commit,
      bad: content.commit,
      reason,
    });
    return `staging is back at ${good.tag} as version ${version}, and ${next} without the candidate`;
  });
}
