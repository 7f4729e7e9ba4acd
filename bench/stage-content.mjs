import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TextEncoder } from 'node:util';

import { changeSetDigest } from '../dist/domain/change-set.js';
import { packageRoot } from '../scripts/lib/package-root.mjs';

/** The smallest test that the gate `unit-tests` runs. */
const spec = `--!strict
local Testing = require(script.Parent.Testing)

return Testing.describe("content", function()
	Testing.it("counts", function()
		Testing.expect(1 + 1).toBe(2)
	end)
end)
`;

/**
 * Brings one module to staging by the activities that a night uses, in a second instead of twenty: committed, built,
 * published, recorded, tagged.
 */
export async function stageContent({ activities, artifacts, ledger }, name) {
  const runId = `content-${name}`;
  const project = await activities.snapshotProject({ environment: 'staging', place: 'start' });
  await activities.openRun({
    runId,
    workflowId: `bench/${runId}`,
    pipeline: 'feature',
    project: project.name,
    subject: runId,
    requestedBy: 'bench',
    input: {},
  });
  const { commit, changeSet, digest } = await commitModule(activities, artifacts, { project, runId, name });
  const built = await activities.buildPlace({
    project: project.name,
    runId,
    commit,
    target: project.target,
    prepare: project.config.prepare,
    changeSet,
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
  await activities.preparePublish({ intent });
  const { version } = await activities.publishPlace({ intent, versionType: 'Published' });
  await activities.recordRelease({
    intent,
    version,
    tag: name,
    rojoVersion: built.rojoVersion,
    gates: [built.gate],
    approvals: [],
  });
  await activities.promoteToStaging({
    project: project.name,
    runId,
    commit,
    ...(project.nextCommit !== undefined && { expectedNext: project.nextCommit }),
    nextBranch: project.config.branches.next,
    tag: name,
    tagMessage: name,
  });
  const now = new Date().toISOString();
  const steps = [{ id: 'stage', startedAt: now, finishedAt: now, state: 'done' }];
  await activities.closeRun({ runId, state: 'succeeded', summary: name, costUsd: 0, steps });
}

async function commitModule(activities, artifacts, { project, runId, name }) {
  const files = {
    [`src/shared/${name}.luau`]: `--!strict\nreturn { name = "${name}" }\n`,
    'tests/graveshift/Testing.luau': await readFile(
      path.join(packageRoot, 'luau', 'testing', 'init.luau'),
      'utf8',
    ),
    [`tests/graveshift/${name}.spec.luau`]: spec,
  };
  const refs = {};
  for (const [file, text] of Object.entries(files)) {
    refs[file] = await artifacts.put(new TextEncoder().encode(text), 'text/x-luau');
  }
  const content = { files: refs, removals: [] };
  const digest = changeSetDigest(content);
  const changeSet = await artifacts.put(
    new TextEncoder().encode(JSON.stringify(content)),
    'application/json',
  );
  const { commit } = await activities.commitChangeSet({
    project: project.name,
    runId,
    baseCommit: project.baseCommit,
    changeSet,
    digest,
    message: { type: 'feat', scope: name, subject: `add ${name}`, body: '' },
  });
  return { commit, changeSet, digest };
}
