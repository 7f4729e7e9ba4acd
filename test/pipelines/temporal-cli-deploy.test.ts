import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import type { PlaceState } from '../../src/domain/place-queue.js';
import type { Progress } from '../../src/domain/progress.js';
import type { DeployResult } from '../../src/workflows/deploy.js';
import type { RollbackResult } from '../../src/workflows/emergency-rollback.js';
import { commandsOf, wordsOf } from '../readme/commands.js';
import { longTests } from '../support/long-tests.js';
import { startDeployShift } from '../support/deploy-shift.js';
import { eventually } from '../support/eventually.js';
import type { NightShift } from '../support/night-shift.js';
import { stageContent, type StagedContent } from '../support/staged-content.js';
import { temporal } from '../support/temporal-cli.js';

/** From staging to players and back by the Temporal CLI alone: by README.md's lines, with this test's names in them. */
describe.runIf(longTests)('deploy and emergencyRollback, from the Temporal CLI', () => {
  let shift: NightShift;
  let lines: string[];
  let lanterns: StagedContent;
  let wells: StagedContent;
  const done = new Set<string>();

  beforeAll(async () => {
    shift = await startDeployShift();
    const all = await commandsOf('To production and back');
    lines = all.filter((line) => line.startsWith('temporal '));
  });
  afterAll(async () => shift[Symbol.asyncDispose]());

  /** Runs the one line of the README that has these words. */
  async function run(words: readonly string[], staged = 'night-3'): Promise<string> {
    const [line, ...others] = lines.filter((text) => words.every((word) => text.includes(word)));
    if (line === undefined || others.length > 0) throw new Error(`Not one line with ${words.join(' ')}`);
    done.add(line);
    const mine = line
      .replace(/--task-queue graveshift\b/, `--task-queue ${shift.taskQueue}`)
      .replace('--workflow-id demo/', `--workflow-id ${shift.taskQueue}/`)
      .replace('PLACE_ID', shift.productionPlaceId)
      .replace('night-3', staged);
    return call(...wordsOf(mine).slice(1));
  }

  async function call(...args: string[]): Promise<string> {
    const called = await temporal(inject('temporalAddress'), ...args);
    expect(called, called.stderr).toMatchObject({ code: 0 });
    return called.stdout;
  }

  /** What a query answers; the CLI prints it as JSON in a list. */
  async function ask<Answer>(workflowId: string, name: string): Promise<Answer> {
    const stdout = await call('workflow', 'query', '--workflow-id', workflowId, '--name', name, '-o', 'json');
    return (JSON.parse(stdout) as { queryResult: [Answer] }).queryResult[0];
  }

  /** Waits for the end, and answers the result. */
  async function resultOf<Result>(workflowId: string): Promise<Result> {
    const stdout = await call('workflow', 'result', '--workflow-id', workflowId, '-o', 'json');
    return (JSON.parse(stdout) as { result: Result }).result;
  }

  const placeId = (): string => `graveshift/place/emulator/${shift.productionPlaceId}`;
  const history = async (): Promise<string[]> =>
    (await shift.emulator.placeHistory(shift.productionPlaceId)).map(({ sha256 }) => sha256);

  async function deploy(staged: StagedContent): Promise<DeployResult> {
    const id = shift.id('deploy-production-start');
    await run(['--type deploy'], staged.tag);
    await eventually(
      () => ask<Progress>(id, 'progress'),
      ({ state }) => state === 'awaiting-approval',
    );
    expect(await run(['deploy-production-start', '--name progress'])).toMatch(
      /"state":\s*"awaiting-approval"/,
    );
    await run(['deploy-production-start', '--name approve']);
    return resultOf<DeployResult>(id);
  }

  it('deploys what is staged, when a signal approved it', async () => {
    lanterns = await stageContent(shift, 'lanterns');
    expect(await deploy(lanterns)).toMatchObject({
      outcome: 'kept',
      from: 'lanterns',
      version: 1,
      release: { tag: 'v1.0.0' },
    });
    expect(await history()).toEqual([lanterns.sha256]);
    const [release] = await shift.git('tag', '--list', 'v*').then((tags) => tags.split('\n'));
    expect(release).toBe('v1.0.0');
  });

  it('takes back by itself what crashes', async () => {
    wells = await stageContent(shift, 'wells');
    await shift.emulator.setBehaviour(shift.productionPlaceId, { version: 2, crashAfterMs: 300 });
    expect(await deploy(wells)).toMatchObject({ outcome: 'taken-back', version: 2 });
    expect(await history()).toEqual([lanterns.sha256, wells.sha256, lanterns.sha256]);
  });

  it('freezes the place, says by whom and why, and lifts it', async () => {
    await run(['--name freeze']);
    const frozen = await eventually(
      () => ask<PlaceState>(placeId(), 'placeStatus'),
      (state) => state.frozen !== undefined,
    );
    expect(frozen).toMatchObject({
      frozen: { by: 'live-ops', reason: 'tournament until Sunday' },
      live: { version: 3 },
    });
    await run(['--name unfreeze']);
    await eventually(
      () => run(['--name placeStatus']),
      (shown) => !shown.includes('tournament'),
    );
  });

  it('rolls a release back that was kept, on the queue that waits behind nothing', async () => {
    const candles = await stageContent(shift, 'candles');
    expect(await deploy(candles)).toMatchObject({ outcome: 'kept', version: 4 });
    await run(['--type emergencyRollback']);
    const back = await resultOf<RollbackResult>(shift.id('rollback-production-start'));
    expect(back).toMatchObject({
      outcome: 'rolled-back',
      version: 5,
      tag: 'v1.0.0',
      reason: 'candles can be duplicated',
    });
    expect((await history()).slice(3)).toEqual([candles.sha256, lanterns.sha256]);
    expect(await shift.git('ls-tree', '--name-only', 'main', 'src/shared/')).not.toMatch(/wells|candles/);
    expect(lines.filter((line) => !done.has(line))).toEqual([]);
  });
});
