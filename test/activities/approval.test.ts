import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApprovalActivities } from '../../src/activities/approval.js';
import { signStatement } from '../../src/adapters/ssh-signature/index.js';
import { statementOf, type Statement } from '../../src/domain/approval-statement.js';
import { parseSshPublicKey } from '../../src/domain/ssh-public-key.js';
import { makeFolder } from '../cli/run-cli.js';
import { makeSshKey, type TestKey } from '../support/ssh-keys.js';

const statement: Statement = {
  verb: 'approve',
  digest: 'a'.repeat(64),
  workflowId: 'village/deploy-production',
  runId: '01a1fd5f-d172-7c13-9013-387a22444922',
  by: 'Ana "the producer"',
  reason: 'played it,\ntwice',
};
const { verifyDecision } = createApprovalActivities({ env: process.env });

describe('a signature of a decision', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let ana: TestKey;
  let eve: TestKey;

  beforeAll(async () => {
    ({ folder, remove } = await makeFolder());
    [ana, eve] = await Promise.all([makeSshKey(folder, 'ana'), makeSshKey(folder, 'eve')]);
  });
  afterAll(() => remove());

  const sign = (key: TestKey, text = statementOf(statement)) =>
    signStatement({ text, key: { file: key.file }, env: process.env });

  it.each(['ed25519', 'ecdsa', 'rsa'] as const)('by a key of the approver is valid: %s', async (type) => {
    const key = await makeSshKey(folder, `key-${type}`, { type });
    const signature = await sign(key);
    const verified = await verifyDecision({ statement, signature, keys: [eve.publicKey, key.publicKey] });
    const { stdout } = await promisify(execFile)('ssh-keygen', ['-l', '-f', `${key.file}.pub`]);
    expect(verified).toEqual({ valid: true, key: stdout.split(' ')[1] });
    expect(parseSshPublicKey(key.publicKey)?.fingerprint).toBe(stdout.split(' ')[1]);
  });

  it.each<[string, Partial<Statement>]>([
    ['verb', { verb: 'reject' }],
    ['digest', { digest: 'b'.repeat(64) }],
    ['workflow', { workflowId: 'village/deploy-staging' }],
    ['run of the workflow', { runId: '01a1fd5f-0000-7c13-9013-387a22444922' }],
    ['name', { by: 'Ana' }],
    ['reason', { reason: 'not played' }],
    ['reason left out', { reason: undefined }],
  ])('is of no use for another %s', async (_, other) => {
    const signature = await sign(ana);
    const changed = { ...statement, ...other };
    expect(await verifyDecision({ statement: changed, signature, keys: [ana.publicKey] })).toEqual({
      valid: false,
      reason: expect.stringContaining('another statement') as string,
    });
  });

  it('by a stranger, or where the approver has no key, is not valid', async () => {
    const signature = await sign(eve);
    for (const keys of [[ana.publicKey], []]) {
      expect(await verifyDecision({ statement, signature, keys })).toEqual({
        valid: false,
        reason: expect.stringContaining('another key than') as string,
      });
    }
  });

  it('that was made for something else, such as a commit, is not valid', async () => {
    const file = path.join(folder, 'as-a-commit');
    await writeFile(file, statementOf(statement));
    await promisify(execFile)('ssh-keygen', ['-Y', 'sign', '-n', 'git', '-f', ana.file, file]);
    const { stdout: signature } = await promisify(execFile)('cat', [`${file}.sig`]);
    expect(await verifyDecision({ statement, signature, keys: [ana.publicKey] })).toEqual({
      valid: false,
      reason: expect.stringContaining('-n graveshift') as string,
    });
  });

  it('that is no signature is not valid', async () => {
    const signature = '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n';
    expect(await verifyDecision({ statement, signature, keys: [ana.publicKey] })).toMatchObject({
      valid: false,
    });
  });

  it('needs ssh-keygen, and says so where there is none', async () => {
    const signature = await sign(ana);
    const lonely = createApprovalActivities({ env: { PATH: folder } });
    await expect(
      lonely.verifyDecision({ statement, signature, keys: [ana.publicKey] }),
    ).rejects.toMatchObject({
      kind: 'ToolMissing',
      message: expect.stringContaining('install OpenSSH') as string,
    });
  });

  it('by a key whose passphrase nobody can be asked for is refused with a remedy', async () => {
    const locked = await makeSshKey(folder, 'locked', { passphrase: 'secret phrase' });
    const env = {
      ...process.env,
      SSH_AUTH_SOCK: '',
      SSH_ASKPASS: '/bin/false',
      SSH_ASKPASS_REQUIRE: 'force',
    };
    await expect(
      signStatement({ text: statementOf(statement), key: { file: locked.file }, env }),
    ).rejects.toMatchObject({
      kind: 'AccessDenied',
      message: expect.stringContaining('ssh-add') as string,
    });
  });
});

describe('a public key', () => {
  it.each([
    ['nothing', ''],
    ['no key', 'ana'],
    ['options before it', 'cert-authority ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEz'],
    ['an unknown type', 'ssh-dss AAAAB3NzaC1kc3MAAACBAPH'],
    [
      'a key of another type than it says',
      'ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIEwX9rVf7+1hh6LshvL+wuK/cL8zPsjK4uU2zLff0iHy',
    ],
    ['a key cut short', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEwX9rVf'],
    ['two lines', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 a\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5 b'],
  ])('is none with %s', (_, text) => {
    expect(parseSshPublicKey(text)).toBeUndefined();
  });
});
