import { readFile } from 'node:fs/promises';

import { createGitActivities } from '../../src/activities/git.js';
import { createLedgerActivities } from '../../src/activities/ledger.js';
import { createOpenCloudActivities } from '../../src/activities/open-cloud.js';
import { createRojoActivities } from '../../src/activities/rojo.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createGitProjects } from '../../src/adapters/git/index.js';
import { createLedger } from '../../src/adapters/ledger/index.js';
import { systemClock } from '../../src/adapters/open-cloud/index.js';
import { createProjectRegistry } from '../../src/adapters/projects/registry.js';
import { findRojo, readStamp } from '../../src/adapters/rojo/index.js';
import { changeSetDigest } from '../../src/domain/change-set.js';
import { loadWorkerSettings } from '../../src/worker/settings.js';
import { createOpenCloudClients } from '../../src/worker/open-cloud-clients.js';
import type { NightShift } from './night-shift.js';

/** The smallest test that the gate `unit-tests` runs. */
const spec = `--!strict
local Testing = require(script.Parent.Testing)

return Testing.describe("content", function()
	Testing.it("counts", function()
		Testing.expect(1 + 1).toBe(2)
	end)
end)
`;

export type StagedContent = { runId: string; tag: string; commit: string; sha256: string; version: number };

/**
 * Brings a small piece of content to staging by the activities that a night uses, in a second instead of twenty: one
 * module with the text, committed, built, published, tagged and recorded.
 */
export async function stageContent(
  shift: NightShift,
  name: string,
  content: Record<string, string> = {
    [`src/shared/${name}.luau`]: `--!strict\nreturn { name = "${name}" }\n`,
  },
): Promise<StagedContent> {
  const settings = loadWorkerSettings(shift.env);
  const artifacts = createFileArtifactStore({ directory: settings.store });
  const registry = createProjectRegistry({ file: settings.projectsFile });
  const git = createGitProjects({ registry, directory: settings.clones });
  const ledger = await createLedger({ url: settings.ledger });
  const openCloud = createOpenCloudClients(settings.openCloud, shift.env, ledger.quotas);
  try {
    const gitActivities = createGitActivities({ registry, git, artifacts });
    const runs = createLedgerActivities({ ledger, isRunning: () => Promise.resolve(false) });
    const rojo = createRojoActivities({
      worktrees: git,
      artifacts,
      rojo: await findRojo({ env: shift.env }),
      env: shift.env,
    });
    const publishing = createOpenCloudActivities({
      clientFor: openCloud.clientFor,
      artifacts,
      intents: ledger.intents,
      uploads: ledger.uploads,
      assetLock: { read: () => Promise.resolve(undefined) },
      readStamp,
      clock: systemClock,
    });

    const runId = `content-${name}`;
    const files = {
      ...content,
      'tests/graveshift/Testing.luau': await readFile('luau/testing/init.luau', 'utf8'),
      [`tests/graveshift/${name}.spec.luau`]: spec,
    };
    const project = await gitActivities.snapshotProject({ environment: 'staging', place: 'start' });
    await runs.openRun({
      runId,
      workflowId: `test/${runId}`,
      pipeline: 'feature',
      project: project.name,
      subject: runId,
      requestedBy: 'test',
      input: {},
    });
    const refs = await Promise.all(
      Object.entries(files).map(
        async ([file, text]) =>
          [file, await artifacts.put(new TextEncoder().encode(text), 'text/x-luau')] as const,
      ),
    );
    const changeSet = { files: Object.fromEntries(refs), removals: [] };
    const digest = changeSetDigest(changeSet);
    const ref = await artifacts.put(new TextEncoder().encode(JSON.stringify(changeSet)), 'application/json');
    const { commit } = await gitActivities.commitChangeSet({
      project: project.name,
      runId,
      baseCommit: project.baseCommit,
      changeSet: ref,
      digest,
      message: { type: 'feat', scope: name, subject: `add ${name}`, body: '' },
    });
    const built = await rojo.buildPlace({
      project: project.name,
      runId,
      commit,
      target: project.target,
      prepare: project.config.prepare,
      changeSet: ref,
      digest,
    });
    const lease = await ledger.nextLease(project.target.host, project.target.placeId);
    const intent = {
      runId,
      project: project.name,
      target: project.target,
      place: built.place,
      commit,
      digest,
      lease,
    };
    await publishing.preparePublish({ intent });
    const { version } = await publishing.publishPlace({ intent, versionType: 'Published' });
    await runs.recordRelease({
      intent,
      version,
      tag: name,
      rojoVersion: built.rojoVersion,
      gates: [built.gate],
      approvals: [],
    });
    await gitActivities.promoteToStaging({
      project: project.name,
      runId,
      commit,
      ...(project.nextCommit !== undefined && { expectedNext: project.nextCommit }),
      nextBranch: project.config.branches.next,
      tag: name,
      tagMessage: name,
    });
    const now = new Date().toISOString();
    await runs.closeRun({
      runId,
      state: 'succeeded',
      summary: name,
      costUsd: 0,
      steps: [{ id: 'stage', startedAt: now, finishedAt: now, state: 'done' }],
    });
    return { runId, tag: name, commit, sha256: built.place.sha256, version };
  } finally {
    await openCloud.close();
    await ledger.close();
  }
}
