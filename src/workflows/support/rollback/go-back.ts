import { workflowInfo } from '@temporalio/workflow';

import type { PublishIntent } from '../../../domain/activities.js';
import type { LiveActivities, RollbackPlan } from '../../../domain/deploy-activities.js';
import { causeOf, failRun } from '../failures.js';
import { releasePlace } from '../lease.js';
import { landedAs, publishOnce, type PublishedVersion } from '../publish.js';
import type { PipelineRun } from '../run.js';
import { ledger, live, releases, rescue, watching } from '../stations.js';

type Proof = Awaited<ReturnType<LiveActivities['proveRollout']>>;
export type WentBack = { version: number; publishedAt: number; intent: PublishIntent };

/** `leg` tells the way back of a drill from the way there: both have their own steps and publishes. */
export type Way = { reason: string; drill: boolean; leg: '' | '-return' };

/** A number is drawn anew when somebody drew one between ours and the publish; more often than this is no coincidence. */
const mostSeizures = 5;

/** A fenced run can have sent one publish before it lost the place, which may land on top of ours. */
const mostOvertaken = 2;

/** Publishes the good release's bytes, records that they are live, and restarts the servers of other versions at once. */
export async function goBack(run: PipelineRun, plan: RollbackPlan, way: Way, again = 0): Promise<WentBack> {
  const { leg } = way;
  const { target } = plan.project;
  const suffix = again === 0 ? leg : `${leg}-again-${again}`;
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
  const { version } = await run.step(`publish${leg}`, publish, {
    landed: landedAs(sent),
    ...(again > 0 && { alreadyDone: 'another version is on top' }),
  });
  const publishedAt = Date.now();
  run.note(`publish${leg}`, `version ${version} of place ${target.placeId}`);
  const isLive = { alreadyDone: `version ${version} of place ${target.placeId} is live` };

  // The ledger first: whatever becomes of servers and Git, this is what players get.
  await run.step(`record${leg}`, () => recordBack(plan, sent(), version, way), isLive);
  await run.step(
    `restart${leg}`,
    async () => {
      // Nobody is asked to play a broken game to its end.
      const { servers, players } = await live('Restart the servers of other versions').restartOldServers({
        target,
        version,
        bleedOffMinutes: 0,
      });
      run.note(`restart${leg}`, `${servers} servers with ${players} players, at once`);
    },
    { skip: () => undefined, ...isLive },
  );
  return { version, publishedAt, intent: sent() };
}

/**
 * Proves that every server is back; publishes again when what a fenced run had sent before landed on top. A person's
 * version there is not ours to overwrite: that asks for attention.
 */
export async function proveBack(
  run: PipelineRun,
  plan: RollbackPlan,
  first: WentBack,
  way: Way,
): Promise<WentBack & { proof: Proof }> {
  const { project, good, bad } = plan;
  const { leg, drill } = way;
  let back = first;
  let again = 0;
  let seen: Proof | undefined;
  const isLive = { alreadyDone: `version ${first.version} of place ${project.target.placeId} was published` };
  const prove = async (): Promise<Proof> => {
    for (;;) {
      seen = await watching('Are all servers back?').proveRollout({
        target: project.target,
        intent: back.intent,
        version: back.version,
        minutes: project.config.deploy.proofMinutes,
      });
      if (!seen.overtakenBy || again === mostOvertaken) break;
      again += 1;
      const { version, runId } = seen.overtakenBy;
      const ids = ['publish', 'record', 'restart'].map((id) => `${id}${leg}`);
      run.reopen(ids, `version ${version} of ${runId} landed on top`);
      back = await goBack(run, plan, way, again);
    }
    if (seen.verdict !== 'fail') return seen;
    throw failRun('DeploymentFailure', `${seen.summary}. "retry" looks again, "skip" leaves it as it is`);
  };
  const proof = await run.step(`proof${leg}`, prove, {
    skip: () => seen ?? nothingSeen,
    ...isLive,
  });
  run.note(`proof${leg}`, `${proof.verdict}: ${proof.summary}`);
  const record = {
    version: back.version,
    runId: back.intent.runId,
    sha256: good.place.sha256,
    commit: good.commit,
    tag: good.tag,
  };
  await releasePlace(run, project.target, {
    ...(proof.verdict !== 'fail' && { live: record }),
    ...(bad && proof.verdict === 'pass' && !drill && { stable: record }),
  });
  return { ...back, proof };
}

const nothingSeen: Proof = {
  gate: 'roll-out',
  verdict: 'inconclusive',
  summary: 'skipped',
  findings: [],
  oldServers: [],
  unrecorded: [],
};

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
  { reason, drill }: Way,
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
  // What a drill leaves and comes back to is as good as it was.
  if (!bad || drill) return;
  await releases(`Mark ${bad.tag} as taken back`).markRelease({
    host,
    placeId,
    runId: bad.runId,
    version: bad.version,
    status: 'rolled-back',
    reason,
  });
}
