import { CancellationScope } from '@temporalio/workflow';

import type { PublishIntent } from '../../../domain/activities.js';
import type { DeployInput } from '../../../domain/deploy.js';
import type { DeployCandidate } from '../../../domain/deploy-activities.js';
import { leasePriorities, type PlaceVersionRecord } from '../../../domain/place.js';
import { releaseDigest, type ReleaseDraft } from '../../../domain/release.js';
import type { WatchBaseline } from '../../../domain/watch.js';
import { causeOf, failRun } from '../failures.js';
import { acquirePlace, type PlaceLease } from '../lease.js';
import { describePublished, landedAs, publishOnce } from '../publish.js';
import type { PipelineRun } from '../run.js';
import { live, preflight, releases } from '../stations.js';
import { refuseLateWindow } from './window.js';

/** A release that players get. */
export type LiveRelease = {
  version: number;
  release: { version: string; tag: string; manifest: string };
  intent: PublishIntent;
  lease: PlaceLease;
  baseline: WatchBaseline;
  /** What the ramp's key was before; absent without a ramp. */
  dark?: Record<string, unknown>;
};

/**
 * Publishes the approved bytes to players, once, and records the release: manifest, tag, main branch. From the publish on
 * a cancellation waits until place, ledger and Git tell the same story.
 */
export async function publishRelease(
  run: PipelineRun,
  candidate: DeployCandidate,
  draft: ReleaseDraft,
  options: { input: DeployInput; tested: number; notes: readonly string[] },
): Promise<LiveRelease> {
  const { project } = candidate;
  const { target } = project;
  const policy = project.config.deploy;
  const lease = await run.step('place', () => acquirePlace(run, target, leasePriorities.deploy));
  const known = new Set(options.notes);
  const baseline = await run.step('prepare', async () => {
    await lookAgain(candidate, options.input, known);
    const {
      snapshot,
      forecast,
      baseline: measured,
    } = await live('Snapshot data stores, count players, measure what is live').prepareProduction({
      target,
      snapshot: policy.snapshotDataStores,
      policy: policy.watch,
      ...(candidate.live && { version: candidate.live.version }),
    });
    run.note(
      'prepare',
      `${forecast.players} players on ${forecast.servers} servers will change version` +
        (snapshot ? `; data stores as of ${snapshot.latestAt}` : ''),
    );
    return measured;
  });

  return CancellationScope.nonCancellable(async () => {
    const { ramp } = options.input;
    const dark = ramp && (await goDark(run, candidate, ramp));
    lease.throwIfLost();
    const { version, intent } = await publish(run, candidate, lease);
    const release = await record(run, candidate, draft, { version, intent, tested: options.tested, options });
    return { version, intent, release, lease, baseline, ...(dark && { dark }) };
  });
}

/**
 * What was right when the deploy began may have changed while it waited for people and for the place. A version that was
 * not there when the release was approved asks for attention; said once, a retry goes on over it.
 */
async function lookAgain(
  { project, staging, staged, live: before }: DeployCandidate,
  input: DeployInput,
  known: Set<string>,
): Promise<void> {
  refuseLateWindow(input.window);
  const { notes } = await preflight('Is everything still as it was approved?').checkDeploy({
    staging,
    production: project.target,
    policy: project.config.deploy,
    stagedRun: staged.runId,
    ramp: input.ramp !== undefined,
    ...(before && { live: before }),
  });
  const news = notes.filter((note) => !known.has(note));
  for (const note of news) known.add(note);
  if (news.length === 0) return;
  throw failRun('DeploymentFailure', `${news.join('; ')}. "retry" goes on over it, "abort" ends the deploy`);
}

/** The night is there and switched off, until the ramp switches it on. */
async function goDark(
  run: PipelineRun,
  { project }: DeployCandidate,
  ramp: NonNullable<DeployInput['ramp']>,
): Promise<Record<string, unknown>> {
  const { previous } = await live(`Switch ${ramp.key} off`).setConfig({
    target: project.target,
    runId: run.id,
    values: { [ramp.key]: ramp.off },
    strategy: 'Immediate',
  });
  run.saga.register(`config key ${ramp.key}`, () =>
    live(`Put ${ramp.key} back`).setConfig({
      target: project.target,
      runId: run.id,
      values: previous,
      strategy: 'Immediate',
    }),
  );
  return previous;
}

async function publish(
  run: PipelineRun,
  { project, content }: DeployCandidate,
  lease: PlaceLease,
): Promise<{ version: number; intent: PublishIntent }> {
  const { target } = project;
  const intent: PublishIntent = {
    runId: run.id,
    project: project.name,
    target,
    place: content.place,
    commit: content.commit,
    digest: content.changeDigest ?? content.commit,
    lease: lease.lease,
  };
  const keepLeaseOnly = (): void => {
    run.saga.commit();
    run.saga.register(`release of place ${target.placeId}`, () => lease.release());
  };
  const published = await run.step(
    'production',
    async () => {
      try {
        return await publishOnce(intent, 'Published');
      } catch (error) {
        if (causeOf(error).kind === 'OutcomeUnknown') keepLeaseOnly();
        throw error;
      }
    },
    { landed: landedAs(() => intent) },
  );
  keepLeaseOnly();
  run.note('production', describePublished(published, target.placeId));
  return { version: published.version, intent };
}

async function record(
  run: PipelineRun,
  { project, staging }: DeployCandidate,
  draft: ReleaseDraft,
  published: { version: number; intent: PublishIntent; tested: number; options: { input: DeployInput } },
): Promise<LiveRelease['release']> {
  const { version, intent, tested, options } = published;
  const { target } = project;
  const where = ({ host, universeId, placeId }: typeof target, at: number) => ({
    host,
    universeId,
    placeId,
    version: at,
  });
  const release = await run.step(
    'record',
    async () => {
      // The ledger first: whatever Git says, this version is live and must be known.
      const sealed = await releases('Seal and record the release').sealRelease({
        draft,
        ...(options.input.version !== undefined && { version: options.input.version }),
        run: { id: run.id, workflowId: run.workflowId, pipeline: 'deploy' },
        approvals: run.approvalsOnRecord(),
        versions: {
          [staging.environment]: where(staging, tested),
          [target.environment]: where(target, version),
        },
        published: { intent, version },
      });
      return { version: sealed.version, tag: sealed.tag, manifest: sealed.manifest.sha256 };
    },
    { alreadyDone: `version ${version} of place ${target.placeId} is live in ${target.environment}` },
  );
  run.note('record', release.tag);
  return release;
}

/**
 * Moves main to the release and tags it. Where main is protected a person merges what was pushed beside it: nothing else
 * waits for that.
 */
export async function moveMain(
  run: PipelineRun,
  { project, staged, content, mainCommit }: DeployCandidate,
  draft: ReleaseDraft,
  { version, release }: LiveRelease,
): Promise<void> {
  const { target, config } = project;
  const { main } = config.branches;
  const promotion = {
    project: project.name,
    commit: content.commit,
    mainBranch: main,
    ...(mainCommit !== undefined && { expectedMain: mainCommit }),
    tag: release.tag,
    tagMessage: [
      `Release ${release.version} of ${project.name}: ${staged.tag}`,
      '',
      `Version ${version} of place ${target.placeId} in ${target.environment}`,
      `Release: ${releaseDigest(draft)}`,
      `Manifest: ${release.manifest}`,
    ].join('\n'),
  };
  await run.step(
    'main',
    async () => {
      await releases(`Move ${main} and tag ${release.tag}`).promoteToMain(promotion);
      run.note('main', `${main} is at ${content.commit.slice(0, 9)}, tagged ${release.tag}`);
    },
    {
      skip: () => {
        run.note('main', `${main} was left where it is: Git does not hold what is live`);
      },
      whatStays: `version ${version} of place ${target.placeId} is live in ${target.environment}`,
    },
  );
}

/** The release in the words of the place entity. */
export function placeRecord({ version, intent, release }: LiveRelease): PlaceVersionRecord {
  return {
    version,
    runId: intent.runId,
    sha256: intent.place.sha256,
    commit: intent.commit,
    tag: release.tag,
  };
}
