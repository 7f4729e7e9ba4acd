import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { signatureNamespace } from '../../domain/approval-statement.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { Environment } from '../processes/tool-environment.js';
import { inTemporaryFolder, runKeygen } from './ssh-keygen.js';

/** A private key's file (or its `.pub`, where an agent has the private one), or a public key that an agent has. */
export type SigningKey = { file: string } | { publicKey: string };

/**
 * Signs the text as `ssh-keygen -Y sign -n graveshift` does, and answers the armored signature. A passphrase is asked for
 * by `ssh-keygen` itself, on the terminal; the environment is passed on whole, for the agent's address is in it.
 *
 * @throws GraveshiftError `AccessDenied` when the key cannot sign; `ToolMissing`
 */
export async function signStatement(options: {
  text: string;
  key: SigningKey;
  env: Environment;
}): Promise<string> {
  const { text, key, env } = options;
  return inTemporaryFolder(async (folder) => {
    const file = 'file' in key ? key.file : path.join(folder, 'key.pub');
    if ('publicKey' in key) await writeFile(file, `${key.publicKey.trim()}\n`);
    const { exitCode, stdout, stderr } = await runKeygen(
      ['-Y', 'sign', '-n', signatureNamespace, '-f', file],
      { input: text, env },
    );
    if (exitCode === 0) return stdout;
    const named = 'file' in key ? key.file : 'the key in the agent';
    throw new GraveshiftError(
      'AccessDenied',
      `${named} could not sign: ${stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? ''}. Add it to your agent (ssh-add), or run this in a terminal where its passphrase can be asked for`,
    );
  });
}
