import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { signStatement, verifySignature } from '../../src/adapters/ssh-signature/index.js';
import { findSigningKey } from '../../src/cli/signing/find-key.js';
import { makeSshKey, type TestKey } from '../support/ssh-keys.js';
import { makeFolder } from './run-cli.js';

describe('the key to sign with', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let mine: TestKey;
  let other: TestKey;
  let homes = 0;

  beforeAll(async () => {
    ({ folder, remove } = await makeFolder());
    [mine, other] = await Promise.all([makeSshKey(folder, 'mine'), makeSshKey(folder, 'other')]);
  });
  afterAll(() => remove());

  /** A home of its own, with these lines for Git. */
  async function home(gitConfig = ''): Promise<{ cwd: string; env: Record<string, string> }> {
    const cwd = path.join(folder, `home-${++homes}`);
    await mkdir(path.join(cwd, '.ssh'), { recursive: true });
    await writeFile(path.join(cwd, '.gitconfig'), gitConfig);
    return { cwd, env: { PATH: process.env.PATH ?? '', HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' } };
  }
  const find = (place: { cwd: string; env: Record<string, string> }, named?: string) =>
    findSigningKey({ ...place, named, keys: [mine.publicKey] });

  it('is the one that is named, whatever else there is', async () => {
    const { found } = await find(await home(), other.file);
    expect(found).toEqual({ key: { file: other.file }, name: other.file });
  });

  it("is Git's signing key, by file or by its text, where Git signs by SSH", async () => {
    const byFile = await find(await home(`[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = ${mine.file}.pub\n`));
    expect(byFile.found).toMatchObject({ key: { file: `${mine.file}.pub` } });
    const byText = await find(
      await home(`[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = "key::${mine.publicKey}"\n`),
    );
    expect(byText.found).toMatchObject({ key: { publicKey: mine.publicKey } });
    const byGpg = await find(await home('[user]\n\tsigningkey = 0123456789ABCDEF\n'));
    expect(byGpg.found).toBeUndefined();
  });

  it("is the agent's, when the agent has the approver's, and signs although its file is gone", async () => {
    const locked = await makeSshKey(folder, 'only-in-agent');
    const socket = path.join(folder, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await once(agent.stdout, 'data');
      const place = await home();
      const env = { ...place.env, SSH_AUTH_SOCK: socket };
      await promisify(execFile)('ssh-add', ['-q', other.file, locked.file], { env });
      await rename(locked.file, `${locked.file}.gone`);
      const { found } = await findSigningKey({
        cwd: place.cwd,
        env,
        named: undefined,
        keys: [locked.publicKey],
      });
      expect(found).toMatchObject({ name: 'a key of the SSH agent' });
      const signature = await signStatement({ text: 'a text\n', key: found!.key, env });
      expect(
        await verifySignature({ text: 'a text\n', signature, keys: [locked.publicKey], env }),
      ).toMatchObject({
        valid: true,
      });
    } finally {
      const ended = once(agent, 'exit');
      agent.kill();
      await ended;
    }
  });

  it('is one of the usual files, and never one that the project does not have of the person', async () => {
    const place = await home();
    await writeFile(path.join(place.cwd, '.ssh', 'id_ed25519.pub'), other.publicKey);
    const none = await find(place);
    expect(none.found).toBeUndefined();
    expect(none.tried).toEqual([
      "Git's user.signingkey: no key",
      'the SSH agent: no key',
      `${path.join(place.cwd, '.ssh')}: another key`,
    ]);
    await writeFile(path.join(place.cwd, '.ssh', 'id_rsa.pub'), mine.publicKey);
    expect((await find(place)).found).toMatchObject({
      key: { file: path.join(place.cwd, '.ssh', 'id_rsa') },
    });
  });
});
