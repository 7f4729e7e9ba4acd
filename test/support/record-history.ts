import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

import type { NightShift } from './night-shift.js';

/** Where the histories lie that every later version of the workflows must be able to replay. */
export const historiesFolder = path.resolve('test', 'histories');

/**
 * With `GRAVESHIFT_RECORD_HISTORIES=1`, keeps the history of a run that a test made. Recorded histories are replayed by
 * test/pipelines/replay.test.ts: record again only when a release may break runs that are in flight.
 */
export async function recordHistory(shift: NightShift, workflowId: string, name: string): Promise<void> {
  if (process.env.GRAVESHIFT_RECORD_HISTORIES !== '1') return;
  const history = await shift.client.temporal.workflow.getHandle(workflowId).fetchHistory();
  await mkdir(historiesFolder, { recursive: true });
  // Stack traces name the folder of the checkout.
  const text = historyToJSON(history).replaceAll(`${process.cwd()}${path.sep}`, '');
  await writeFile(path.join(historiesFolder, `${name}.json`), `${text}\n`);
}
