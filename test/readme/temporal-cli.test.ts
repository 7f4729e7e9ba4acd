import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { expect, inject, it } from 'vitest';

import type { RunState } from '../../src/domain/activities.js';
import type { Progress } from '../../src/domain/progress.js';
import { startDevServer } from '../../src/stack/index.js';
import { eventually } from '../support/eventually.js';
import { NightShift } from '../support/night-shift.js';
import { commandsOf, wordsOf } from './commands.js';

const night = 'demo/night-3';

/** A server of its own: the README names the task queue and the workflow ids, and they must be nobody else's. */
it(
  'does what README.md says with the Temporal CLI, line by line as it stands there',
  { timeout: 240_000 },
  async () => {
    const directory = await NightShift.temporaryDirectory();
    const server = await startDevServer({
      executable: inject('temporalCli'),
      databaseFile: path.join(directory, 'temporal.db'),
      logFile: path.join(directory, 'temporal.log'),
      ports: { temporal: 'auto' },
      headless: true,
      env: process.env,
    });
    try {
      await using shift = await NightShift.start({
        address: server.address,
        env: { GRAVESHIFT_TASK_QUEUE: 'graveshift' },
        config: (config) => (config.approvals = { before: 'staging', approvers: ['live-ops'] }),
      });
      await shift.emulator.setModeration({ name: 'enemy-shambler-1', outcome: 'failed' });

      const lines = await commandsOf('From the Temporal CLI');
      const done = new Set<string>();
      /** Runs the one line that has these words. */
      const run = async (...words: string[]): Promise<string> => {
        const [line, ...others] = lines.filter((text) => words.every((word) => text.includes(word)));
        if (line === undefined || others.length > 0) throw new Error(`Not one line with ${words.join(' ')}`);
        done.add(line);
        const [program, ...args] = wordsOf(line);
        expect(program).toBe('temporal');
        const { stdout } = await promisify(execFile)(inject('temporalCli'), args, {
          env: { PATH: process.env.PATH, HOME: process.env.HOME, TEMPORAL_ADDRESS: server.address },
        });
        return stdout;
      };
      const until = (satisfies: (progress: Progress) => boolean): Promise<Progress> =>
        eventually(() => shift.client.progress(night), satisfies);
      const inState = (state: RunState) => until((progress) => progress.state === state);

      await run('workflow start');
      await run('--name pause');
      expect((await until(({ paused }) => paused !== undefined)).paused).toMatchObject({
        by: 'live-ops',
        reason: 'play-test until noon',
      });
      expect(await run('--name progress')).toMatch(/"stepsTotal":\s*15/);
      await run('--name resume');
      await until(({ paused }) => paused === undefined);

      expect((await inState('attention')).attention).toMatchObject([{ step: 'enemies' }]);
      expect(await run('--name resolveStep')).toMatch(/accepted:true|"accepted":\s*true/);
      await inState('awaiting-approval');
      expect(await run('--name decide')).toMatch(/accepted:true|"accepted":\s*true/);
      expect(await shift.client.end(night)).toMatchObject({
        outcome: 'rejected',
        reason: 'rejected by live-ops: too dark',
      });
      expect(await shift.git('tag')).toBe('');

      await run('workflow start');
      await inState('attention');
      await run('--name resolveStep');
      await inState('awaiting-approval');
      await run('--name approve');
      expect(await shift.client.end(night)).toMatchObject({ outcome: 'succeeded', result: { night: 3 } });
      expect(await shift.git('tag')).toBe('night-3');

      await run('schedule create');
      await run('schedule trigger');
      const schedule = shift.client.temporal.schedule.getHandle('nightly');
      const { info, policies } = await eventually(
        () => schedule.describe(),
        (description) => description.info.recentActions.length > 0,
      );
      expect(policies).toMatchObject({ catchupWindow: 2 * 3_600_000, pauseOnFailure: true, overlap: 'SKIP' });
      const started = info.recentActions[0]!.action.workflow.workflowId;
      expect(started).toMatch(/^demo\/nightly-/);
      await eventually(
        () => shift.client.describe(started),
        (summary) => summary.night === 4,
      );
      await shift.client.cancel(started);
      expect(await shift.client.end(started)).toMatchObject({ outcome: 'cancelled' });

      expect(lines.filter((line) => !done.has(line))).toEqual([]);
    } finally {
      await server.stop();
      await NightShift.removeDirectory(directory);
    }
  },
);
