import { randomUUID } from 'node:crypto';

import { inject, afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  connectClient,
  loadTemporalSettings,
  type TemporalConnection,
} from '../../src/adapters/temporal/index.js';
import { makeFolder, runCli } from './run-cli.js';

let temporal: TemporalConnection;
let home: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  temporal = await connectClient(loadTemporalSettings({ TEMPORAL_ADDRESS: inject('temporalAddress') }));
  home = await makeFolder();
});
afterAll(async () => {
  await temporal.close();
  await home.remove();
});

const timeline = (...args: string[]) =>
  runCli(['timeline', ...args, '--address', inject('temporalAddress')], {
    env: { GRAVESHIFT_HOME: home.folder },
  });

/** A run that no worker serves: all that happens to it is said from outside. */
async function talkToRun(): Promise<string> {
  const workflowId = `timeline-${randomUUID()}`;
  const handle = await temporal.client.workflow.start('horrorNight', {
    workflowId,
    taskQueue: workflowId,
    args: [{ night: 1, requestedBy: 'mina' }],
  });
  await handle.signal('pause', { by: 'ann', reason: 'wait\u001b[2J for the GPU' });
  await handle.signal('approve', 'yes');
  await handle.terminate('out of time');
  return workflowId;
}

describe('graveshift timeline', () => {
  it('prints what happened line by line, with nothing that a terminal would obey', async () => {
    const run = await talkToRun();
    const { code, stdout } = await timeline(run);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(new RegExp(`^${run} \\([0-9a-f-]{36}\\), terminated; times are UTC$`));
    expect(lines[2]).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(lines.slice(3).map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3}\s+/, ''))).toEqual([
      '● horrorNight starts, asked for by mina',
      '☞ ann paused the run: wait for the GPU',
      '☞ message "approve" that nobody can read',
      '! the run is terminated: nothing was undone: out of time',
    ]);
  });

  it('prints the same as JSON', async () => {
    const { code, stdout } = await timeline(await talkToRun(), '--json');
    const { run, entries } = JSON.parse(stdout) as { run: { status: string }; entries: { kind: string }[] };
    expect(code).toBe(0);
    expect(run.status).toBe('TERMINATED');
    expect(entries.map(({ kind }) => kind)).toEqual(['run', 'people', 'people', 'trouble']);
  });

  it('says which runs there are when there is no such run', async () => {
    const { code, stderr } = await timeline('no-such-run');
    expect(code).not.toBe(0);
    expect(stderr).toContain('graveshift list');
  });
});
