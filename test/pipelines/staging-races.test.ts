import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createLedger } from '../../src/adapters/ledger/index.js';
import { longTests } from '../support/long-tests.js';
import { eventually } from '../support/eventually.js';
import { NightShift } from '../support/night-shift.js';

async function begin(shift: NightShift, night: number): Promise<string> {
  const workflowId = shift.id(`night-${night}`);
  await shift.client.start('horrorNight', { night, requestedBy: 'ann' }, { workflowId });
  return workflowId;
}

const awaitsApproval = (shift: NightShift, id: string) =>
  eventually(
    () => shift.client.progress(id),
    ({ state }) => state === 'awaiting-approval',
  );

const runBranches = (shift: NightShift) => shift.git('branch', '--list', 'graveshift/night-*');

describe('nights that follow one another closely', () => {
  let shift: NightShift;
  let gate: string;

  beforeAll(async () => {
    gate = await mkdtemp(path.join(tmpdir(), 'graveshift-gate-'));
    // Nobody builds before the gate is open, so that both runs have seen the same staging branch.
    const untilOpen = `setInterval(() => require('node:fs').existsSync(process.argv[1]) && process.exit(), 50)`;
    shift = await NightShift.start({
      config: (config) => {
        config.approvals = { before: 'production' };
        config.prepare = [{ run: ['node', '-e', untilOpen, path.join(gate, 'open')] }];
      },
    });
  });
  afterAll(async () => {
    await shift[Symbol.asyncDispose]();
    await NightShift.removeDirectory(gate);
  });

  it('stages two that started at once one on top of the other', async () => {
    const ids = await Promise.all([begin(shift, 1), begin(shift, 2)]);
    for (const id of ids) {
      await eventually(
        () => shift.client.progress(id),
        ({ steps }) => steps.some((step) => step.id === 'commit' && step.state === 'done'),
      );
    }
    await writeFile(path.join(gate, 'open'), '');
    const ends = await Promise.all(ids.map((id) => shift.client.end(id)));
    for (const end of ends)
      expect(end).toMatchObject({ outcome: 'succeeded', result: { outcome: 'staged' } });
    const staged = ends
      .map((end) => (end as { result: { commit: string; tag: string; staging: { version: number } } }).result)
      .sort((one, other) => one.staging.version - other.staging.version);

    expect(staged.map(({ staging }) => staging.version)).toEqual([1, 2]);
    expect(await shift.emulator.placeHistory(shift.project.placeId)).toHaveLength(2);
    const line = await shift.git('rev-list', '--reverse', 'main..graveshift/next');
    expect(line.split('\n')).toEqual(staged.map(({ commit }) => commit));
    expect((await shift.git('tag', '--list')).split('\n').sort()).toEqual(['night-1', 'night-2']);
    for (const { tag, commit } of staged)
      expect(await shift.git('rev-parse', `${tag}^{commit}`)).toBe(commit);
    expect(await runBranches(shift)).toBe('');
    // The tree that staging shows now holds both: the later one was made again on what the first one staged.
    const files = await shift.git('ls-tree', '-r', '--name-only', 'graveshift/next');
    expect(files).toMatch(/Night1\b/);
    expect(files).toMatch(/Night2\b/);
    const commits = await Promise.all(ids.map((id) => countActivities(shift, id, 'commitChangeSet')));
    expect(commits.sort()).toEqual([1, 2]);
  });

  it.runIf(longTests)('leaves what a developer has not committed exactly as it is', async () => {
    const { directory } = shift.project;
    await writeFile(path.join(directory, 'notes of mine.txt'), 'not for Git\r\n');
    await writeFile(path.join(directory, 'default.project.json'), 'half an edit {');
    await writeFile(path.join(directory, 'staged.luau'), 'return 1\n');
    await shift.git('add', 'staged.luau');
    const before = await workTree(shift);
    expect(before.status).toMatch(/A {2}staged\.luau[^]*\?\? "notes of mine\.txt"/);
    expect(await shift.client.end(await begin(shift, 3))).toMatchObject({ outcome: 'succeeded' });
    expect(await shift.git('tag', '--list', 'night-3')).toBe('night-3');
    expect(await workTree(shift)).toEqual(before);
  });

  it.runIf(longTests)('makes a night whose run was terminated again, under the same id', async () => {
    const id = await begin(shift, 4);
    await eventually(
      () => shift.client.progress(id),
      ({ stepsDone }) => stepsDone >= 2,
    );
    await shift.client.temporal.workflow.getHandle(id).terminate('by an operator');
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'failed', kind: 'Terminated' });
    expect(await begin(shift, 4)).toBe(id);
    expect(await shift.client.end(id)).toMatchObject({
      outcome: 'succeeded',
      result: { outcome: 'staged', tag: 'night-4' },
    });
  });
});

describe('an approval that nobody gives', () => {
  it.runIf(longTests)('is a rejection when its time is over, and leaves nothing behind', async () => {
    // 3.6 seconds.
    const timeoutHours = 0.001;
    await using shift = await NightShift.start({
      config: (config) => (config.approvals = { before: 'staging', timeoutHours }),
    });
    const id = await begin(shift, 1);
    expect(await shift.client.end(id)).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('nobody approved') as string,
    });
    expect(await runBranches(shift)).toBe('');
    expect(await shift.git('tag', '--list')).toBe('');
    expect(await shift.emulator.placeHistory(shift.project.placeId)).toHaveLength(0);
    const { state, steps } = await shift.client.progress(id);
    expect(state).toBe('rejected');
    expect(steps.find((step) => step.id === 'stage')?.state).toBe('waiting');
  });
});

describe('messages that should not count', () => {
  it.runIf(longTests)('shows what it did not understand, and counts one approval of two', async () => {
    await using shift = await NightShift.start({
      config: (config) => (config.approvals = { before: 'staging' }),
    });
    const id = await begin(shift, 1);
    const handle = shift.client.temporal.workflow.getHandle(id);
    const wrong = '0'.repeat(64);
    await handle.signal('approve', { by: 'eve', digest: wrong });
    for (const name of ['pause', 'resume', 'resolve']) {
      await handle.signal(name, {});
      await handle.signal(name, 7);
      await handle.signal(name);
    }
    const { ignored, paused, attention } = await awaitsApproval(shift, id);
    const messages = ignored.map(({ message }) => message);
    for (const name of ['pause', 'resume', 'resolve']) {
      const about = messages.filter((message) => message.startsWith(`${name}: `));
      expect(about).toHaveLength(3);
      expect(about[0]).toContain('by: ');
      expect(about[1]).toContain('body: ');
      expect(about[2]).toContain('body: ');
    }
    expect(messages).toHaveLength(10);
    expect({ paused, attention }).toEqual({ paused: undefined, attention: [] });
    const early = await shift.client.approvals(id);
    expect(early.outcome).toBeUndefined();
    expect(early.decisions).toMatchObject([{ by: 'eve', digest: wrong, counted: false }]);

    await Promise.all([handle.signal('approve', { by: 'ann' }), handle.signal('approve', { by: 'ann' })]);
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'succeeded' });
    const { outcome, decisions } = await shift.client.approvals(id);
    expect(outcome).toMatchObject({ by: 'ann', verb: 'approve' });
    expect(decisions.map(({ by, counted }) => [by, counted])).toEqual([
      ['eve', false],
      ['ann', true],
      ['ann', false],
    ]);
    expect(await shift.emulator.placeHistory(shift.project.placeId)).toHaveLength(1);
    const ledger = await createLedger({ url: shift.home.ledger });
    const [release] = await ledger.listReleases({ project: 'village', environment: 'staging' });
    await ledger.close();
    expect(release?.approvals).toMatchObject([{ by: 'ann' }]);
  });
});

async function countActivities(shift: NightShift, id: string, name: string): Promise<number> {
  const { events } = await shift.client.temporal.workflow.getHandle(id).fetchHistory();
  return (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === name,
  ).length;
}

/** Every byte that a developer sees, and what Git says of it. */
async function workTree(shift: NightShift) {
  const { directory } = shift.project;
  const files: Record<string, { bytes: string; mode: number; changedAt: number }> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(directory, file);
    if (!entry.isFile() || name.split(path.sep)[0] === '.git') continue;
    const { mode, mtimeMs: changedAt } = await stat(file);
    files[name] = { bytes: (await readFile(file)).toString('base64'), mode, changedAt };
  }
  return {
    files,
    head: await shift.git('rev-parse', '--symbolic-full-name', 'HEAD'),
    commit: await shift.git('rev-parse', 'HEAD'),
    status: await shift.git('status', '--porcelain'),
    index: await shift.git('diff', '--cached'),
  };
}
