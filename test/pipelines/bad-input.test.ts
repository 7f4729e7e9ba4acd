import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createLedger } from '../../src/adapters/ledger/index.js';
import { NightShift } from '../support/night-shift.js';

describe('horrorNight with bad input', () => {
  let shift: NightShift;
  let count = 0;

  beforeAll(async () => {
    shift = await NightShift.start();
  });
  afterAll(async () => shift[Symbol.asyncDispose]());

  async function failure(input: unknown): Promise<{ kind: string; reason: string }> {
    const { workflowId } = await shift.client.start('horrorNight', input, {
      workflowId: shift.id(`bad-${++count}`),
    });
    const end = await shift.client.end(workflowId);
    expect(end.outcome).toBe('failed');
    return end as { kind: string; reason: string } & typeof end;
  }

  /** Nothing was spent, committed, published or recorded. */
  async function expectNothingHappened(): Promise<void> {
    expect(await shift.emulator.requests()).toEqual([]);
    expect(await shift.git('branch', '--list', 'graveshift/*')).toBe('');
    const ledger = await createLedger({ url: shift.home.ledger });
    try {
      expect(await ledger.listRuns({ limit: 10 })).toEqual([]);
    } finally {
      await ledger.close();
    }
  }

  it.each([[0], [-1], [1.5], ['three'], [1e9], [null]])(
    'refuses night %j, and says what it should be',
    async (night) => {
      const { kind, reason } = await failure({ night });
      expect(kind).toBe('InvalidInput');
      expect(reason).toMatch(/night: got .*; expected a whole number/);
      await expectNothingHappened();
    },
  );

  it('refuses an argument that is missing, or not an object', async () => {
    expect(await failure(undefined)).toMatchObject({ kind: 'InvalidInput' });
    expect(await failure('night 3')).toMatchObject({ kind: 'InvalidInput' });
  });

  it('names an unknown field, and the one that was meant', async () => {
    const { kind, reason } = await failure({ night: 3, enviroment: 'staging' });
    expect(kind).toBe('InvalidInput');
    expect(reason).toContain('enviroment');
    expect(reason).toContain('did you mean "environment"');
  });

  it('names the projects, environments and places that there are', async () => {
    expect((await failure({ night: 1, project: 'castle' })).reason).toContain('village');
    expect((await failure({ night: 1, environment: 'canary' })).reason).toMatch(/staging/);
    expect((await failure({ night: 1, place: 'lobby' })).reason).toMatch(/start/);
    expect((await failure({ night: 1, environment: 'production' })).reason).toContain('reached by a deploy');
    await expectNothingHappened();
  });

  it('says what is wrong with graveshift.json, and when it is missing', async () => {
    const file = path.join(shift.project.directory, 'graveshift.json');
    const good = await shift.git('show', 'HEAD:graveshift.json');
    const commit = async (): Promise<void> => {
      await shift.git('add', '-A');
      await shift.git('-c', 'user.name=Test', '-c', 'user.email=test@localhost', 'commit', '-qm', 'change');
    };
    await writeFile(file, good.replace('"season"', '"saison"'));
    await commit();
    expect(await failure({ night: 1 })).toMatchObject({
      kind: 'InvalidInput',
      reason: expect.stringContaining('saison') as string,
    });
    await writeFile(file, '{"name": "village",');
    await commit();
    expect(await failure({ night: 1 })).toMatchObject({
      kind: 'InvalidInput',
      reason: expect.stringContaining('graveshift.json') as string,
    });
    await rm(file);
    await commit();
    const missing = await failure({ night: 1 });
    expect(missing.kind).toBe('InvalidInput');
    expect(missing.reason).toContain('graveshift init');
    await writeFile(file, good);
    await commit();
    await expectNothingHappened();
  });

  it('refuses a Rojo project that names a folder which is not there', async () => {
    const file = path.join(shift.project.directory, 'default.project.json');
    const good = await shift.git('show', 'HEAD:default.project.json');
    await writeFile(file, good.replace('src/client', 'src/clientt'));
    await shift.git('-c', 'user.name=Test', '-c', 'user.email=test@localhost', 'commit', '-qam', 'break');
    const { kind, reason } = await failure({ night: 1 });
    expect(kind).toBe('InvalidInput');
    expect(reason).toContain('src/clientt');
    await shift.git('-c', 'user.name=Test', '-c', 'user.email=test@localhost', 'revert', '--no-edit', 'HEAD');
    await expectNothingHappened();
  });

  it('refuses a repository without commits', async () => {
    await using empty = await NightShift.start();
    await rm(path.join(empty.project.directory, '.git'), { recursive: true, force: true });
    await empty.git('init', '-q', '-b', 'main');
    const { workflowId } = await empty.client.start(
      'horrorNight',
      { night: 1 },
      { workflowId: empty.id('empty') },
    );
    const end = await empty.client.end(workflowId);
    expect(end).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/no commit/i) as string });
  });
});
