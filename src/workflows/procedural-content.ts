import type { ArtifactRef } from '../domain/artifact.js';
import { contentId, contentInputSchema, requestOf } from '../domain/content/input.js';
import { parseInput } from '../domain/parse-input.js';
import type { StepPlan } from '../domain/progress.js';
import { makeAssets } from './support/assets.js';
import { makeCandidate, refuseFailed, type Work } from './support/candidate.js';
import { endingTheRun } from './support/failures.js';
import { claimWork, describeInSearch, readProject } from './support/opening.js';
import { PipelineRun } from './support/run.js';
import { approveForStaging, candidateSteps, stage } from './support/staging.js';
import { contents } from './support/stations.js';

export type ProceduralContentResult = {
  project: string;
  /** Names the content in the project, in Git and in the ledger, such as `forest`. */
  content: string;
  runId: string;
  costUsd: number;
  /** What is laid out, one thing a line. */
  summary: string[];
} & (
  | { outcome: 'planned' }
  | {
      outcome: 'staged';
      commit: string;
      tag: string;
      placeSha256: string;
      /** Variations, and how many of them the store already had. */
      assets: number;
      reused: number;
      staging: { placeId: string; version: number };
      manifests: ArtifactRef[];
    }
  | { outcome: 'rejected'; reason: string }
);

/** Weights are the usual seconds of a step; waiting for people weighs nothing. */
const steps: StepPlan[] = [
  { id: 'project', title: 'Read the project', weight: 1 },
  { id: 'plan', title: 'Lay the content out, and prove its rules', weight: 4 },
  { id: 'assets', title: 'Make the variations', weight: 6 },
  ...candidateSteps,
  { id: 'record', title: 'Tag and record the release', weight: 1 },
];

/**
 * Procedural content: request → layout and proof → variations of meshes → generator, content manager and data in Luau →
 * checks → commit → place → play → approval → staging.
 *
 * @throws InvalidInput before anything is spent, also where the rules contradict each other; AlreadyRunning when another
 * run makes the same content
 */
export async function proceduralContent(argument: unknown): Promise<ProceduralContentResult> {
  const input = endingTheRun(() =>
    parseInput(contentInputSchema, 'the input of proceduralContent', argument),
  );
  const content = contentId(input);
  const { requestedBy } = input;
  const run = new PipelineRun({
    title: `Content ${content}`,
    slug: `content-${content}`,
    requestedBy,
    steps,
  });
  let claimed = false;

  return run.carryOut<ProceduralContentResult>(
    async () => {
      let project = await run.step('project', () => readProject(input), { failFast: true });
      run.controls.setPolicy(project.config.approvals);
      describeInSearch(run, project);

      const first = project;
      const planned = await run.step(
        'plan',
        async () => {
          const result = await contents(`Plan ${content}`).planContent({
            project: first,
            request: requestOf(input),
          });
          refuseFailed([result.gate]);
          return result;
        },
        { failFast: true },
      );
      const { summary, gate, plan } = planned;
      run.note('plan', gate.summary);
      const outline = () => ({
        project: project.name,
        content,
        runId: run.id,
        costUsd: run.costUsd,
        summary,
      });
      if (input.dryRun) return { ...outline(), outcome: 'planned' };
      await claimWork(run, project, { subject: `content:${content}`, title: `content ${content}`, input });
      claimed = true;

      const assets = await makeAssets(run, 'assets', project, planned.assets);

      for (let round = 1; ; round++) {
        const snapshot = project;
        const work: Work = {
          subject: { kind: 'content', content, plan },
          title: `content ${content}`,
          message: {
            type: 'feat',
            scope: `content-${content}`,
            subject: `add procedural content ${content}`,
            body: [`Made by run ${run.id}:`, ...summary.map((line) => `- ${line}`)].join('\n'),
          },
          manifests: assets.manifests,
          gates: [gate],
          write: () =>
            contents(`Write the Luau of ${content}`).writeContentCode({
              project: snapshot,
              runId: run.id,
              plan,
              manifests: assets.manifests,
            }),
        };
        const candidate = await makeCandidate(run, project, work, round);
        const rejection = await approveForStaging(run, project, candidate, assets.made);
        if (rejection !== undefined) return { ...outline(), outcome: 'rejected', reason: rejection };

        const staged = await stage(run, project, candidate, {
          tag: `content-${content}`,
          subject: `Content ${content} of ${project.name}`,
        });
        if (staged.outcome === 'moved') {
          project = staged.project;
          continue;
        }
        return {
          ...outline(),
          outcome: 'staged',
          commit: candidate.commit,
          tag: staged.tag,
          placeSha256: candidate.place.sha256,
          assets: assets.made,
          reused: assets.reused,
          staging: { placeId: project.target.placeId, version: staged.version },
          manifests: assets.manifests,
        };
      }
    },
    {
      stateOf: (result) => (result.outcome === 'rejected' ? 'rejected' : 'succeeded'),
      close: async (state, summary) => {
        if (claimed) await run.close(state, summary);
      },
    },
  );
}
