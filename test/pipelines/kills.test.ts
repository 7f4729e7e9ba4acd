import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { WorkflowNotFoundError } from '@temporalio/common';
import { describe, expect, inject, it } from 'vitest';

import { startDevServer, type DevServer } from '../../src/stack/index.js';
import type { HorrorNightResult } from '../../src/workflows/horror-night.js';
import { longTests } from '../support/long-tests.js';
import { NightShift } from '../support/night-shift.js';
import { recordHistory } from '../support/record-history.js';

type Staged = Extract<HorrorNightResult, { outcome: 'staged' }>;

/** A step of the night, and an activity that runs in it: in a child workflow where `child` names one. */
const moments = [
  { step: 'project', activity: 'snapshotProject' },
  { step: 'environment', activity: 'generateAsset', child: 'environment-1' },
  { step: 'enemies', activity: 'uploadAsset', child: 'enemies-1' },
  { step: 'code', activity: 'writeNightCode' },
  { step: 'checks', activity: 'checkCode' },
  { step: 'commit', activity: 'commitChangeSet' },
  { step: 'build', activity: 'buildPlace' },
  { step: 'place', activity: 'snapshotProject' },
  { step: 'stage', activity: 'publishPlace' },
  { step: 'record', activity: 'promoteToStaging' },
];

/** Activities of the execution that a worker is running now. */
async function runningActivities(shift: NightShift, workflowId: string): Promise<string[]> {
  try {
    const { raw } = await shift.client.temporal.workflow.getHandle(workflowId).describe();
    const started = 2; // PENDING_ACTIVITY_STATE_STARTED
    return (raw.pendingActivities ?? [])
      .filter(({ state }) => Number(state) === started)
      .map(({ activityType }) => activityType?.name ?? '');
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

async function untilRunning(shift: NightShift, workflowId: string, activity: string): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await runningActivities(shift, workflowId)).includes(activity)) {
    if (Date.now() > deadline) throw new Error(`${activity} did not run in ${workflowId}`);
    await delay(10);
  }
}

/** Makes every git command of the worker take a moment, so that a kill can hit it. */
async function slowGit(shift: NightShift): Promise<Record<string, string>> {
  const folder = path.join(shift.directory, 'slow-bin');
  await mkdir(folder, { recursive: true });
  const script = path.join(folder, 'git');
  await writeFile(script, `#!/bin/sh\nsleep 0.05\nPATH="${process.env.PATH ?? ''}" exec git "$@"\n`);
  await chmod(script, 0o755);
  return { PATH: `${folder}${path.delimiter}${process.env.PATH ?? ''}` };
}

async function slowOpenCloud(shift: NightShift): Promise<void> {
  await shift.emulator.injectFault(
    { match: { method: 'POST', path: '/assets/v1/assets' }, times: 100, kind: 'delay', delayMs: 300 },
    { match: { method: 'POST', path: '/universes/v1/.*/versions' }, times: 10, kind: 'delay', delayMs: 1500 },
  );
}

/** One commit, one tag, one version; and no activity that had finished was done again. */
async function expectOneNight(shift: NightShift, workflowId: string, kills: number): Promise<Staged> {
  const end = await shift.client.end(workflowId);
  expect(end).toMatchObject({ outcome: 'succeeded', result: { outcome: 'staged' } });
  const result = (end as { result: Staged }).result;
  expect(await shift.git('rev-list', '--count', 'main..graveshift/next')).toBe('1');
  expect(await shift.git('tag', '--list')).toBe('night-1');
  expect(await shift.git('branch', '--list', 'graveshift/night-*')).toBe('');
  expect(await shift.emulator.placeHistory(shift.project.placeId)).toHaveLength(1);

  let retried = 0;
  for (const id of [workflowId, `${workflowId}/environment-1`, `${workflowId}/enemies-1`]) {
    const { events } = await shift.client.temporal.workflow.getHandle(id).fetchHistory();
    const scheduled = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes);
    const finished = (events ?? []).filter((event) => event.activityTaskCompletedEventAttributes);
    const timedOut = (events ?? []).filter((event) => event.activityTaskTimedOutEventAttributes);
    // Publishing has one attempt and is reconciled instead of retried.
    expect(finished.length + timedOut.length).toBe(scheduled.length);
    expect(timedOut.length).toBeLessThanOrEqual(1);
    for (const { activityTaskStartedEventAttributes: started } of events ?? [])
      retried += Math.max(0, (started?.attempt ?? 1) - 1);
  }
  // At most what was in flight when the worker died: four assets of each of the two batches, or one step.
  expect(retried).toBeLessThanOrEqual(kills + 7);
  return result;
}

describe('a night whose machines die', () => {
  it.runIf(longTests)(
    'ends as it would have after the worker was killed in ten different steps',
    { timeout: 600_000 },
    async () => {
      await using shift = await NightShift.start({
        meshes: 'to-make',
        config: (config) => (config.approvals = { before: 'production' }),
        worker: false,
      });
      const env = await slowGit(shift);
      await slowOpenCloud(shift);
      await shift.startWorker(env);
      const workflowId = shift.id('night-1');
      await shift.client.start('horrorNight', { night: 1 }, { workflowId });

      const hit: string[] = [];
      for (const { step, activity, child } of moments) {
        const execution = child === undefined ? workflowId : `${workflowId}/${child}`;
        await untilRunning(shift, execution, activity);
        await shift.killWorker();
        if ((await runningActivities(shift, execution)).includes(activity)) hit.push(step);
        await shift.startWorker(env);
      }
      expect(hit).toEqual(moments.map(({ step }) => step));
      await expectOneNight(shift, workflowId, moments.length);
      await recordHistory(shift, workflowId, 'horror-night-killed-ten-times');
    },
  );

  it(
    'ends as it would have after the Temporal server was killed three times',
    { timeout: 300_000 },
    async () => {
      const first = await NightShift.temporaryDirectory();
      const start = (port: number | 'auto'): Promise<DevServer> =>
        startDevServer({
          executable: inject('temporalCli'),
          databaseFile: path.join(first, 'temporal.db'),
          logFile: path.join(first, 'temporal.log'),
          ports: { temporal: port },
          headless: true,
          env: process.env,
        });
      let server = await start('auto');
      const port = Number(server.address.split(':').at(-1));
      try {
        await using shift = await NightShift.start({
          meshes: 'to-make',
          address: server.address,
          config: (config) => (config.approvals = { before: 'production' }),
          worker: false,
        });
        await slowOpenCloud(shift);
        await shift.startWorker(await slowGit(shift));
        const workflowId = shift.id('night-1');
        await shift.client.start('horrorNight', { night: 1 }, { workflowId });
        for (const activity of ['writeNightCode', 'commitChangeSet', 'publishPlace']) {
          await untilRunning(shift, workflowId, activity);
          process.kill(server.pid, 'SIGKILL');
          await server.exited;
          server = await start(port);
        }
        await expectOneNight(shift, workflowId, 3);
      } finally {
        await server.stop();
        await NightShift.removeDirectory(first);
      }
    },
  );
});
