import { asyncLocalStorage } from '@temporalio/activity';

import type { ModelCodeActivities } from '../domain/activities.js';
import type { ArtifactStore } from '../domain/artifact.js';
import { describeCodeFinding, type CodeFinding } from '../domain/code-finding.js';
import { guardWriting } from '../domain/change-guard.js';
import { GraveshiftError, invalidInput } from '../domain/failure.js';
import { modelPlanSchema } from '../domain/feature/model-plan.js';
import type { ModelCallLog } from '../domain/model.js';
import { parseInput } from '../domain/parse-input.js';
import type { ProjectFiles, ProjectSnapshot } from '../domain/project.js';
import { repair, type GeneratedFiles, type RepairResult } from '../domain/repair.js';
import { buildCodePrompt, createPaidModel, type AnswerCache } from '../adapters/llm/index.js';
import {
  assembleCustom,
  assetRecord,
  customBootstrap,
  customFolders,
  customNameOf,
  customNamesIn,
  dressGenerated,
  featurePlayPath,
  readLuauPackage,
  testsFolder,
} from '../adapters/luau/index.js';
import type { RobloxApi } from '../adapters/roblox-api/index.js';
import { describeContext } from './support/model-context.js';
import { createProjectCode } from './support/project-code.js';

export type ModelCodeDependencies = {
  artifacts: ArtifactStore;
  projectFiles: ProjectFiles;
  calls: ModelCallLog;
  answers: AnswerCache;
  env: Readonly<Record<string, string | undefined>>;
  /** What the engine has, of which a model is told what its request needs. */
  readEngineApi: () => Promise<RobloxApi>;
  /** The gate `code` over files that are to be added to the project at its base commit. */
  checkFiles: (
    project: ProjectSnapshot,
    files: GeneratedFiles,
    signal?: AbortSignal,
  ) => Promise<CodeFinding[]>;
};

/** Above 0 where several samples are asked for: equal answers would be no choice. */
const samplingTemperature = 0.7;
/** A person who says "retry" wants other answers than those that are kept. */
const samplesPerAttempt = 100;

export function createModelCodeActivities(dependencies: ModelCodeDependencies): ModelCodeActivities {
  const { calls, answers, env, checkFiles, readEngineApi } = dependencies;
  const projectCode = createProjectCode(dependencies);

  return {
    async writeModelCode({ project, runId, plan: planRef, manifests, otherUsd, attempt }) {
      const plan = await projectCode.getJson(planRef);
      const { name: id, request } = parseInput(modelPlanSchema, 'the plan for a model', plan);
      const { models, budget } = project.config;
      if (models.code.length === 0) throw noModel(project);
      const signal = asyncLocalStorage.getStore()?.cancellationSignal;
      const assets = await projectCode.readAssets(manifests);
      const mounts = await projectCode.readMounts(project);
      const name = customNameOf(id);
      const folders = customFolders(name, { server: mounts.server.folder, shared: mounts.shared.folder });
      const scenario = featurePlayPath(id);
      const present = await projectCode.survey(
        project,
        [`${mounts.server.folder}/Custom`, folders.shared, `${testsFolder}/custom`],
        [customBootstrap(mounts.server.folder), `${testsFolder}/Testing.luau`, scenario],
      );
      const luau = await readLuauPackage();
      const existingNames = customNamesIn(present.generated, mounts.server.folder);
      const assemble = (files: GeneratedFiles, provenance: unknown) =>
        assembleCustom({
          name,
          files,
          existingNames,
          serverFolder: mounts.server.folder,
          assets,
          target: project.target,
          existingLock: lock,
          testing: luau.testing,
          provenance,
        });
      const lock = await projectCode.readAssetLock(project);
      const engine = await readEngineApi();
      const context = describeContext({
        id,
        project,
        request,
        folders,
        assets,
        runtime: luau.runtime,
        mounts,
        engine,
      });
      const model = createPaidModel({ runId, capUsd: budget.runUsd - otherUsd, log: calls, answers, env });
      const permit = { folders: Object.values(folders), files: [scenario], scripts: false };
      const asked: { model: string; promptHash: string; cached: boolean }[] = [];

      const result = await repair(
        {
          generate: async (wanted) => {
            const config = models.code[wanted.model];
            if (config === undefined) throw new Error(`there is no model ${wanted.model}`);
            const reply = await model.ask(config, buildCodePrompt(context, wanted), {
              maxOutputTokens: models.maxOutputTokens,
              timeoutSeconds: models.timeoutSeconds,
              temperature: models.samples > 1 || attempt > 1 ? samplingTemperature : 0,
              sample: (attempt - 1) * samplesPerAttempt + wanted.sample,
              signal,
            });
            asked.push({ model: config.model, promptHash: reply.promptHash, cached: reply.cached });
            if (reply.outcome.kind === 'unusable') return { unusable: reply.outcome.reason };
            const files = dressed(reply.outcome.answer.files);
            // Nothing of an answer that goes beyond the permit is kept: it would stay in all that follow.
            const refused = guardWriting(files, permit);
            return refused.length === 0
              ? { files }
              : { unusable: refused.map(describeCodeFinding).join('; ') };
          },
          check: async (files) => {
            const missing = [
              ...missingFile(files, `${folders.server}/Server.luau`, 'it returns { start: () -> () }'),
              ...missingFile(files, scenario, 'bots play the feature by it'),
            ];
            return [...missing, ...(await checkFiles(project, assemble(files, {}), signal))];
          },
        },
        { models: models.code.length, rounds: models.rounds, samples: models.samples },
      );
      if (!result.passed || result.best === undefined) throw notRepaired(id, result);

      const spent = await calls.spent(runId);
      const provenance = {
        version: 1,
        id,
        request,
        generator: 'llm',
        asked,
        trace: result.trace,
        spent,
        assets: assets.map(assetRecord),
      };
      const written = await projectCode.putChangeSet(
        assemble(result.best.files, provenance),
        present,
        (path) =>
          path !== scenario && !Object.values(folders).some((folder) => path.startsWith(`${folder}/`)),
      );
      const paid = asked.filter(({ cached }) => !cached).length;
      return {
        ...written,
        costUsd: spent.usd,
        note: `${asked.length} answers (${paid} paid for), $${spent.usd.toFixed(2)} spent on models`,
      };
    },
  };
}

const dressed = (files: readonly { path: string; source: string }[]): GeneratedFiles =>
  dressGenerated(new Map(files.map(({ path, source }) => [path, source])));

function missingFile(files: GeneratedFiles, file: string, why: string): CodeFinding[] {
  if (files.has(file)) return [];
  return [
    {
      check: 'paths',
      file,
      rule: 'missing',
      severity: 'error',
      message: 'is missing',
      fix: `write it: ${why}`,
    },
  ];
}

export function noModel(project: ProjectSnapshot): GraveshiftError {
  return invalidInput(`graveshift.json of ${project.name}`, [
    {
      field: 'models.code',
      value: '[]',
      remedy: 'name at least one language model there, or ask for one of the features that templates make',
    },
  ]);
}

const shownFindings = 10;

function notRepaired(id: string, { best, trace }: RepairResult): GraveshiftError {
  const errors = best?.findings.filter(({ severity }) => severity === 'error') ?? [];
  const lines = errors.slice(0, shownFindings).map((finding) => `  ${describeCodeFinding(finding)}`);
  const said =
    best === undefined
      ? `none of ${trace.length} answers could be used (${[...new Set(trace.map(({ unusable }) => unusable))].join(', ')})`
      : `the best of ${trace.length} answers still has ${errors.length} errors`;
  return new GraveshiftError(
    'CodeFailure',
    [`No model wrote ${id} so that it passes: ${said}. Nothing was committed.`, ...lines].join('\n'),
    { details: { id, answers: trace.length } },
  );
}
