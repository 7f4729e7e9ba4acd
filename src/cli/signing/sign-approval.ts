import { signStatement, verifySignature } from '../../adapters/ssh-signature/index.js';
import { type Statement, statementOf } from '../../domain/approval-statement.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { CliContext } from '../context.js';
import { plainText } from '../view/text.js';
import { findSigningKey } from './find-key.js';

export type SigningWish = {
  statement: Statement;
  /** Public keys that the project has of the approver. */
  keys: readonly string[];
  /** True where an unsigned approval would not count. */
  required: boolean;
  /** File of the key, where the person named one. */
  named: string | undefined;
};

export type Signed = { signature: string; key: string };

/**
 * Shows what is to be signed, signs it, and looks whether the project will take it. Undefined when it stays unsigned,
 * which is said, and may be.
 *
 * @throws GraveshiftError when a signature is needed and none can be made
 */
export async function signApproval(context: CliContext, wish: SigningWish): Promise<Signed | undefined> {
  const { statement, keys, required, named } = wish;
  const { by } = statement;
  const { env, cwd } = context;
  if (keys.length === 0) {
    if (!required && named === undefined) return undefined;
    throw new GraveshiftError(
      'AccessDenied',
      `the project has no public key of ${by}: add the text of your .pub file to approvals.approvers of graveshift.json, or say who you are with --by`,
    );
  }
  const { found, tried } = await findSigningKey({ named, keys, cwd, env });
  if (!found) {
    const looked = `none of ${by}'s keys is on this machine (${tried.join('; ')})`;
    if (!required) {
      context.say(`not signed: ${looked}`);
      return undefined;
    }
    throw new GraveshiftError(
      'AccessDenied',
      `only a signed approval counts, and ${looked}: name one with --key or GRAVESHIFT_SIGNING_KEY, or add it to your agent (ssh-add)`,
    );
  }
  const text = statementOf(statement);
  context.say(`signing with ${plainText(found.name)}:`);
  for (const line of text.trimEnd().split('\n')) context.say(`  ${plainText(line)}`);
  const signature = await signStatement({ text, key: found.key, env });
  const verification = await verifySignature({ text, signature, keys, env });
  if (verification.valid) return { signature, key: verification.key };
  throw new GraveshiftError('AccessDenied', `${found.name} is of no use: ${verification.reason}`);
}
