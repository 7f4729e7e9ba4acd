import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createLedgerActivities } from '../../src/activities/ledger.js';
import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import type { LedgerActivities } from '../../src/domain/activities.js';
import { intentOf, makeFolder, runNamed, tickingClock } from './fixtures.js';

describe('the ledger activities', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let ledger: Ledger;
  let running: Set<string>;
  let asked: string[];
  let activities: LedgerActivities;
  let count = 0;

  beforeAll(async () => ({ folder, remove } = await makeFolder()));
  afterAll(() => remove());
  beforeEach(async () => {
    ledger = await createLedger({ url: `file:${folder}/ledger-${++count}.db`, clock: tickingClock() });
    running = new Set();
    asked = [];
    activities = createLedgerActivities({
      ledger,
      isRunning: (workflowId, runId) => {
        asked.push(`${workflowId} ${runId}`);
        return Promise.resolve(running.has(runId));
      },
    });
  });
  afterEach(() => ledger.close());

  const closed = (runId: string) => ({
    runId,
    state: 'succeeded' as const,
    summary: 'Night 3 is staged as version 7',
    costUsd: 0.25,
    steps: [
      {
        id: 'design',
        startedAt: '2026-10-31T22:00:00.000Z',
        finishedAt: '2026-10-31T22:00:01.000Z',
        state: 'done',
      },
      { id: 'approval', startedAt: '2026-10-31T22:00:01.000Z', state: 'waiting' },
    ],
  });

  it('opens a run and keeps what the user typed', async () => {
    expect(await activities.openRun(runNamed('r1'))).toEqual({});
    expect(await ledger.findRun('r1')).toEqual({
      id: 'r1',
      workflowId: 'village/r1',
      pipeline: 'horrorNight',
      project: 'village',
      subject: 'night:3',
      requestedBy: 'ada',
      input: { night: 3 },
      state: 'running',
      costUsd: 0,
      startedAt: '2026-10-31T22:00:01.000Z',
      steps: [],
    });
  });

  it('changes nothing when the same run is opened again', async () => {
    await activities.openRun(runNamed('r1'));
    const before = await ledger.findRun('r1');
    expect(await activities.openRun(runNamed('r1'))).toEqual({});
    expect(await ledger.findRun('r1')).toEqual(before);
    expect(asked).toEqual([]);
  });

  it('names the running holder of the subject, and records that the second run did not start', async () => {
    running.add('r1');
    await activities.openRun(runNamed('r1'));
    expect(await activities.openRun(runNamed('r2'))).toEqual({
      heldBy: { runId: 'r1', workflowId: 'village/r1' },
    });
    expect(asked).toEqual(['village/r1 r1']);
    expect(await ledger.findRun('r2')).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('r1') as string,
    });
    expect(await ledger.findRun('r1')).toMatchObject({ state: 'running' });
  });

  it.each([{ subject: 'night:4' }, { project: 'harbour' }])(
    'lets another %o run beside it',
    async (other) => {
      running.add('r1');
      await activities.openRun(runNamed('r1'));
      expect(await activities.openRun(runNamed('r2', other))).toEqual({});
    },
  );

  it('lets one of many that ask at once have the subject', async () => {
    for (let index = 0; index < 10; index++) running.add(`r${index}`);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => activities.openRun(runNamed(`r${index}`))),
    );
    const winners = answers.filter((answer) => answer.heldBy === undefined);
    expect(winners).toHaveLength(1);
    expect(new Set(answers.flatMap((answer) => answer.heldBy?.runId ?? []))).toHaveProperty('size', 1);
  });

  it('takes the subject over from a holder that no longer runs, and says so on that run', async () => {
    await activities.openRun(runNamed('r1'));
    expect(await activities.openRun(runNamed('r2'))).toEqual({});
    expect(await ledger.findRun('r1')).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('without a report') as string,
    });

    running.add('r2');
    expect(await activities.openRun(runNamed('r3'))).toEqual({
      heldBy: { runId: 'r2', workflowId: 'village/r2' },
    });
  });

  it('leaves the subject alone when it cannot be told whether the holder runs', async () => {
    await activities.openRun(runNamed('r1'));
    const unsure = createLedgerActivities({
      ledger,
      isRunning: () => Promise.reject(new Error('Temporal does not answer')),
    });
    await expect(unsure.openRun(runNamed('r2'))).rejects.toThrow('Temporal does not answer');
    running.add('r1');
    expect((await activities.openRun(runNamed('r2'))).heldBy).toEqual({
      runId: 'r1',
      workflowId: 'village/r1',
    });
  });

  it('does not let a lost run that comes back close the subject of the one that took over', async () => {
    await activities.openRun(runNamed('r1'));
    await activities.openRun(runNamed('r2'));
    running.add('r2');
    await activities.closeRun(closed('r1'));
    expect((await activities.openRun(runNamed('r3'))).heldBy?.runId).toBe('r2');
  });

  it('closes a run with its steps and costs, once, and frees its subject', async () => {
    running.add('r1');
    await activities.openRun(runNamed('r1'));
    await activities.closeRun(closed('r1'));
    const first = await ledger.findRun('r1');
    await activities.closeRun(closed('r1'));

    expect(await ledger.findRun('r1')).toEqual(first);
    expect(first).toMatchObject({
      state: 'succeeded',
      summary: 'Night 3 is staged as version 7',
      costUsd: 0.25,
      finishedAt: '2026-10-31T22:00:02.000Z',
      steps: closed('r1').steps,
    });
    expect(await activities.openRun(runNamed('r2'))).toEqual({});
  });

  it('refuses to close a run that it never opened', async () => {
    await expect(activities.closeRun(closed('ghost'))).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining('ghost') as string,
    });
  });

  it('lists runs, newest first, by project and state', async () => {
    await activities.openRun(runNamed('r1'));
    await activities.closeRun(closed('r1'));
    await activities.openRun(runNamed('r2'));
    await activities.openRun(runNamed('r3', { project: 'harbour' }));
    const ids = async (filter: Parameters<Ledger['listRuns']>[0]) =>
      (await ledger.listRuns(filter)).map((run) => run.id);

    expect(await ids({ limit: 10 })).toEqual(['r3', 'r2', 'r1']);
    expect(await ids({ limit: 1 })).toEqual(['r3']);
    expect(await ids({ project: 'village', limit: 10 })).toEqual(['r2', 'r1']);
    expect(await ids({ state: 'succeeded', limit: 10 })).toEqual(['r1']);
  });

  it('finds the newest run of a workflow id', async () => {
    await activities.openRun(runNamed('r1', { workflowId: 'village/night-3' }));
    await activities.closeRun(closed('r1'));
    await activities.openRun(runNamed('r2', { workflowId: 'village/night-3' }));
    expect(await ledger.findRun('village/night-3')).toMatchObject({ id: 'r2' });
    expect(await ledger.findRun('nothing')).toBeUndefined();
  });

  it('keeps no password that an address in the input carries', async () => {
    await activities.openRun(runNamed('r1', { input: { from: 'https://ada:hunter2@example.com/game.git' } }));
    expect(JSON.stringify(await ledger.findRun('r1'))).not.toContain('hunter2');
  });

  it('records a release once, with what it was built from and who approved it', async () => {
    const release = {
      intent: intentOf('r1'),
      version: 7,
      night: 3,
      tag: 'night-3',
      gates: [{ gate: 'compile', verdict: 'pass' as const, summary: '12 scripts compile', findings: [] }],
      approvals: [{ by: 'grace', at: '2026-10-31T22:30:00.000Z', reason: 'scary' }],
    };
    await activities.recordRelease(release);
    await activities.recordRelease(release);
    await activities.recordRelease({ ...release, intent: intentOf('r2'), version: 8, tag: 'night-4' });

    const releases = await ledger.listReleases({ project: 'village', environment: 'staging' });
    expect(releases.map(({ version }) => version)).toEqual([8, 7]);
    expect(releases[1]).toMatchObject({
      runId: 'r1',
      placeId: '200',
      place: intentOf('r1').place,
      commit: intentOf('r1').commit,
      night: 3,
      tag: 'night-3',
      gates: release.gates,
      approvals: release.approvals,
    });
    expect(await ledger.listReleases({ project: 'village', environment: 'production' })).toEqual([]);
  });
});
