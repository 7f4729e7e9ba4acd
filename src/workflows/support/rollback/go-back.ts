import { workflowInfo } from '@temporalio/workflow';

import type { PublishIntent } from '../../../domain/activities.js';
import type { LiveActivities, RollbackPlan } from '../../../domain/deploy-activities.js';
import { causeOf } from '../failures.js';
import { releasePlace } from '../lease.js';
import { landedAs, publishOnce, type PublishedVersion } from '../publish.js';
import type { PipelineRun } from '../run.js';
import { ledger, live, releases, rescue, watching } from '../stations.js';

type Proof = Awaited<ReturnType<LiveActivities['proveRollout']>>;
export type WentBack = { version: number; publishedAt: number; intent: PublishIntent; proof: Proof };

/** A number is drawn anew when somebody drew one between ours and the publish; more often than this is no coincidence. */
const mostSeizures = 5;

/** A fenced run can have sent one publish before it lost the place, which may land on top of ours. */
const mostOvertaken = 2;

type How = { reason: string; suffix: string };

/**
 * Publishes the good release's bytes, restarts the servers of the bad version at once, and proves that all are back;
 * again, when a publish that a fenced run had sent before landed on top. A person's version is not ours to overwrite.
 */
export async function goBack(run: PipelineRun, plan: RollbackPlan, how: How): Promise<WentBack> {
  const { project, good, bad } = plan;
  let back = await publishAndProve(run, plan, how);
  for (let time = 1; back.proof.overtakenBy && time <= mostOvertaken; time++) {
    const { version, runId } = back.proof.overtakenBy;
    run.reopen(['publish', 'restart', 'record', 'proof'], `version ${version} of ${runId} landed on top`);
    back = await publishAndProve(run, plan, { ...how, suffix: `${how.suffix}-again-${time}` });
  }
  const record = {
    version: back.version,
    runId: back.intent.runId,
    sha256: good.place.sha256,
    commit: good.commit,
    tag: good.tag,
  };
  await releasePlace(run, project.target, {
    live: record,
    ...(bad && how.suffix === '' && { stable: record }),
  });
  return back;
}

async function publishAndProve(
  run: PipelineRun,
  plan: RollbackPlan,
  { reason, suffix }: How,
): Promise<WentBack> {
  const { project } = plan;
  const { target } = project;
  let intent: PublishIntent | undefined;
  const publish = async (): Promise<PublishedVersion> => {
    for (let seizure = 1; ; seizure++) {
      intent = await seize(run, plan, { suffix, first: seizure === 1 && suffix === '' });
      try {
        return await publishOnce(intent, 'Published');
      } catch (error) {
        if (causeOf(error).kind !== 'LeaseLost' || seizure === mostSeizures) throw error;
      }
    }
  };
  const sent = (): PublishIntent => {
    if (!intent) throw new Error('A place is taken before anything is sent to it');
    return intent;
  };
  const { version } = await run.step('publish', publish, { landed: landedAs(sent) });
  const publishedAt = Date.now();
  const isLive = { alreadyDone: `version ${version} of place ${target.placeId} is live` };

  await run.step(
    'restart',
    async () => {
      // Nobody is asked to play a broken game to its end.
      const { servers, players } = await live('Restart the servers of other versions').restartOldServers({
        target,
        version,
        bleedOffMinutes: 0,
      });
      run.note('restart', `${servers} servers with ${players} players, at once`);
    },
    isLive,
  );
  await run.step('record', () => recordBack(plan, sent(), version, reason), isLive);
  const proof = await run.step(
    'proof',
    () =>
      watching('Are all servers back?').proveRollout({
        target,
        intent: sent(),
        version,
        minutes: project.config.deploy.proofMinutes,
      }),
    isLive,
  );
  run.note('proof', `${proof.verdict}: ${proof.summary}`);
  return { version, publishedAt, intent: sent(), proof };
}

/** Fences off who publishes there now; the first time they are cancelled, too. */
async function seize(
  run: PipelineRun,
  { project, good }: RollbackPlan,
  { suffix, first }: { suffix: string; first: boolean },
): Promise<PublishIntent> {
  const { target } = project;
  const { host, placeId } = target;
  const { parent } = workflowInfo();
  const who = { host, placeId, runId: run.id, workflowId: run.workflowId };
  const [{ lease }] = await Promise.all([
    rescue(`Take place ${placeId}`).seizePlace(who),
    first
      ? rescue(`Cancel who deploys to place ${placeId}`).stopOthers({
          project: project.name,
          environment: target.environment,
          place: target.placeName,
          except: [run.workflowId, ...(parent ? [parent.workflowId] : [])],
        })
      : undefined,
  ]);
  return {
    runId: `${run.id}${suffix}`,
    project: project.name,
    target,
    place: good.place,
    commit: good.commit,
    digest: good.digest,
    lease,
    urgent: true,
  };
}

async function recordBack(
  { bad, good, project }: RollbackPlan,
  intent: PublishIntent,
  version: number,
  reason: string,
): Promise<void> {
  const { host, placeId } = project.target;
  await ledger('Record what is live').recordRelease({
    intent,
    version,
    tag: good.tag,
    gates: [],
    approvals: [],
    ...(good.manifest !== undefined && { manifest: good.manifest }),
    ...(good.status === 'stable' && { status: 'stable' }),
  });
  if (!bad) return;
  await releases(`Mark ${bad.tag} as taken back`).markRelease({
    host,
    placeId,
    runId: bad.runId,
    version: bad.version,
    status: 'rolled-back',
    reason,
  });
}
