import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export type TestKey = { file: string; publicKey: string };

/** Makes a real SSH key pair in the folder. */
export async function makeSshKey(
  folder: string,
  name: string,
  options: { type?: 'ed25519' | 'ecdsa' | 'rsa'; passphrase?: string } = {},
): Promise<TestKey> {
  const file = path.join(folder, name);
  const { type = 'ed25519', passphrase = '' } = options;
  await promisify(execFile)('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', file]);
  return { file, publicKey: (await readFile(`${file}.pub`, 'utf8')).trim() };
}
