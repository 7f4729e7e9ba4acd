import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { expect, inject, it } from 'vitest';

import type { FullDemoResult } from '../../src/cli/demo/full-demo-result.js';
import { longTests } from '../support/long-tests.js';

const run = promisify(execFile);

/** Without what the test run itself was told: the demo finds its own server. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(TEMPORAL_|GRAVESHIFT_)/.test(name)),
);

it.runIf(longTests)(
  'goes from an empty home to players and back: kept, taken back by its watch, taken back by a person',
  { timeout: 600_000 },
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'graveshift-demo-'));
    try {
      const home = path.join(directory, 'home');
      const { stdout } = await run(
        process.execPath,
        [path.resolve('bin/graveshift.js'), 'demo', '--full', '--json'],
        {
          env: { ...environment, GRAVESHIFT_HOME: home, TEMPORAL_CLI: inject('temporalCli') },
          maxBuffer: 16 * 1024 * 1024,
        },
      );
      const shown = JSON.parse(stdout) as FullDemoResult;
      expect(shown.nights.map(({ night, staging }) => [night, staging.version])).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
      expect(shown.deploys).toMatchObject([
        { outcome: 'kept', from: 'night-1', version: 1, release: { tag: 'v1.0.0' } },
        {
          outcome: 'taken-back',
          from: 'night-2',
          version: 2,
          reason: expect.stringContaining('crash') as string,
        },
        { outcome: 'kept', from: 'night-3', version: 4 },
      ]);
      expect(shown.rollbacks).toMatchObject([
        { requestedBy: 'graveshift watch', version: 3, tag: 'v1.0.0' },
        { requestedBy: 'demo', version: 5, tag: 'v1.0.0', reason: 'candles can be duplicated' },
      ]);
      // The goals of a deploy and of a rollback, in Temporal Cloud's unit.
      for (const { actions } of shown.deploys) expect(actions).toBeLessThanOrEqual(40);
      for (const { actions } of shown.rollbacks) expect(actions).toBeLessThanOrEqual(25);
      expect(shown.live).toMatchObject({ version: 5, tag: 'v1.0.0' });
      const production = shown.releases.filter((release) => release.environment === 'production');
      const bytes = (version: number) => production.find((each) => each.version === version)?.place.sha256;
      expect([bytes(1), bytes(2), bytes(3), bytes(4), bytes(5)]).toEqual(
        [0, 1, 0, 2, 0].map((night) => shown.nights[night]?.placeSha256),
      );
      expect(
        production.filter(({ status }) => status === 'rolled-back').map(({ version }) => version),
      ).toEqual([4, 2]);
      const told = shown.timelines.map(({ entries }) => entries.map(({ what }) => what).join('\n'));
      expect(told).toHaveLength(5);
      expect(told[1]).toMatch(/Watch version 2: fail[\s\S]*the run ends: taken-back/);
      expect(told[4]).toMatch(/demo[\s\S]*Publish to production\/start: version 5[\s\S]*: rolled-back/);

      const git = async (...args: string[]): Promise<string> =>
        (await run('git', args, { cwd: path.join(home, 'demo', 'demo') })).stdout.trim();
      // Main holds what is live and how that came about, and the checkout has followed it.
      expect((await git('diff', '--name-only', 'v1.0.0', 'main')).split('\n')).toEqual(
        shown.rollbacks.map(({ postMortem }) => postMortem),
      );
      expect(await git('status', '--porcelain')).toBe('');
    } finally {
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    }
  },
);
