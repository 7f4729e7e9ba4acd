import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { longTests } from '../support/long-tests.js';
import { eventually } from '../support/eventually.js';
import { NightShift } from '../support/night-shift.js';

type Called = { code: number; stdout: string; stderr: string };

const program = path.resolve('bin/graveshift.js');

/** The door of a terminal: the command as a shell starts it, its exit status and what it prints where. */
describe('the command, from a terminal', () => {
  let shift: NightShift;

  beforeAll(async () => {
    shift = await NightShift.start({ config: (config) => (config.approvals = { before: 'staging' }) });
  });
  afterAll(async () => shift[Symbol.asyncDispose]());

  async function graveshift(...args: string[]): Promise<Called> {
    const options = { env: shift.env, cwd: shift.directory, maxBuffer: 16 * 1024 * 1024 };
    try {
      return { code: 0, ...(await promisify(execFile)(process.execPath, [program, ...args], options)) };
    } catch (error) {
      const { code, stdout, stderr } = error as Called;
      if (typeof code !== 'number') throw error;
      return { code, stdout, stderr };
    }
  }

  /** What a call printed as `--json`, after its exit status was the expected one. */
  async function json(code: number, ...args: string[]): Promise<unknown> {
    const called = await graveshift(...args, '--json');
    expect(called, called.stderr).toMatchObject({ code });
    return JSON.parse(called.stdout);
  }

  async function startNight(night: number): Promise<string> {
    const started = await json(0, 'night', String(night), '--by', 'bob');
    expect(started).toMatchObject({ workflowId: `village/night-${night}`, project: 'village' });
    return (started as { workflowId: string }).workflowId;
  }

  const awaitsApproval = (id: string) =>
    eventually(
      () => shift.client.progress(id),
      ({ state }) => state === 'awaiting-approval',
    );

  /** One clear line that says what is wrong, and nothing where data is expected. */
  function expectRefusal(called: Called, problem: RegExp): void {
    expect(called).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: /) as string,
    });
    expect(called.stderr).toMatch(problem);
    expect(called.stderr).not.toMatch(/^\s+at /m);
  }

  it('starts a night, shows what it asks for, approves it once, and has its place file', async () => {
    const id = await startNight(1);
    expectRefusal(await graveshift('night', '1', '--by', 'bob'), /village\/night-1 is already running/);
    await awaitsApproval(id);
    expect(await json(8, 'watch', id, '--no-wait')).toMatchObject({
      workflowId: id,
      outcome: 'waiting',
      progress: { state: 'awaiting-approval' },
    });
    const shown = await json(0, 'show', id);
    expect(shown).toMatchObject({
      run: { workflowId: id, status: 'RUNNING', project: 'village', night: 1 },
      progress: { state: 'awaiting-approval', step: 'approval', attention: [] },
      approval: { request: { before: 'staging', digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string } },
    });
    const { digest } = (shown as { approval: { request: { digest: string } } }).approval.request;
    const inWords = await graveshift('show', id);
    expect(inWords.stdout).toContain(`graveshift approve ${id}`);
    expect(inWords.stdout).toContain(digest.slice(0, 12));

    const other = digest.startsWith('0') ? '1' : '0';
    expectRefusal(
      await graveshift('approve', id, '--by', 'ann', '--digest', other.repeat(64)),
      new RegExp(`${digest.slice(0, 12)} is asked for`),
    );
    expect(
      await json(0, 'approve', id, '--by', 'ann', '--reason', 'looks good', '--digest', digest.slice(0, 8)),
    ).toEqual({ run: id, said: 'approve', by: 'ann', reason: 'looks good', digest });
    // By now the run goes on, or has ended: either way nothing is asked any more.
    expectRefusal(
      await graveshift('approve', id, '--by', 'ann'),
      /already decided: ann said approve|has ended/,
    );

    expect(await json(0, 'watch', id)).toMatchObject({
      workflowId: id,
      outcome: 'succeeded',
      result: { outcome: 'staged', tag: 'night-1', staging: { version: 1 } },
    });
    expect(await shift.emulator.placeHistory(shift.project.placeId)).toHaveLength(1);
    const opened = await graveshift('open', id, '--no-launch');
    expect(opened).toMatchObject({ code: 0, stderr: '' });
    const file = opened.stdout.trim();
    expect(path.extname(file)).toBe('.rbxl');
    expect((await stat(file)).size).toBeGreaterThan(1000);

    // Visibility is told of the end a moment after it.
    const listed = await eventually(
      async () => (await json(0, 'list', '--project', 'village', '--limit', '1000')) as { state?: string }[],
      (runs) => runs.some((run) => 'workflowId' in run && run.workflowId === id && run.state === 'succeeded'),
    );
    expect(listed).toContainEqual(
      expect.objectContaining({ workflowId: id, status: 'COMPLETED', pipeline: 'horrorNight', night: 1 }),
    );
  });

  it.runIf(longTests)('ends a night that was rejected with status 2, and says by whom and why', async () => {
    const id = await startNight(2);
    await awaitsApproval(id);
    const watching = graveshift('watch', id);
    expect(await json(0, 'reject', id, '--by', 'ann', '--reason', 'too dark')).toMatchObject({
      said: 'reject',
    });
    const watched = await watching;
    expect(watched).toMatchObject({ code: 2, stdout: `${id} rejected: rejected by ann: too dark\n` });
    expect(await json(2, 'watch', id, '--no-wait')).toMatchObject({ outcome: 'rejected' });
    expect(await json(0, 'show', id)).toMatchObject({ end: { outcome: 'rejected' } });
  });

  it('ends a night that cannot be made with status 1, and says what is wrong', async () => {
    const input = JSON.stringify({ night: 1, environment: 'canary' });
    const id = shift.id('canary');
    expect(await json(0, 'start', 'horrorNight', '--input', input, '--id', id, '--by', 'bob')).toMatchObject({
      workflowId: id,
    });
    const watched = await graveshift('watch', id);
    expect(watched).toMatchObject({ code: 1, stdout: expect.stringContaining('InvalidInput') as string });
    expect(watched.stdout).toContain('canary');
    expectRefusal(await graveshift('open', id, '--no-launch'), /has no place file/);
    expectRefusal(await graveshift('pause', id, '--by', 'ann'), /has ended \(failed\)/);
    expectRefusal(await graveshift('watch', 'village/no-such-night'), /no run "village\/no-such-night"/);
  });

  it.runIf(longTests)(
    'pauses, resumes, refuses what nothing waits for, and cancels with status 2',
    async () => {
      const published = await shift.emulator.placeHistory(shift.project.placeId);
      const id = await startNight(3);
      expect(await json(0, 'pause', id, '--by', 'ann', '--reason', 'play-test')).toEqual({
        run: id,
        said: 'pause',
        by: 'ann',
        reason: 'play-test',
      });
      expect(await json(0, 'show', id)).toMatchObject({
        progress: { paused: { by: 'ann', reason: 'play-test' } },
      });
      expect(await json(0, 'resume', id, '--by', 'ann')).toMatchObject({ said: 'resume' });
      const { paused } = await awaitsApproval(id);
      expect(paused).toBeUndefined();

      expectRefusal(
        await graveshift('resolve', id, '--step', 'build', '--action', 'retry', '--by', 'ann'),
        /step "build" does not wait for attention/,
      );
      expect(await json(0, 'cancel', id)).toEqual({ run: id, said: 'cancel' });
      expect(await json(2, 'watch', id)).toMatchObject({ workflowId: id, outcome: 'cancelled' });
      expect(await shift.git('branch', '--list', 'graveshift/night-3-*')).toBe('');
      expect(await shift.emulator.placeHistory(shift.project.placeId)).toEqual(published);
    },
  );
});
