import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { eventually } from './eventually.js';
import type { NightShift } from './night-shift.js';

export type Boundary = { id: string; type: string };

/** `before`: nothing of the activity has happened yet; `after`: all of it has, and Temporal does not know. */
export type Moment = 'before' | 'after';

/**
 * Not retried but reconciled and then scheduled anew, under another id: killed once, or three lost attempts in a row ask
 * a person.
 */
const once = ['publishPlace'];

/** A killed worker is noticed after this; a healthy one sends a heartbeat every 2.5 seconds. */
const heartbeat = '4s';

/**
 * Kills the worker at each activity of the run in turn, as that activity is about to begin or has just ended, and starts
 * another one; approves on the way.
 * @returns the boundaries at which a worker died, in order
 */
export async function killAtEveryBoundary(
  shift: NightShift,
  workflowId: string,
  { workflowType, moment }: { workflowType: string; moment: Moment },
): Promise<Boundary[]> {
  const log = path.join(shift.directory, `held-${workflowType}.jsonl`);
  const passed: Boundary[] = [];
  const restart = async (): Promise<void> => {
    await shift.killWorker();
    const hold = { workflowType, moment, passed, once, heartbeat };
    await shift.startWorker({
      GRAVESHIFT_TEST_HOLD: JSON.stringify({ hold, log }),
      NODE_OPTIONS: `--import=${pathToFileURL(path.resolve('test/support/hold-activities.mjs')).href}`,
    });
  };
  let approved = false;
  const approve = async (): Promise<void> => {
    if (approved) return;
    approved = true;
    await shift.client.temporal.workflow.getHandle(workflowId).signal('approve', { by: 'ben' });
  };
  await restart();
  for (;;) {
    const held = await nextHeld(shift, workflowId, { log, known: passed.length, approve });
    if (held.length === 0) return passed;
    await shift.killWorker();
    const running = await startedActivities(shift, workflowId);
    for (const { id, type } of held) {
      if (!running.some((each) => each.id === id))
        throw new Error(`${type} was not hit: ${JSON.stringify(running)}`);
    }
    passed.push(...held);
    await restart();
  }
}

/** What stands still now; nothing when the run has ended instead. */
async function nextHeld(
  shift: NightShift,
  workflowId: string,
  { log, known, approve }: { log: string; known: number; approve: () => Promise<void> },
): Promise<Boundary[]> {
  const { held } = await eventually(
    async () => {
      const held = (await readHeld(log)).slice(known);
      if (held.length > 0) return { held, ended: false };
      const { status, state } = await shift.client.describe(workflowId);
      if (state === 'awaiting-approval') await approve();
      if (state === 'attention') throw new Error(JSON.stringify(await shift.client.progress(workflowId)));
      return { held, ended: status !== 'RUNNING' };
    },
    ({ held, ended }) => held.length > 0 || ended,
  );
  return held;
}

async function readHeld(log: string): Promise<Boundary[]> {
  try {
    const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Boundary);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The activities that Temporal believes a worker is running. */
export async function startedActivities(shift: NightShift, workflowId: string): Promise<Boundary[]> {
  const { raw } = await shift.client.temporal.workflow.getHandle(workflowId).describe();
  const started = 2; // PENDING_ACTIVITY_STATE_STARTED
  return (raw.pendingActivities ?? [])
    .filter(({ state }) => Number(state) === started)
    .map(({ activityId, activityType }) => ({ id: activityId ?? '', type: activityType?.name ?? '' }));
}

/** The activities of a run in the order in which they were scheduled. */
export async function scheduledActivities(shift: NightShift, workflowId: string): Promise<Boundary[]> {
  const { events } = await shift.client.temporal.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [{ id: scheduled.activityId ?? '', type: scheduled.activityType?.name ?? '' }] : [],
  );
}
