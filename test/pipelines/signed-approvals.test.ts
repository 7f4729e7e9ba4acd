import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseSshPublicKey } from '../../src/domain/ssh-public-key.js';
import { runCli, type Called } from '../cli/run-cli.js';
import { longTests } from '../support/long-tests.js';
import { eventually } from '../support/eventually.js';
import { NightShift } from '../support/night-shift.js';
import { makeSshKey, type TestKey } from '../support/ssh-keys.js';
import { temporal } from '../support/temporal-cli.js';

/** Signed approvals, end to end: real keys, the real worker, the command and the Temporal CLI. */
describe('a project where only signed approvals count', () => {
  let shift: NightShift;
  let keys: string;
  let ann: TestKey;
  let bob: TestKey;
  let night = 0;

  beforeAll(async () => {
    keys = await mkdtemp(path.join(tmpdir(), 'graveshift-keys-'));
    [ann, bob] = await Promise.all([makeSshKey(keys, 'ann'), makeSshKey(keys, 'bob', { type: 'ecdsa' })]);
    shift = await NightShift.start({
      config: (config) =>
        (config.approvals = {
          before: 'both',
          signatures: 'always',
          fourEyes: true,
          quorum: 2,
          roles: ['producer'],
          approvers: [
            { name: 'ann', keys: [ann.publicKey], roles: ['producer'] },
            { name: 'bob', keys: [bob.publicKey], roles: ['qa'] },
            { name: 'cy', keys: [], roles: [] },
          ],
        }),
    });
  });
  afterAll(async () => {
    await shift[Symbol.asyncDispose]();
    await rm(keys, { recursive: true, force: true });
  });

  /** A person's home: what is in its `.ssh` is what the command finds. */
  async function homeWith(key?: TestKey): Promise<Record<string, string>> {
    const home = await mkdtemp(path.join(keys, 'home-'));
    await mkdir(path.join(home, '.ssh'));
    if (key) {
      await copyFile(key.file, path.join(home, '.ssh', 'id_ed25519'));
      await copyFile(`${key.file}.pub`, path.join(home, '.ssh', 'id_ed25519.pub'));
      await promisify(execFile)('chmod', ['600', path.join(home, '.ssh', 'id_ed25519')]);
    }
    return { HOME: home };
  }

  function graveshift(env: Record<string, string>, ...args: string[]): Promise<Called> {
    const { GRAVESHIFT_HOME, GRAVESHIFT_TASK_QUEUE, TEMPORAL_ADDRESS } = shift.env as Record<string, string>;
    return runCli(args, {
      env: {
        ...env,
        GRAVESHIFT_HOME: GRAVESHIFT_HOME!,
        GRAVESHIFT_TASK_QUEUE: GRAVESHIFT_TASK_QUEUE!,
        TEMPORAL_ADDRESS: TEMPORAL_ADDRESS!,
      },
    });
  }

  async function waitingNight(): Promise<string> {
    const id = shift.id(`night-${++night}`);
    await shift.client.start('horrorNight', { night, requestedBy: 'dora' }, { workflowId: id });
    await eventually(
      () => shift.client.progress(id),
      ({ state }) => state === 'awaiting-approval',
    );
    return id;
  }

  const signal = (id: string, body: object) =>
    temporal(
      shift.env.TEMPORAL_ADDRESS!,
      ...['workflow', 'signal', '--workflow-id', id, '--name', 'approve', '--input', JSON.stringify(body)],
    );
  const approvals = (id: string) => shift.client.approvals(id);
  const fingerprint = (key: TestKey) => parseSshPublicKey(key.publicKey)?.fingerprint;

  it('goes on when enough people with the right roles signed, by the command', async () => {
    const id = await waitingNight();
    const annAtHome = await homeWith(ann);
    const bobAtHome = await homeWith(bob);

    const unsigned = await graveshift(bobAtHome, 'approve', id, '--by', 'bob', '--unsigned');
    expect(unsigned).toMatchObject({ code: 1, stdout: '' });
    expect(unsigned.stderr).toContain('only signed approvals count before staging');
    const keyless = await graveshift(await homeWith(), 'approve', id, '--by', 'bob');
    expect(keyless.stderr).toMatch(/none of bob's keys is on this machine .*--key or GRAVESHIFT_SIGNING_KEY/);
    const unknown = await graveshift(bobAtHome, 'approve', id, '--by', 'cy');
    expect(unknown.stderr).toContain('the project has no public key of cy');
    const asAnn = await graveshift(bobAtHome, 'approve', id, '--by', 'ann', '--key', bob.file);
    expect(asAnn.stderr).toContain("by another key than the approver's");
    expect((await approvals(id)).decisions).toEqual([]);

    const first = await graveshift(
      bobAtHome,
      'approve',
      id,
      '--by',
      'bob',
      '--reason',
      'played it',
      '--json',
    );
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(first.stderr).toMatch(/verb: approve\n {2}digest: [0-9a-f]{64}\n[^]*reason: "played it"/);
    expect(JSON.parse(first.stdout)).toMatchObject({
      said: 'approve',
      by: 'bob',
      key: fingerprint(bob),
      missing: ['1 more approval', 'somebody with the role producer (ann)'],
    });
    const again = await graveshift(bobAtHome, 'approve', id, '--by', 'bob');
    expect(again.stderr).toContain('bob has approved already');
    expect(await approvals(id)).toMatchObject({
      missing: ['1 more approval', 'somebody with the role producer (ann)'],
      approved: [{ by: 'bob', key: fingerprint(bob) }],
    });

    const shown = await graveshift({}, 'show', id);
    expect(shown.stdout).toMatch(/Approved by bob at .*, signed with SHA256:.*: played it/);
    expect(shown.stdout).toContain('Missing: 1 more approval, somebody with the role producer (ann)');

    const second = await graveshift(annAtHome, 'approve', id, '--by', 'ann');
    expect(second, second.stderr).toMatchObject({ code: 0 });
    expect(second.stdout).toContain(`signed with ${fingerprint(ann)}`);
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'succeeded' });
    expect(await approvals(id)).toMatchObject({
      missing: [],
      outcome: { by: 'ann', key: fingerprint(ann) },
      approved: [{ by: 'bob' }, { by: 'ann' }],
    });
  });

  it.runIf(longTests)(
    'takes signatures that ssh-keygen made, from the Temporal CLI, and no others',
    async () => {
      const id = await waitingNight();
      const { request } = await approvals(id);
      const digest = request!.digest;

      /** What docs/approvals.md tells a person without the command's keys to do. */
      async function signByHand(run: string, by: string, key: TestKey): Promise<string> {
        const printed = await graveshift({}, 'approve', run, '--by', by, '--print-statement');
        expect(printed, printed.stderr).toMatchObject({ code: 0 });
        const file = path.join(keys, `${by}-${night}-${path.basename(key.file)}`);
        await writeFile(file, printed.stdout);
        await promisify(execFile)('ssh-keygen', [
          '-q',
          '-Y',
          'sign',
          '-n',
          'graveshift',
          '-f',
          key.file,
          file,
        ]);
        return readFile(`${file}.sig`, 'utf8');
      }
      const ofBob = await signByHand(id, 'bob', bob);
      const ofAnn = await signByHand(id, 'ann', ann);
      const forged = await signByHand(id, 'ann', bob);

      await signal(id, { by: 'ann' });
      await signal(id, { by: 'cy', signature: ofAnn });
      await signal(id, { by: 'ann', signature: 'yes' });
      await signal(id, { by: 'ann', digest, signature: forged });
      await signal(id, { by: 'ann', digest, signature: ofBob });
      await signal(id, { by: 'ann', digest, reason: 'words that she did not sign', signature: ofAnn });
      const { ignored, state } = await eventually(
        () => shift.client.progress(id),
        (progress) => progress.ignored.length === 6,
      );
      expect(state).toBe('awaiting-approval');
      const said = ignored.map(({ message }) => message).sort();
      expect(said.join('\n')).toMatch(
        /not signed[^]*another key than[^]*another statement[^]*another statement[^]*cy has no public key[^]*signature: expected what/,
      );
      expect((await approvals(id)).approved).toEqual([]);

      expect(await signal(id, { by: 'bob', digest, signature: ofBob })).toMatchObject({ code: 0 });
      expect(await signal(id, { by: 'ann', signature: ofAnn })).toMatchObject({ code: 0 });
      expect(await shift.client.end(id)).toMatchObject({ outcome: 'succeeded' });
      expect((await approvals(id)).approved.map(({ by, key }) => [by, key]).sort()).toEqual([
        ['ann', fingerprint(ann)],
        ['bob', fingerprint(bob)],
      ]);

      const next = await waitingNight();
      await expect(
        shift.client.decide(next, 'approve', { by: 'ann', signature: ofAnn }),
      ).rejects.toMatchObject({ message: expect.stringContaining('another statement') as string });
      await shift.client.decide(next, 'reject', { by: 'cy', reason: 'a rejection needs no signature' });
      expect(await shift.client.end(next)).toMatchObject({ outcome: 'rejected' });
    },
  );
});
