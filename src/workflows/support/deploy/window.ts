import { sleep } from '@temporalio/workflow';

import type { DeployInput } from '../../../domain/deploy.js';
import { failRun } from '../failures.js';
import type { PipelineRun } from '../run.js';

/** Waits for the hours in which it may go to players. */
export async function awaitWindow(run: PipelineRun, window: DeployInput['window']): Promise<void> {
  const { notBefore } = window ?? {};
  const wait = notBefore === undefined ? 0 : Date.parse(notBefore) - Date.now();
  if (wait > 0) {
    run.note('window', `opens at ${notBefore ?? ''}`);
    await sleep(wait, { summary: 'Until the window opens' });
  }
  await run.controls.whilePaused();
  refuseLateWindow(window);
}

/** @throws Rejected after the latest time at which it may go to players */
export function refuseLateWindow({ notAfter }: NonNullable<DeployInput['window']> = {}): void {
  if (notAfter === undefined || Date.now() <= Date.parse(notAfter)) return;
  throw failRun('Rejected', `the window closed at ${notAfter}, before everything was ready: deploy again`);
}
