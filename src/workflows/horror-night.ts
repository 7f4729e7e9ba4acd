import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import type { ArtifactRef } from '../domain/artifact.js';
import { horrorNightInputSchema, type HorrorNightInput } from '../domain/horror-night.js';
import { parseInput } from '../domain/parse-input.js';
import type { StepPlan } from '../domain/progress.js';
import type { ProjectSnapshot } from '../domain/project.js';
import { makeAssets } from './support/assets.js';
import { makeCandidate, refuseFailed, type Work } from './support/candidate.js';
import { endingTheRun, failRun } from './support/failures.js';
import { PipelineRun } from './support/run.js';
import { approveForStaging, candidateSteps, stage, whereTo } from './support/staging.js';
import { code, design, git, ledger, openCloud, play } from './support/stations.js';

export type HorrorNightResult = { project: string; night: number; runId: string; costUsd: number } & (
  | {
      outcome: 'staged';
      commit: string;
      tag: string;
      placeSha256: string;
      /** Assets of the night, and how many of them the store already had. */
      assets: number;
      reused: number;
      staging: { placeId: string; version: number };
      manifests: ArtifactRef[];
    }
  | { outcome: 'rejected'; reason: string }
);

/** Weights are the usual seconds of a step, for the bar and the estimate; waiting for people weighs nothing. */
const steps: StepPlan[] = [
  { id: 'project', title: 'Read the project', weight: 1 },
  { id: 'design', title: 'Design the night', weight: 1 },
  { id: 'balance', title: 'Play the rules with bots, and tune', weight: 4 },
  { id: 'environment', title: 'Make buildings, props and atmosphere', weight: 8 },
  { id: 'enemies', title: 'Make enemies', weight: 4 },
  ...candidateSteps,
  { id: 'record', title: 'Tag and record the release', weight: 1 },
];

/**
 * Night N: difficulty → environment ∥ enemies → night logic → checks → commit → place → approval → staging.
 *
 * @throws InvalidInput before anything is spent; AlreadyRunning when another run makes the same night
 */
export async function horrorNight(argument: unknown): Promise<HorrorNightResult> {
  const input = endingTheRun(() => parseInput(horrorNightInputSchema, 'the input of horrorNight', argument));
  const { night, requestedBy } = input;
  const run = new PipelineRun({ title: `Horror night ${night}`, slug: `night-${night}`, requestedBy, steps });
  let claimed = false;

  return run.carryOut<HorrorNightResult>(
    async () => {
      let project = await run.step('project', () => readProject(input), { failFast: true });
      run.controls.setPolicy(project.config.approvals);
      describeInSearch(run, project, night);
      await claimNight(run, project, input);
      claimed = true;

      const plan = await run.step('design', () =>
        design(`Design night ${night}`).designNight({
          project: project.name,
          night,
          season: project.config.season,
        }),
      );
      const balance = await run.step('balance', async () => {
        const balanced = await play(`Balance night ${night}`).balanceNight({ project, design: plan.design });
        refuseFailed([balanced.gate]);
        return balanced;
      });
      run.note('balance', balance.gate.summary);
      const [environment, enemies] = await Promise.all([
        makeAssets(run, 'environment', project, plan.environment),
        makeAssets(run, 'enemies', project, plan.enemies),
      ]);
      const assets = environment.made + enemies.made;
      const manifests = [...environment.manifests, ...enemies.manifests];

      for (let round = 1; ; round++) {
        const snapshot = project;
        const work: Work = {
          subject: { kind: 'night', night, design: balance.design },
          title: `night ${night}`,
          message: {
            type: 'feat',
            scope: `night-${night}`,
            subject: `add horror night ${night}`,
            body: `Made by run ${run.id} for the season "${project.config.season.theme}": night logic, map and asset ids.`,
          },
          manifests,
          gates: [balance.gate],
          write: () =>
            code(`Write the Luau of night ${night}`).writeNightCode({
              project: snapshot,
              runId: run.id,
              design: balance.design,
              manifests,
            }),
        };
        const candidate = await makeCandidate(run, project, work, round);
        const rejection = await approveForStaging(run, project, candidate, assets);
        const outline = { project: project.name, night, runId: run.id, costUsd: run.costUsd };
        if (rejection !== undefined) return { ...outline, outcome: 'rejected', reason: rejection };

        const staged = await stage(run, project, candidate, {
          tag: `night-${night}`,
          subject: `Night ${night} of ${project.name}`,
          night,
        });
        if (staged.outcome === 'moved') {
          project = staged.project;
          continue;
        }
        return {
          ...outline,
          outcome: 'staged',
          commit: candidate.commit,
          tag: staged.tag,
          placeSha256: candidate.place.sha256,
          assets,
          reused: environment.reused + enemies.reused,
          staging: { placeId: project.target.placeId, version: staged.version },
          manifests,
        };
      }
    },
    {
      stateOf: (result) => (result.outcome === 'staged' ? 'succeeded' : 'rejected'),
      close: async (state, summary) => {
        if (claimed) await run.close(state, summary);
      },
    },
  );
}

const projectAttribute = defineSearchAttributeKey('GraveshiftProject', 'KEYWORD');
const runAttribute = defineSearchAttributeKey('GraveshiftRun', 'KEYWORD');
const pipelineAttribute = defineSearchAttributeKey('GraveshiftPipeline', 'KEYWORD');
const environmentAttribute = defineSearchAttributeKey('GraveshiftEnvironment', 'KEYWORD');
const nightAttribute = defineSearchAttributeKey('GraveshiftNight', 'INT');

function describeInSearch(run: PipelineRun, project: ProjectSnapshot, night: number): void {
  upsertSearchAttributes([
    { key: projectAttribute, value: project.name },
    { key: runAttribute, value: run.id },
    { key: pipelineAttribute, value: workflowInfo().workflowType },
    { key: environmentAttribute, value: project.target.environment },
    { key: nightAttribute, value: night },
  ]);
}

/** The project as it is now, and proof that its place can be published to: all that can be wrong before work begins. */
async function readProject(input: HorrorNightInput): Promise<ProjectSnapshot> {
  const project = await git('Read the project').snapshotProject(whereTo(input));
  const { target } = project;
  await openCloud(`Check key, universe and place of ${target.environment}`).checkTarget({ target });
  return project;
}

/** One run a night: a second one ends at once and names the first. */
async function claimNight(
  run: PipelineRun,
  project: ProjectSnapshot,
  input: HorrorNightInput,
): Promise<void> {
  const { heldBy } = await ledger(`Claim night ${input.night}`).openRun({
    runId: run.id,
    workflowId: run.workflowId,
    pipeline: workflowInfo().workflowType,
    project: project.name,
    subject: `night:${input.night}`,
    requestedBy: input.requestedBy,
    input,
  });
  if (!heldBy) return;
  throw failRun(
    'AlreadyRunning',
    `night ${input.night} of ${project.name} is being made by ${heldBy.workflowId}; nothing was spent. ` +
      `Watch it with "graveshift watch ${heldBy.workflowId}", or cancel it first`,
    heldBy,
  );
}
