import { CancellationScope } from '@temporalio/workflow';

import type { PublishIntent } from '../../domain/activities.js';
import type { StepPlan } from '../../domain/progress.js';
import type { ProjectSnapshot } from '../../domain/project.js';
import { candidateDigest, type Candidate } from './candidate.js';
import { causeOf } from './failures.js';
import { acquirePlace, type PlaceLease } from './lease.js';
import { describePublished, landedAs, publishOnce } from './publish.js';
import type { PipelineRun } from './run.js';
import { git, ledger } from './stations.js';

/** From code to staging; done again when somebody else's work reached staging first. */
export const candidateSteps: StepPlan[] = [
  { id: 'code', title: 'Write the Luau', weight: 1 },
  { id: 'checks', title: 'Check code and map', weight: 3 },
  { id: 'commit', title: 'Commit', weight: 1 },
  { id: 'build', title: 'Build the place and read it back', weight: 2 },
  { id: 'play', title: 'Play it without a screen', weight: 3 },
  { id: 'sync', title: 'Compare with rojo serve', weight: 1 },
  { id: 'approval', title: 'Approval before staging', weight: 0 },
  { id: 'place', title: 'Wait for the place', weight: 0 },
  { id: 'stage', title: 'Publish to staging', weight: 2 },
];

/** Priority of content among those who want to publish to a place; a rollback asks with 1. */
const contentPriority = 3;

/** What names the staged work in Git and the ledger. */
export type StagingLabel = { tag: string; subject: string; night?: number };

export type Staged =
  { outcome: 'published'; version: number; tag: string } | { outcome: 'moved'; project: ProjectSnapshot };

/** The part of a pipeline's input that says what it works on. */
export function whereTo(input: { project?: string | undefined; environment: string; place: string }) {
  const { project, environment, place } = input;
  return { environment, place, ...(project !== undefined && { project }) };
}

/** Asks for approval where the project wants it before staging. @returns why it was rejected, or undefined */
export async function approveForStaging(
  run: PipelineRun,
  project: ProjectSnapshot,
  candidate: Candidate,
  assets: number,
): Promise<string | undefined> {
  const { before, timeoutHours } = project.config.approvals;
  if (before === 'production') {
    run.skipStep('approval', 'the project asks for approval before production only');
    return undefined;
  }
  const request = {
    digest: candidateDigest(candidate, run.costUsd),
    before: project.target.environment,
    summary: summarise(run, candidate, assets),
  };
  const decision = await run.step('approval', () => run.controls.awaitApproval(request, candidate));
  if (!decision) {
    run.note('approval', 'nobody answered in time');
    return `nobody approved within ${timeoutHours} hours`;
  }
  const said = decision.reason === undefined ? decision.by : `${decision.by}: ${decision.reason}`;
  run.note('approval', `${decision.verb} by ${said}`);
  return decision.verb === 'approve' ? undefined : `rejected by ${said}`;
}

function summarise(run: PipelineRun, candidate: Candidate, assets: number): string[] {
  const { stat, gates, place, scripts, instances, commit } = candidate;
  return [
    `${assets} assets, ${scripts} scripts, ${instances} instances, place file of ${Math.ceil(place.bytes / 1024)} KiB`,
    `code: ${stat.files} files, +${stat.insertions} −${stat.deletions} lines in ${commit.slice(0, 9)}`,
    ...gates.map(({ gate, verdict, summary }) => `${gate}: ${verdict}, ${summary}`),
    `cost: $${run.costUsd.toFixed(2)}`,
  ];
}

/**
 * Publishes the candidate to staging while nobody else does, then tags it and moves the staging branch. When staging
 * has moved on since the run started, nothing is published: the candidate must be made again on what is there now.
 */
export async function stage(
  run: PipelineRun,
  project: ProjectSnapshot,
  candidate: Candidate,
  label: StagingLabel,
): Promise<Staged> {
  const { lease, now } = await run.step('place', async () => {
    const held = await acquirePlace(run, project.target, contentPriority);
    const snapshot = await git('Has staging moved?').snapshotProject({
      project: project.name,
      environment: project.target.environment,
      place: project.target.placeName,
    });
    return { lease: held, now: snapshot };
  });
  if (now.nextCommit !== project.nextCommit) {
    await lease.release();
    await git(`Remove branch ${candidate.branch}`).discardRun({
      project: project.name,
      runId: candidate.gitRun,
    });
    run.controls.setPolicy(now.config.approvals);
    const { next } = project.config.branches;
    run.reopen(
      candidateSteps.map(({ id }) => id),
      `again: ${next} moved to ${now.baseCommit.slice(0, 9)}`,
    );
    return { outcome: 'moved', project: now };
  }
  // From here a cancellation waits: stopped between publish and tag, place and Git would tell different stories.
  return CancellationScope.nonCancellable(async () => {
    const { version, intent } = await publishCandidate(run, project, candidate, lease);
    const { tag } = await recordStaged(run, project, candidate, { label, version, intent });
    await lease.release();
    return { outcome: 'published', version, tag };
  });
}

async function publishCandidate(
  run: PipelineRun,
  project: ProjectSnapshot,
  candidate: Candidate,
  { lease, release }: PlaceLease,
): Promise<{ version: number; intent: PublishIntent }> {
  const { target, name } = project;
  const { place, commit, changeDigest: digest, gitRun: runId } = candidate;
  const intent: PublishIntent = { runId, project: name, target, place, commit, digest, lease };
  // What staging shows, or may show, must not lose its branch: from then on only the lease is given back.
  const keepCommit = (): void => {
    run.saga.commit();
    run.saga.register(`release of place ${target.placeId}`, release);
  };
  const published = await run.step(
    'stage',
    async () => {
      try {
        return await publishOnce(intent, 'Published');
      } catch (error) {
        if (causeOf(error).kind === 'OutcomeUnknown') keepCommit();
        throw error;
      }
    },
    { landed: landedAs(() => intent) },
  );
  run.note('stage', describePublished(published, target.placeId));
  keepCommit();
  return { version: published.version, intent };
}

async function recordStaged(
  run: PipelineRun,
  project: ProjectSnapshot,
  candidate: Candidate,
  staged: { label: StagingLabel; version: number; intent: PublishIntent },
): Promise<{ tag: string }> {
  const { label, version, intent } = staged;
  const { target, config, nextCommit } = project;
  const remember = (tag: string): Promise<void> =>
    ledger('Record the release').recordRelease({
      intent,
      version,
      ...(label.night !== undefined && { night: label.night }),
      tag,
      rojoVersion: candidate.rojoVersion,
      gates: candidate.gates,
      approvals: run.approvalsOnRecord(),
    });
  const record = async (): Promise<{ tag: string }> => {
    // The ledger first: whatever Git says, this version is live and must be known.
    await remember(label.tag);
    const { tag } = await git(`Tag ${label.tag}`).promoteToStaging({
      project: project.name,
      runId: candidate.gitRun,
      commit: candidate.commit,
      ...(nextCommit !== undefined && { expectedNext: nextCommit }),
      nextBranch: config.branches.next,
      tag: label.tag,
      tagMessage: `${label.subject}, staged as version ${version} of place ${target.placeId}`,
    });
    if (tag !== label.tag) await remember(tag);
    return { tag };
  };
  const recorded = await run.step('record', record, {
    alreadyDone: `version ${version} of place ${target.placeId} is live in ${target.environment}`,
  });
  run.note('record', recorded.tag);
  return recorded;
}
