import type { ArtifactRef } from '../domain/artifact.js';
import { horrorNightInputSchema } from '../domain/horror-night.js';
import { parseInput } from '../domain/parse-input.js';
import type { StepPlan } from '../domain/progress.js';
import { makeAssets } from './support/assets.js';
import { makeCandidate, refuseFailed, type Work } from './support/candidate.js';
import { endingTheRun } from './support/failures.js';
import { claimWork, describeInSearch, readProject } from './support/opening.js';
import { PipelineRun } from './support/run.js';
import { approveForStaging, candidateSteps, stage } from './support/staging.js';
import { code, design, play } from './support/stations.js';

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
      await claimWork(run, project, { subject: `night:${night}`, title: `night ${night}`, input });
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
          pictures: [{ name: 'balance.svg', picture: balance.picture }],
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
