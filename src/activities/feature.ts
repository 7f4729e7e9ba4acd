import { asyncLocalStorage } from '@temporalio/activity';

import type { AssetBatchPlan, FeatureActivities } from '../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { GraveshiftError, invalidInput } from '../domain/failure.js';
import { ruleAnalyser } from '../domain/feature/analyse.js';
import type { FeatureAnalyser } from '../domain/feature/analysis.js';
import {
  describePlan,
  featurePlanSchema,
  plannedFeatureSchema,
  planFeatures,
  type FeaturePlan,
} from '../domain/feature/plan.js';
import { describeModelPlan, planForModel } from '../domain/feature/model-plan.js';
import { featureWishSchema, type FeatureWish } from '../domain/feature/request.js';
import { parseInput } from '../domain/parse-input.js';
import type { ProjectFiles, ProjectSnapshot } from '../domain/project.js';
import {
  featureModules,
  featurePlayPath,
  featurePlaysFolder,
  featureRecordPath,
  featuresFolder,
  featureTestsFolder,
  generateFeatures,
  readFeaturePackage,
  testsFolder,
  type ExistingFeature,
} from '../adapters/luau/index.js';
import { noModel } from './model-code.js';
import { createProjectCode, type Mounts } from './support/project-code.js';

export type FeatureDependencies = {
  artifacts: ArtifactStore;
  projectFiles: ProjectFiles;
  /** Who reads plain words; the built-in rules where absent. */
  analyser?: FeatureAnalyser;
};

/** A child workflow makes one batch. */
const largestBatch = 12;

const recordSchema = plannedFeatureSchema.pick({ id: true, spec: true });

export function createFeatureActivities(dependencies: FeatureDependencies): FeatureActivities {
  const { analyser = ruleAnalyser } = dependencies;
  const projectCode = createProjectCode(dependencies);

  async function planBatches({ assets }: FeaturePlan): Promise<AssetBatchPlan[]> {
    const count = Math.ceil(assets.length / largestBatch);
    return Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const batch = assets.slice(index * largestBatch, (index + 1) * largestBatch);
        return {
          id: `feature-${index + 1}`,
          specs: await projectCode.putText(canonicalJson(batch)),
          assets: batch.map(({ id, role, recipe }) => ({ id, role, recipe })),
        };
      }),
    );
  }

  /** The features that the project has, by their data; their records say of what kind they are. */
  async function readExisting(
    project: ProjectSnapshot,
    generated: readonly string[],
    root: string,
  ): Promise<ExistingFeature[]> {
    const ids = generated.flatMap((path) => {
      const id = path.startsWith(`${root}/Features/`)
        ? /^([a-z0-9-]+)\/Config\.luau$/.exec(path.slice(`${root}/Features/`.length))?.[1]
        : undefined;
      return id === undefined ? [] : [id];
    });
    return Promise.all(
      ids.map(async (id) => {
        const path = featureRecordPath(id);
        const record = recordSchema.safeParse(parseJson(await projectCode.readText(project, path)));
        if (record.success) return { id, kind: record.data.spec.feature };
        throw new GraveshiftError(
          'CodeFailure',
          `${path} does not say what the feature ${id} is. Restore it from an earlier commit, or remove ` +
            `${root}/Features/${id} and the rest of the feature.`,
          { details: { file: path } },
        );
      }),
    );
  }

  async function planWithModel(
    project: ProjectSnapshot,
    wish: FeatureWish,
  ): ReturnType<FeatureActivities['planFeature']> {
    if (project.config.models.code.length === 0) throw noModel(project);
    const plan = planForModel(wish);
    return {
      plan: await projectCode.putText(canonicalJson(plan)),
      feature: plan.name,
      summary: describeModelPlan(plan),
      assets: [],
    };
  }

  const readPlan = async (ref: ArtifactRef): Promise<FeaturePlan> =>
    parseInput(featurePlanSchema, 'the feature plan', await projectCode.getJson(ref));

  return {
    async planFeature({ project, request }) {
      const wish = parseInput(featureWishSchema, 'the request', request);
      if (wish.generator === 'model') return planWithModel(project, wish);
      const signal = asyncLocalStorage.getStore()?.cancellationSignal;
      const analysis =
        wish.request === undefined
          ? undefined
          : await analyser.analyse(wish.request, { seed: wish.seed, ...(signal && { signal }) });
      const plan = planFeatures({
        wish,
        ...(analysis && { analysed: { analysis, analyser: analyser.name } }),
        season: project.config.season,
      });
      refuseWithoutScreens(plan, await projectCode.readMounts(project), project);
      return {
        plan: await projectCode.putText(canonicalJson(plan)),
        feature: plan.name,
        summary: describePlan(plan),
        assets: await planBatches(plan),
      };
    },

    async writeFeatureCode({ project, plan: planRef, manifests }) {
      const plan = await readPlan(planRef);
      const assets = await projectCode.readAssets(manifests);
      const { server, client } = await projectCode.readMounts(project);
      const root = `${server.folder}/${featuresFolder}`;
      const folders = [root, featureTestsFolder, ...(client ? [`${client.folder}/${featuresFolder}`] : [])];
      const present = await projectCode.survey(project, folders, [
        `${testsFolder}/Testing.luau`,
        ...plan.features.map(({ id }) => featurePlayPath(id)),
      ]);
      const files = generateFeatures(
        {
          plan,
          assets,
          target: project.target,
          server,
          client,
          existing: await readExisting(project, present.generated, root),
          existingLock: await projectCode.readAssetLock(project),
        },
        await readFeaturePackage(),
      );
      return projectCode.putChangeSet(files, present, (path) => belongsToAnotherFeature(path, root));
    },
  };
}

/** Data and tests of other features are left as they are; their names begin with a small letter, those of modules do not. */
function belongsToAnotherFeature(path: string, root: string): boolean {
  return (
    path.startsWith(`${root}/Features/`) ||
    path.startsWith(`${featurePlaysFolder}/`) ||
    (path.startsWith(`${featureTestsFolder}/`) && /^[a-z]/.test(path.slice(featureTestsFolder.length + 1)))
  );
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // The schema says what is wrong with nothing.
    return undefined;
  }
}

/** Buying and talking need a window on the player's screen, and that a folder for it. */
function refuseWithoutScreens(plan: FeaturePlan, { client }: Mounts, project: ProjectSnapshot): void {
  const blind = plan.features.filter(({ spec }) => featureModules[spec.feature].window !== undefined);
  if (client !== undefined || blind.length === 0) return;
  throw invalidInput('the project', [
    {
      field: 'code.client',
      value: `"${project.config.code.client}", which ${project.target.rojoProject} maps nowhere`,
      remedy:
        `${blind.map(({ id }) => id).join(', ')} shows windows: map a folder into StarterPlayer.StarterPlayerScripts ` +
        'in the Rojo project file, and name it here',
    },
  ]);
}
