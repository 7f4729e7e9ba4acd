import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Verification } from '../../domain/approval.js';
import { signatureNamespace } from '../../domain/approval-statement.js';
import { parseSshPublicKey } from '../../domain/ssh-public-key.js';
import { toolEnvironment, type Environment } from '../processes/tool-environment.js';
import { inTemporaryFolder, runKeygen } from './ssh-keygen.js';

/** The allowed signers are the keys of one approver, so that the name in the file says nothing. */
const principal = 'approver';

/**
 * Whether the armored signature is of one of the keys, over exactly this text.
 *
 * @param keys public keys, one a line of `authorized_keys` without options
 * @throws GraveshiftError `ToolMissing`
 */
export async function verifySignature(options: {
  text: string;
  signature: string;
  keys: readonly string[];
  env: Environment;
  signal?: AbortSignal | undefined;
}): Promise<Verification> {
  const { text, signature, keys, env, signal } = options;
  const known = keys.flatMap((key) => parseSshPublicKey(key) ?? []);
  return inTemporaryFolder(async (folder) => {
    const signers = path.join(folder, 'allowed_signers');
    const signatureFile = path.join(folder, 'statement.sig');
    await writeFile(
      signers,
      known.map(({ line }) => `${principal} namespaces="${signatureNamespace}" ${line}\n`).join(''),
    );
    await writeFile(signatureFile, `${signature.replaceAll('\r', '').trim()}\n`);
    const { exitCode, stdout, stderr } = await runKeygen(
      ['-Y', 'verify', '-f', signers, '-I', principal, '-n', signatureNamespace, '-s', signatureFile],
      { input: text, env: toolEnvironment(env), signal },
    );
    if (exitCode !== 0) return { valid: false, reason: reasonOf(stderr, known) };
    const key = known.find(({ fingerprint }) => stdout.includes(fingerprint));
    if (key) return { valid: true, key: key.fingerprint };
    return { valid: false, reason: `ssh-keygen named no key of the approver: ${firstLine(stdout)}` };
  });
}

/** Its own words are for people who know OpenSSH's sources; of a key that it does not know it says nothing at all. */
function reasonOf(errors: string, known: readonly { fingerprint: string }[]): string {
  if (/namespace/i.test(errors)) return `it was made for another purpose: expected -n ${signatureNamespace}`;
  if (/incorrect signature/i.test(errors)) {
    return 'it is for another statement: another digest, run, name, reason or verb';
  }
  if (errors.trim() !== '') return `ssh-keygen could not verify it: ${firstLine(errors)}`;
  const theirs = known.map(({ fingerprint }) => fingerprint).join(', ') || 'there are none';
  return `it is by another key than the approver's (${theirs})`;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 200) ?? '';
}
