import type { Client } from '@temporalio/client';

import type { ArtifactStore } from '../domain/artifact.js';
import type { PlaceRelease, PostMortemInput, RescueActivities } from '../domain/deploy-activities.js';
import { renderFixIssue } from '../domain/fix-issue.js';
import {
  postMortemFolder,
  postMortemName,
  renderPostMortem,
  type PostMortem,
} from '../domain/post-mortem.js';
import { releaseManifestSchema, type ReleaseManifest } from '../domain/release.js';
import { factsOf } from '../domain/run-facts.js';
import type { CommitSummary, GitProjects } from '../adapters/git/index.js';
import type { Ledger } from '../adapters/ledger/index.js';
import { readTimeline, type RunTimeline } from '../adapters/temporal/index.js';
import { activitySignal } from './support/context.js';
import { readNewAssets } from './support/new-assets.js';

export type PostMortemDependencies = {
  client: () => Client;
  git: Pick<GitProjects, 'read' | 'listCommits' | 'commitPage'>;
  ledger: Pick<Ledger, 'findRun'>;
  artifacts: ArtifactStore;
};

/** More candidates than this are a list that nobody reads. */
const mostCommits = 50;

export function createPostMortemActivities({
  client,
  git,
  ledger,
  artifacts,
}: PostMortemDependencies): Pick<RescueActivities, 'writePostMortem'> {
  const putText = (text: string) => artifacts.put(new TextEncoder().encode(text), 'text/markdown');

  /** The run's history by its workflow id or its short name, where there still is one; else what the ledger has. */
  async function readBadRun(run: string, environment: string): Promise<NonNullable<PostMortem['badRun']>> {
    const found = await findTimeline(run);
    if (found) {
      const { workflowId, entries, events } = found;
      return { workflowId, entries, facts: factsOf(events, environment) };
    }
    const record = await ledger.findRun(run);
    const known = record
      ? `The ledger says: ${record.pipeline} asked for by ${record.requestedBy}, ${record.startedAt} to ` +
        `${record.finishedAt ?? 'an unknown end'}, ${record.state}.`
      : 'The ledger does not know it either.';
    const missing = `Its history is no longer kept. ${known}`;
    return { workflowId: record?.workflowId ?? run, entries: [], facts: {}, missing };
  }

  async function findTimeline(run: string): Promise<(RunTimeline & { workflowId: string }) | undefined> {
    const direct = await readTimeline(client(), { workflowId: run });
    if (direct) return { ...direct, workflowId: run };
    // A workflow id is used again by the next deploy; the short name is of this one alone.
    const query = `GraveshiftRun = '${run.replaceAll("'", "''")}'`;
    for await (const { workflowId, runId } of client().workflow.list({ query })) {
      const timeline = await readTimeline(client(), { workflowId, runId });
      if (timeline) return { ...timeline, workflowId };
    }
    return undefined;
  }

  async function readRuns(commits: readonly CommitSummary[]): Promise<PostMortem['runs']> {
    const ids = [...new Set(commits.flatMap(({ runId }) => (runId === undefined ? [] : [runId])))];
    const records = await Promise.all(ids.map((id) => ledger.findRun(id)));
    return records.flatMap((record) => {
      if (!record) return [];
      const { id: runId, pipeline, requestedBy, input } = record;
      return [{ runId, pipeline, requestedBy, input }];
    });
  }

  async function readCulprits(
    project: string,
    { good, bad }: PostMortemInput['plan'],
  ): Promise<Pick<PostMortem, 'commits' | 'commitsTotal' | 'runs' | 'assets'>> {
    if (bad === undefined) return { commits: [], commitsTotal: 0, runs: [], assets: [] };
    const range = { from: good.commit, to: bad.commit, most: mostCommits };
    const { commits, total } = await git.listCommits(project, range, { signal: activitySignal() });
    return {
      commits: commits.map(({ authoredAt: _, ...commit }) => commit),
      commitsTotal: total,
      runs: await readRuns(commits),
      assets: await readNewAssets({ git, artifacts }, project, {
        good: good.commit,
        bad: bad.commit,
        changed: commits.flatMap(({ files }) => files),
      }),
    };
  }

  async function readManifest(release: PlaceRelease | undefined): Promise<ReleaseManifest | undefined> {
    const sha256 = release?.manifest;
    // The page is worth more than one of its lines: a manifest that the store lost is left out.
    if (sha256 === undefined || !(await artifacts.has({ sha256 }))) return undefined;
    const text = new TextDecoder().decode(await artifacts.get({ sha256 }));
    return releaseManifestSchema.parse(JSON.parse(text));
  }

  async function readIncident(input: PostMortemInput): Promise<PostMortem> {
    const { project, environment, plan, badRun } = input;
    const rollback = await readTimeline(client(), { workflowId: input.workflowId });
    const facts = factsOf(rollback?.events ?? [], environment);
    const manifest = await readManifest(plan.bad);
    return {
      project,
      environment,
      place: input.place,
      reason: input.reason,
      requestedBy: input.requestedBy,
      runId: input.runId,
      workflowId: input.workflowId,
      startedAt: facts.startedAt ?? new Date().toISOString(),
      ...(plan.bad && { bad: plan.bad }),
      good: plan.good,
      ...(badRun !== undefined && { badRun: await readBadRun(badRun, environment) }),
      rollback: { timeline: input.timeline, facts },
      ...(await readCulprits(project, plan)),
      approvals: manifest?.approvals ?? [],
      gates: manifest?.gates ?? [],
    };
  }

  return {
    async writePostMortem(input) {
      const incident = await readIncident(input);
      const { project, runId, mainBranch } = input;
      const page = await git.commitPage(
        project,
        {
          runId,
          branch: mainBranch,
          sideBranch: `graveshift/${runId}-post-mortem`,
          base: incident.bad?.commit ?? incident.good.commit,
          folder: postMortemFolder,
          name: postMortemName(incident),
          page: await putText(renderPostMortem(incident)),
          content: (artifact) => artifacts.get(artifact),
          message: {
            type: 'docs',
            scope: 'post-mortem',
            subject: `tell how ${incident.environment} was rolled back`,
            body:
              `${incident.bad?.tag ?? 'The live version'} was taken back to ${incident.good.tag}. ` +
              'What only people know is asked in the page.',
          },
        },
        { signal: activitySignal() },
      );
      return { ...page, issue: await putText(renderFixIssue(incident, page, mainBranch)) };
    },
  };
}
