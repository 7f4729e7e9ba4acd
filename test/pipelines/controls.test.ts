import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Progress } from '../../src/domain/progress.js';
import { eventually } from '../support/eventually.js';
import { NightShift } from '../support/night-shift.js';
import { recordHistory } from '../support/record-history.js';
import { temporal } from '../support/temporal-cli.js';

/** The doors of a person: signals and updates by the Temporal CLI, as the README has them. */
describe('the controls of a run', () => {
  let shift: NightShift;
  let night = 0;

  beforeAll(async () => {
    shift = await NightShift.start({
      config: (config) => (config.approvals = { before: 'both', approvers: ['ann', 'bob'], fourEyes: true }),
    });
  });
  afterAll(async () => shift[Symbol.asyncDispose]());

  const cli = (...args: string[]) => temporal(shift.env.TEMPORAL_ADDRESS!, ...args);
  const signal = (id: string, name: string, input?: string) =>
    cli(
      'workflow',
      'signal',
      '--workflow-id',
      id,
      '--name',
      name,
      ...(input === undefined ? [] : ['--input', input]),
    );
  const startNight = async (requestedBy = 'ann'): Promise<string> => {
    const id = shift.id(`night-${++night}`);
    await shift.client.start('horrorNight', { night, requestedBy }, { workflowId: id });
    return id;
  };
  const until = (id: string, satisfies: (progress: Progress) => boolean): Promise<Progress> =>
    eventually(() => shift.client.progress(id), satisfies);
  const awaitsApproval = (id: string) => until(id, ({ state }) => state === 'awaiting-approval');

  it('takes an approval of what is asked for, once, from somebody else who may', async () => {
    const id = await startNight('ann');
    const { approval } = await awaitsApproval(id);
    expect(approval?.summary.join('\n')).toMatch(/assets.*\n.*code: \d+ files/);
    expect(await shift.emulator.placeHistory(shift.project.placeId)).toHaveLength(0);

    await signal(id, 'approve');
    await signal(id, 'approve', '{"by":7}');
    await signal(id, 'approve', '"yes"');
    await signal(id, 'approve', '{"reason":"nobody named"}');
    await signal(id, 'approve', '{"by":"eve"}');
    await signal(id, 'approve', '{"by":"ann"}');
    await signal(id, 'approve', `{"by":"bob","digest":"${'0'.repeat(64)}"}`);
    await signal(id, 'aprove', '{"by":"bob"}');
    const refused = await until(id, ({ ignored }) => ignored.length === 8);
    expect(refused.state).toBe('awaiting-approval');
    expect(refused.ignored.map(({ message }) => message).join('\n')).toMatch(
      /approve: body[^]*approve: by[^]*eve is not among the approvers[^]*four eyes[^]*unknown signal "aprove"/,
    );

    const wrong = await cli(
      'workflow',
      'update',
      'execute',
      '--workflow-id',
      id,
      '--name',
      'decide',
      '--input',
      '{"decision":"approve","by":"ann"}',
    );
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr + wrong.stdout).toContain('four eyes');
    const right = await cli(
      'workflow',
      'update',
      'execute',
      '--workflow-id',
      id,
      '--name',
      'decide',
      '--input',
      '{"decision":"approve","by":"bob","reason":"looks good"}',
    );
    expect(right.code).toBe(0);
    const end = await shift.client.end(id);
    expect(end.outcome).toBe('succeeded');
    await recordHistory(shift, id, 'horror-night-approved');
    expect((await signal(id, 'approve', '{"by":"bob"}')).code).not.toBe(0);
  });

  it('lets a rejection end the run, with nothing left in Git or on Roblox', async () => {
    const before = await shift.emulator.placeHistory(shift.project.placeId);
    const id = await startNight('ann');
    await awaitsApproval(id);
    expect(await shift.git('branch', '--list', 'graveshift/night-*')).not.toBe('');
    await signal(id, 'reject', '{"by":"bob","reason":"too dark"}');
    expect(await shift.client.end(id)).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('too dark') as string,
    });
    expect(await shift.git('branch', '--list', 'graveshift/night-*')).toBe('');
    expect(await shift.git('tag', '--list', `night-${night}*`)).toBe('');
    await recordHistory(shift, id, 'horror-night-rejected');
    expect(await shift.emulator.placeHistory(shift.project.placeId)).toEqual(before);
  });

  it('pauses before the next step, says by whom, and goes on', async () => {
    const id = shift.id(`night-${++night}`);
    await shift.client.temporal.workflow.signalWithStart('horrorNight', {
      workflowId: id,
      taskQueue: shift.taskQueue,
      args: [{ night, requestedBy: 'ann' }],
      signal: 'pause',
      signalArgs: [{ by: 'ann', reason: 'GPU is needed' }],
    });
    const paused = await until(id, ({ state }) => state === 'paused');
    expect(paused.paused).toMatchObject({ by: 'ann', reason: 'GPU is needed' });
    expect(paused.stepsDone).toBe(0);
    await signal(id, 'resume', '{"by":"ann"}');
    await awaitsApproval(id);
    await shift.client.cancel(id);
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'cancelled' });
    await recordHistory(shift, id, 'horror-night-paused-and-cancelled');
    expect(await shift.git('branch', '--list', 'graveshift/night-*')).toBe('');
  });

  it('refuses a second run of the night that is being made, and names the first', async () => {
    const first = await startNight();
    await until(first, ({ stepsDone }) => stepsDone >= 2);
    await expect(shift.client.start('horrorNight', { night }, { workflowId: first })).rejects.toMatchObject({
      kind: 'AlreadyRunning',
      message: expect.stringContaining(first) as string,
    });
    const second = shift.id('the-same-night');
    await shift.client.start('horrorNight', { night }, { workflowId: second });
    expect(await shift.client.end(second)).toMatchObject({
      outcome: 'failed',
      kind: 'AlreadyRunning',
      reason: expect.stringContaining(first) as string,
    });
    await shift.client.cancel(first);
    await shift.client.end(first);
    const third = shift.id('after-it');
    await shift.client.start('horrorNight', { night }, { workflowId: third });
    await until(third, ({ stepsDone }) => stepsDone >= 2);
    await shift.client.cancel(third);
    await shift.client.end(third);
  });

  it('shows state, progress and what is awaited in the details of the Web UI', async () => {
    const id = await startNight();
    await awaitsApproval(id);
    const metadata = await shift.client.temporal.workflow
      .getHandle(id)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('awaiting-approval');
    expect(metadata.currentDetails).toContain(`graveshift approve ${id}`);
    const listed = await eventually(
      () => shift.client.list({ project: 'village', state: 'awaiting-approval' }),
      (runs) => runs.some(({ workflowId }) => workflowId === id),
    );
    expect(listed.find(({ workflowId }) => workflowId === id)).toMatchObject({
      night,
      environment: 'staging',
    });
    await shift.client.cancel(id);
    await shift.client.end(id);
  });
});
