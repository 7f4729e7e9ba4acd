import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import type { ProjectSnapshot } from '../../domain/project.js';
import { failRun } from './failures.js';
import type { PipelineRun } from './run.js';
import { whereTo } from './staging.js';
import { git, ledger, openCloud } from './stations.js';

/** What the input of every pipeline that makes something says. */
export type WorkInput = {
  project?: string | undefined;
  environment: string;
  place: string;
  requestedBy: string;
};

/** The project as it is now, and proof that its place can be published to: all that can be wrong before work begins. */
export async function readProject(input: WorkInput): Promise<ProjectSnapshot> {
  const project = await git('Read the project').snapshotProject(whereTo(input));
  const { target } = project;
  await openCloud(`Check key, universe and place of ${target.environment}`).checkTarget({ target });
  return project;
}

const projectAttribute = defineSearchAttributeKey('GraveshiftProject', 'KEYWORD');
const runAttribute = defineSearchAttributeKey('GraveshiftRun', 'KEYWORD');
const pipelineAttribute = defineSearchAttributeKey('GraveshiftPipeline', 'KEYWORD');
const environmentAttribute = defineSearchAttributeKey('GraveshiftEnvironment', 'KEYWORD');
const nightAttribute = defineSearchAttributeKey('GraveshiftNight', 'INT');

export function describeInSearch(run: PipelineRun, project: ProjectSnapshot, night?: number): void {
  upsertSearchAttributes([
    { key: projectAttribute, value: project.name },
    { key: runAttribute, value: run.id },
    { key: pipelineAttribute, value: workflowInfo().workflowType },
    { key: environmentAttribute, value: project.target.environment },
    ...(night === undefined ? [] : [{ key: nightAttribute, value: night }]),
  ]);
}

/**
 * One run for each work, such as `night:3`: a second one ends at once and names the first.
 * @param title the work in words, such as `night 3`
 */
export async function claimWork(
  run: PipelineRun,
  project: ProjectSnapshot,
  { subject, title, input }: { subject: string; title: string; input: WorkInput },
): Promise<void> {
  const { heldBy } = await ledger(`Claim ${title}`).openRun({
    runId: run.id,
    workflowId: run.workflowId,
    pipeline: workflowInfo().workflowType,
    project: project.name,
    subject,
    requestedBy: input.requestedBy,
    input,
  });
  if (!heldBy) return;
  throw failRun(
    'AlreadyRunning',
    `${title} of ${project.name} is being made by ${heldBy.workflowId}; nothing was spent. ` +
      `Watch it with "graveshift watch ${heldBy.workflowId}", or cancel it first`,
    heldBy,
  );
}
