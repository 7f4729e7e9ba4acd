import { confirm, input, select } from '@inquirer/prompts';

import { resolutionActions, type ResolutionAction } from '../../domain/controls.js';
import type { Attention } from '../../domain/progress.js';
import type { CliContext } from '../context.js';
import { plainText } from '../view/text.js';

export type ApprovalAnswer = { decision: 'approve' | 'reject'; reason?: string };

/** Asks on the terminal, on standard error: standard output is for data. */
export async function askApproval(
  context: CliContext,
  environment: string,
  signal: AbortSignal,
): Promise<ApprovalAnswer> {
  const streams = { input: context.stdin, output: context.stderr, signal };
  if (
    await confirm({ message: `Approve, and publish to ${plainText(environment)}?`, default: true }, streams)
  ) {
    return { decision: 'approve' };
  }
  const reason = (await input({ message: 'Why not? (for the record)' }, streams)).trim();
  return { decision: 'reject', ...(reason !== '' && { reason: reason.slice(0, 500) }) };
}

export async function askResolution(
  context: CliContext,
  attention: Attention,
  signal: AbortSignal,
): Promise<ResolutionAction> {
  // Which version landed is asked by `graveshift resolve`, where there is time to look.
  const choices = resolutionActions.filter(
    (action) => action !== 'landed' && attention.actions.includes(action),
  );
  return await select(
    {
      message: `${attention.step} needs attention: what now?`,
      choices: choices.map((value) => ({ value, description: describeAction[value] })),
    },
    { input: context.stdin, output: context.stderr, signal },
  );
}

const describeAction: Record<ResolutionAction, string> = {
  retry: 'try the same again',
  skip: 'go on without it',
  alternative: 'try another way',
  landed: 'it has landed',
  abort: 'give the run up and undo its work',
};
