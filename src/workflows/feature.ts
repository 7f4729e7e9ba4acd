import type { WrittenCode } from '../domain/activities.js';
import type { ArtifactRef } from '../domain/artifact.js';
import { featureInputSchema, wishOf, type FeatureInput } from '../domain/feature/request.js';
import { parseInput } from '../domain/parse-input.js';
import type { StepPlan } from '../domain/progress.js';
import type { ProjectSnapshot } from '../domain/project.js';
import { makeAssets, type MadeAssets } from './support/assets.js';
import { makeCandidate, type Work } from './support/candidate.js';
import { endingTheRun } from './support/failures.js';
import { claimWork, describeInSearch, readProject } from './support/opening.js';
import { PipelineRun } from './support/run.js';
import { approveForStaging, candidateSteps, stage } from './support/staging.js';
import { features, modelCode } from './support/stations.js';

export type FeatureResult = {
  project: string;
  /** Names the work in Git and the ledger, such as `shop-candle`. */
  feature: string;
  runId: string;
  costUsd: number;
  /** What was understood, one thing a line. */
  summary: string[];
} & (
  | { outcome: 'planned' }
  | {
      outcome: 'staged';
      commit: string;
      tag: string;
      placeSha256: string;
      assets: number;
      /** Assets that the store already had. */
      reused: number;
      staging: { placeId: string; version: number };
      manifests: ArtifactRef[];
    }
  | { outcome: 'rejected'; reason: string }
);

/** Weights are the usual seconds of a step; waiting for people weighs nothing. */
const steps: StepPlan[] = [
  { id: 'project', title: 'Read the project', weight: 1 },
  { id: 'plan', title: 'Understand the request, and plan assets and code', weight: 1 },
  { id: 'assets', title: 'Make the assets', weight: 4 },
  ...candidateSteps,
  { id: 'record', title: 'Tag and record the release', weight: 1 },
];

/**
 * A feature, or a few: request → plan → assets → code with their ids → checks → commit → place → play → approval → staging.
 * Code from templates takes no time: it is written once, when the ids are there. A language model writes what no template
 * covers, and is given back what the checks find.
 *
 * @throws InvalidInput before anything is spent; AlreadyRunning when another run makes the same feature
 */
export async function feature(argument: unknown): Promise<FeatureResult> {
  const input = endingTheRun(() => parseInput(featureInputSchema, 'the input of feature', argument));
  const { requestedBy } = input;
  const run = new PipelineRun({ title: titleOf(input), slug: 'feature', requestedBy, steps });
  let claimed = false;

  return run.carryOut<FeatureResult>(
    async () => {
      let project = await run.step('project', () => readProject(input), { failFast: true });
      run.controls.setPolicy(project.config.approvals);
      describeInSearch(run, project);

      const first = project;
      const plan = await run.step(
        'plan',
        () => features('Plan the feature').planFeature({ project: first, request: wishOf(input) }),
        { failFast: true },
      );
      const { feature: name, summary } = plan;
      run.note('plan', summary.join('; '));
      const outline = () => ({
        project: project.name,
        feature: name,
        runId: run.id,
        costUsd: run.costUsd,
        summary,
      });
      if (input.dryRun) return { ...outline(), outcome: 'planned' };
      await claimWork(run, project, { subject: `feature:${name}`, title: `feature ${name}`, input });
      claimed = true;

      let assets: MadeAssets = { manifests: [], made: 0, reused: 0 };
      if (plan.assets.length === 0) run.skipStep('assets', 'it needs none');
      else assets = await makeAssets(run, 'assets', project, plan.assets);

      const writeCode = input.generator === 'model' ? writerWithModel(run) : writeFromTemplates;
      for (let round = 1; ; round++) {
        const snapshot = project;
        const work: Work = {
          subject: { kind: 'feature', feature: name, plan: plan.plan },
          title: `feature ${name}`,
          message: {
            type: 'feat',
            scope: name,
            subject: `add ${name}`,
            body: [`Made by run ${run.id}:`, ...summary.map((line) => `- ${line}`)].join('\n'),
          },
          manifests: assets.manifests,
          gates: [],
          write: () => writeCode(run, snapshot, { name, plan: plan.plan, manifests: assets.manifests }),
        };
        const candidate = await makeCandidate(run, project, work, round);
        const rejection = await approveForStaging(run, project, candidate, assets.made);
        if (rejection !== undefined) return { ...outline(), outcome: 'rejected', reason: rejection };

        const staged = await stage(run, project, candidate, {
          tag: `feature-${name}`,
          subject: `Feature ${name} of ${project.name}`,
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

type CodeToWrite = { name: string; plan: ArtifactRef; manifests: ArtifactRef[] };
type CodeWriter = (run: PipelineRun, project: ProjectSnapshot, work: CodeToWrite) => Promise<WrittenCode>;

const writeFromTemplates: CodeWriter = (run, project, { name, plan, manifests }) =>
  features(`Write the Luau of ${name}`).writeFeatureCode({ project, runId: run.id, plan, manifests });

/** Each try of the step asks for other answers: those that were given are kept, and would be given again. */
function writerWithModel(run: PipelineRun): CodeWriter {
  let attempt = 0;
  let modelUsd = 0;
  return async (_run, project, { name, plan, manifests }) => {
    attempt++;
    const { costUsd, note, ...written } = await modelCode(
      `Have a language model write ${name}`,
    ).writeModelCode({
      project,
      runId: run.id,
      plan,
      manifests,
      otherUsd: run.costUsd - modelUsd,
      attempt,
    });
    run.costUsd += costUsd - modelUsd;
    modelUsd = costUsd;
    run.note('code', note);
    return written;
  };
}

/** The request itself, shortened, or what the spec is about. */
function titleOf({ request, spec }: FeatureInput): string {
  const words = request ?? (spec ?? []).map((one) => one.feature).join(', ');
  return `Feature: ${words.length > 60 ? `${words.slice(0, 59)}…` : words}`;
}
