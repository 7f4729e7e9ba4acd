import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { Dom } from 'rbx-dom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { awaitApproval, startDeployShift } from '../support/deploy-shift.js';
import type { NightShift } from '../support/night-shift.js';
import { stageContent, type StagedContent } from '../support/staged-content.js';

type Called = { code: number; stdout: string; stderr: string };

const program = path.resolve('bin/graveshift.js');

/** From staging to players and back, by the command as a shell starts it. */
describe('deploy, place, rollback and drill, from a terminal', () => {
  let shift: NightShift;
  let lanterns: StagedContent;
  let wells: StagedContent;

  beforeAll(async () => {
    shift = await startDeployShift();
    lanterns = await stageContent(shift, 'lanterns');
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

  async function json<Data>(...args: string[]): Promise<Data> {
    const called = await graveshift(...args, '--json');
    expect(called, called.stderr).toMatchObject({ code: 0 });
    return JSON.parse(called.stdout) as Data;
  }

  async function deployByCommand(id: string): Promise<Called> {
    const { workflowId } = await json<{ workflowId: string }>('deploy', '--by', 'ana', '--id', shift.id(id));
    await awaitApproval(shift, workflowId);
    const shown = await graveshift('show', workflowId);
    expect((await graveshift('approve', workflowId, '--by', 'ben')).code).toBe(0);
    expect((await graveshift('watch', workflowId)).code).toBe(0);
    return shown;
  }

  it('deploys what staging holds, and shows the matrix of gates to who approves', async () => {
    const shown = await deployByCommand('deploy-1');
    expect(shown.stdout).toMatch(/gate +policy +verdict +blocks +summary/);
    expect(shown.stdout).toMatch(/security +required +pass +no/);
    expect(shown.stdout).toMatch(/integration +advisory +inconclusive +no/);
    expect(shown.stdout).toMatch(/review +required +missing +yes/);
  });

  it('says what the place holds, and holds it frozen until somebody lifts that', async () => {
    const status = await graveshift('place', 'status');
    expect(status.stdout).toContain('live:    v1.0.0, version 1');
    expect(status.stdout).toContain('held by: nobody');

    const frozen = await graveshift('place', 'freeze', '--reason', 'tournament', '--by', 'eva');
    expect(frozen.stdout).toMatch(/FROZEN by eva since .*: tournament/);
    wells = await stageContent(shift, 'wells');
    const refused = await graveshift('deploy', '--watch', '--id', shift.id('deploy-frozen'));
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/frozen by eva.*tournament/s) as string,
    });

    const lifted = await json<{ frozen?: unknown }>('place', 'unfreeze');
    expect(lifted.frozen).toBeUndefined();
  });

  it('asks for a reason, and for the name of the place, before it rolls anything back', async () => {
    await deployByCommand('deploy-2');
    const noReason = await graveshift('rollback', '--confirm', 'start');
    expect(noReason).toMatchObject({ code: 64, stderr: expect.stringContaining('--reason') as string });
    const wrongName = await graveshift(
      ...[
        'rollback',
        '--reason',
        'crash loop',
        '--confirm',
        'lobby',
        '--watch',
        '--id',
        shift.id('rollback-0'),
      ],
    );
    expect(wrongName.code).toBe(2);
    expect(await shift.emulator.placeHistory(shift.productionPlaceId)).toHaveLength(2);
  });

  it('rolls back to the stable release with one command', async () => {
    const back = await graveshift(
      ...['rollback', '--reason', 'players fall through the floor', '--confirm', 'start', '--by', 'ana'],
      ...['--watch', '--id', shift.id('rollback-1')],
    );
    expect(back, back.stderr).toMatchObject({ code: 0 });
    const history = await shift.emulator.placeHistory(shift.productionPlaceId);
    expect(history.map(({ sha256 }) => sha256)).toEqual([lanterns.sha256, wells.sha256, lanterns.sha256]);
    expect((await graveshift('place', 'status')).stdout).toContain('live:    v1.0.0, version 3');
    const releases = await graveshift('releases', '--environment', 'production');
    expect(releases.stdout).toMatch(/rolled-back/);
    const page = await shift.git('ls-tree', '-r', '--name-only', 'main', 'docs/post-mortems');
    expect(await shift.git('show', `main:${page}`)).toContain('players fall through the floor');
  });

  it('finds out by itself what it forgot, and names what nobody recorded', async () => {
    const [live] = await shift.emulator.placeHistory(shift.productionPlaceId);
    expect(live).toBeDefined();
    const rebuilt = await json<{ audit: { inStep: boolean; unrecorded: unknown[] } }>('place', 'rebuild');
    expect(rebuilt.audit).toMatchObject({ inStep: true, unrecorded: [] });
    await shift.emulator.publishAs(
      shift.productionPlaceId,
      new Dom({ className: 'DataModel', name: 'by hand', children: [] }).toBinary(),
      {
        createdBy: '77',
      },
    );
    const again = await graveshift('place', 'rebuild');
    expect(again.stdout).toContain('LEDGER AND PLACE DIFFER');
    expect(again.stdout).toMatch(/version 4 by user 77: nothing of ours/);
  });

  it('drills against staging, puts it back, and shows how long it took', async () => {
    const before = await shift.emulator.placeHistory(shift.project.placeId);
    const drill = await graveshift('drill', '--watch', '--id', shift.id('drill'));
    expect(drill, drill.stderr).toMatchObject({ code: 0 });
    const after = await shift.emulator.placeHistory(shift.project.placeId);
    expect(after.map(({ sha256 }) => sha256)).toEqual([
      ...before.map(({ sha256 }) => sha256),
      lanterns.sha256,
      wells.sha256,
    ]);
    const status = await graveshift('place', 'status', '--environment', 'staging');
    expect(status.stdout).toMatch(/drill: .*succeeded, old bytes live after \d+\.\d s/);
  });
});
