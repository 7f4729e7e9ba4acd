import { isCancellation, log } from '@temporalio/workflow';

import type { Notice } from '../../domain/deploy-activities.js';
import type { ProjectSnapshot } from '../../domain/project.js';
import { causeOf } from './failures.js';
import type { PipelineRun } from './run.js';
import { notices } from './stations.js';

/** Tells people. A channel that does not answer stops no run: it is logged. @returns who was told, in words */
export async function tell(
  run: PipelineRun,
  { name, target }: Pick<ProjectSnapshot, 'name' | 'target'>,
  notice: Pick<Notice, 'event' | 'title' | 'lines'>,
): Promise<string> {
  const whole: Notice = {
    ...notice,
    project: name,
    environment: target.environment,
    runId: run.id,
    workflowId: run.workflowId,
  };
  try {
    const { delivered, failed } = await notices(`Tell people: ${notice.event}`).notify({ notice: whole });
    return [`told ${delivered.join(', ')}`, ...failed.map((each) => `failed: ${each}`)].join('; ');
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { message } = causeOf(error);
    log.warn('Nobody was told', { event: notice.event, problem: message });
    return `nobody was told: ${message}`;
  }
}
