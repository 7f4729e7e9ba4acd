import { asyncLocalStorage } from '@temporalio/activity';

import type { AssetBatchPlan, ContentActivities } from '../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { contentPlanSchema, type ContentPlan } from '../domain/content/config.js';
import { planContent } from '../domain/content/plan.js';
import { contentRequestSchema } from '../domain/content/request.js';
import { contentGate, describeContent, refuseBrokenLayout } from '../domain/content/verdict.js';
import type { LuauRuntime } from '../domain/luau-tools.js';
import { parseInput } from '../domain/parse-input.js';
import type { ProjectFiles } from '../domain/project.js';
import {
  contentFolder,
  contentPlayPath,
  contentSheetsFolder,
  contentTestsFolder,
  contentSpecPath,
  generateContent,
  layOutContent,
  proveContent,
  readContentPackage,
  readContentProgram,
} from '../adapters/content/index.js';
import { testsFolder } from '../adapters/luau/index.js';
import { createProjectCode } from './support/project-code.js';

export type ContentDependencies = {
  artifacts: ArtifactStore;
  projectFiles: ProjectFiles;
  runtime: LuauRuntime;
};

/** A child workflow makes one batch. */
const largestBatch = 12;

/** Seeds that a content must hold under before it is committed. */
const wantedSeeds = 1000;
/** What luau-web does in the time that luau-kit needs for all. */
const webSeeds = 40;

export function createContentActivities(dependencies: ContentDependencies): ContentActivities {
  const { runtime } = dependencies;
  const projectCode = createProjectCode(dependencies);
  const signalNow = () => asyncLocalStorage.getStore()?.cancellationSignal;

  const readPlan = async (ref: ArtifactRef): Promise<ContentPlan> =>
    parseInput(contentPlanSchema, 'the content plan', await projectCode.getJson(ref));

  async function planBatches({ assets }: ContentPlan): Promise<AssetBatchPlan[]> {
    const count = Math.ceil(assets.length / largestBatch);
    return Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const batch = assets.slice(index * largestBatch, (index + 1) * largestBatch);
        return {
          id: `content-${index + 1}`,
          specs: await projectCode.putText(canonicalJson(batch)),
          assets: batch.map(({ id, role, recipe }) => ({ id, role, recipe })),
        };
      }),
    );
  }

  return {
    async planContent({ project, request }) {
      const wanted = parseInput(contentRequestSchema, 'the content request', request);
      const plan = planContent(wanted, project.config.season);
      // Where the code cannot go is known before anything is made.
      await projectCode.readMounts(project);
      const program = await readContentProgram();
      const layout = await layOutContent(runtime, program, plan.config, signalNow());
      refuseBrokenLayout(plan, layout);
      const seeds = runtime.name === 'luau-kit' ? wantedSeeds : webSeeds;
      const problems = await proveContent(runtime, program, { config: plan.config, seeds }, signalNow());
      return {
        plan: await projectCode.putText(canonicalJson(plan)),
        content: plan.config.id,
        summary: describeContent(plan, layout),
        assets: await planBatches(plan),
        gate: contentGate(plan.config, layout, {
          seeds,
          wanted: wantedSeeds,
          problems,
          remedy: 'luau-kit is not on this machine; "graveshift tools install" builds it',
        }),
      };
    },

    async writeContentCode({ project, plan: planRef, manifests }) {
      const plan = await readPlan(planRef);
      const { id } = plan.config;
      const { server } = await projectCode.readMounts(project);
      const root = `${server.folder}/${contentFolder}`;
      const present = await projectCode.survey(
        project,
        [root, contentTestsFolder, contentSheetsFolder],
        [`${testsFolder}/Testing.luau`, contentPlayPath(id)],
      );
      const files = generateContent(
        {
          plan,
          layout: await layOutContent(runtime, await readContentProgram(), plan.config, signalNow()),
          assets: await projectCode.readAssets(manifests),
          target: project.target,
          server,
          existing: contentsIn(present.generated, root),
          existingLock: await projectCode.readAssetLock(project),
        },
        await readContentPackage(),
      );
      return projectCode.putChangeSet(files, present, (path) => belongsToAnotherContent(path, root, id));
    },
  };
}

/** Ids of the contents whose config is among the paths. */
function contentsIn(paths: readonly string[], root: string): string[] {
  return paths.flatMap((path) => {
    if (!path.startsWith(`${root}/Content/`)) return [];
    const id = /^([a-z0-9-]+)\/Config\.luau$/.exec(path.slice(`${root}/Content/`.length))?.[1];
    return id === undefined ? [] : [id];
  });
}

/** Other contents are left as they are: only this one is generated. */
function belongsToAnotherContent(path: string, root: string, id: string): boolean {
  const inData = path.startsWith(`${root}/Content/`) && !path.startsWith(`${root}/Content/${id}/`);
  const inTests = path.startsWith(`${contentTestsFolder}/Content-`) && path !== contentSpecPath(id);
  const inSheets = path.startsWith(`${contentSheetsFolder}/`) && path !== `${contentSheetsFolder}/${id}.md`;
  return inData || inTests || inSheets;
}
