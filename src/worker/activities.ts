import path from 'node:path';

import { getClient } from '@temporalio/activity';

import { createApprovalActivities } from '../activities/approval.js';
import { createAssetGenerationActivities } from '../activities/asset-generation.js';
import { createBalanceActivities } from '../activities/balance.js';
import { createCodeCheckActivities, createFileCheck } from '../activities/code-check.js';
import { createContentActivities } from '../activities/content.js';
import { createDesignActivities } from '../activities/design.js';
import { createPreflightActivities } from '../activities/deploy-preflight.js';
import { createFeatureActivities } from '../activities/feature.js';
import { createGitActivities } from '../activities/git.js';
import { createLedgerActivities } from '../activities/ledger.js';
import { createLiveActivities } from '../activities/live.js';
import { createModelCodeActivities } from '../activities/model-code.js';
import { createNightCodeActivities } from '../activities/night-code.js';
import { createOpenCloudActivities } from '../activities/open-cloud.js';
import { createPlaceActivities, isWorkflowRunning } from '../activities/place.js';
import { createNotifyActivities } from '../activities/notify.js';
import { createPlayActivities } from '../activities/play.js';
import { createPostMortemActivities } from '../activities/post-mortem.js';
import { createQualityActivities } from '../activities/quality.js';
import { createRebuildActivities } from '../activities/rebuild.js';
import { createReleaseActivities } from '../activities/release.js';
import { createRescueActivities } from '../activities/rescue.js';
import { createRojoActivities } from '../activities/rojo.js';
import { createFileArtifactStore } from '../adapters/artifacts/index.js';
import { createFileBalanceIndex, readBalanceProgram } from '../adapters/balance/index.js';
import { createJsonCache } from '../adapters/files/json-cache.js';
import { createGitProjects } from '../adapters/git/index.js';
import { assetLockPath, parseAssetLock } from '../adapters/luau/index.js';
import { createLuauTools } from '../adapters/luau-tools/index.js';
import { createLuauParser } from '../adapters/luau-syntax/index.js';
import { createAnswerCache } from '../adapters/llm/index.js';
import { createLedger } from '../adapters/ledger/index.js';
import { createFileAssetIndex, createProceduralGenerator } from '../adapters/mesh/index.js';
import { systemClock } from '../adapters/open-cloud/index.js';
import { createProjectRegistry } from '../adapters/projects/registry.js';
import { findRojo, readStamp } from '../adapters/rojo/index.js';
import { prepareRobloxDefinitions } from '../adapters/roblox-api/index.js';
import { createOpenCloudClients } from './open-cloud-clients.js';
import type { WorkerRole, WorkerSettings } from './settings.js';
import { createTestScriptReader } from './test-script.js';

/** The activities of each role, with what they depend on, and how to let go of it. */
export async function createWorkerActivities(
  settings: WorkerSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ byRole: Record<WorkerRole, object>; close: () => Promise<void> }> {
  const artifacts = createFileArtifactStore({ directory: settings.store });
  const ledger = await createLedger({ url: settings.ledger });
  const registry = createProjectRegistry({ file: settings.projectsFile });
  const git = createGitProjects({ registry, directory: settings.clones });
  const openCloud = createOpenCloudClients(settings.openCloud, env, ledger.quotas);
  const rojo = await findRojo({ env });
  const luau = await createLuauTools({ env, cacheDirectory: settings.cache });
  const codeTools = {
    luau,
    parser: await createLuauParser(),
    cache: createJsonCache({ directory: path.join(settings.cache, 'code-gate') }),
  };

  const generation = createAssetGenerationActivities({
    artifacts,
    index: createFileAssetIndex({ directory: settings.assetIndex }),
    generators: [createProceduralGenerator()],
  });
  const gitActivities = createGitActivities({ registry, git, artifacts });
  const light = {
    ...createApprovalActivities({ env }),
    ...createDesignActivities({ artifacts }),
    ...createPlaceActivities({ client: getClient, leases: ledger, places: ledger.places }),
    ...createLedgerActivities({
      ledger,
      isRunning: (workflowId) => isWorkflowRunning(getClient(), workflowId),
    }),
    ...createNotifyActivities({ git, env }),
    ...createRescueActivities({
      client: getClient,
      registry,
      projectFiles: git,
      ledger,
      artifacts,
      clientFor: openCloud.clientFor,
      readStamp,
    }),
  };
  const build = {
    ...createPostMortemActivities({ client: getClient, git, ledger, artifacts }),
    ...gitActivities,
    ...createNightCodeActivities({ artifacts, projectFiles: git }),
    ...createCodeCheckActivities({ artifacts, git, tools: codeTools }),
    ...createBalanceActivities({
      artifacts,
      index: createFileBalanceIndex({ directory: settings.balanceIndex }),
      runtime: luau.runtime,
      readProgram: readBalanceProgram,
      mostNights: settings.balanceNights,
    }),
    ...createModelCodeActivities({
      artifacts,
      projectFiles: git,
      calls: ledger.modelCalls,
      answers: createAnswerCache({ directory: settings.modelAnswers }),
      env,
      readEngineApi: async () => {
        const definitions = await prepareRobloxDefinitions({ cacheDirectory: settings.cache });
        return definitions.readApi();
      },
      checkFiles: createFileCheck({ git, tools: codeTools }),
    }),
    ...createContentActivities({ artifacts, projectFiles: git, runtime: luau.runtime }),
    ...createFeatureActivities({ artifacts, projectFiles: git }),
    ...createPlayActivities({ artifacts, runtime: luau.runtime, mostNights: settings.playNights }),
    ...createRojoActivities({ worktrees: git, artifacts, rojo, env }),
    ...createRebuildActivities({ worktrees: git, artifacts, rojo, env }),
    ...createQualityActivities({ git, artifacts, code: codeTools }),
    ...createReleaseActivities({
      snapshotProject: (input) => gitActivities.snapshotProject(input),
      git,
      ledger,
      artifacts,
    }),
  };
  const onOpenCloud = {
    ...createOpenCloudActivities({
      clientFor: openCloud.clientFor,
      artifacts,
      intents: ledger.intents,
      uploads: ledger.uploads,
      assetLock: {
        async read(project, commit) {
          const bytes = await git.read(project, commit, assetLockPath);
          return bytes && parseAssetLock(new TextDecoder().decode(bytes));
        },
      },
      readStamp,
      clock: systemClock,
    }),
    ...createLiveActivities({
      clientFor: openCloud.clientFor,
      intents: ledger.intents,
      projectFiles: git,
      readTestScript: createTestScriptReader(git),
      clock: systemClock,
    }),
    ...createPreflightActivities({
      clientFor: openCloud.clientFor,
      ledger,
      readStamp,
      clock: systemClock,
    }),
  };
  const byRole = {
    workflows: light,
    gpu: generation,
    build,
    'open-cloud': onOpenCloud,
    // A rollback's workers do everything that it needs: it stands in nobody's queue.
    rescue: { ...light, ...build, ...onOpenCloud },
  };
  return {
    byRole,
    close: async () => {
      await openCloud.close();
      await luau.close();
      await ledger.close();
    },
  };
}
