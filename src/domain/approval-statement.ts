import type { Verb } from './approval.js';

/** Namespace of the signatures (PROTOCOL.sshsig): one that was made for anything else, such as a commit, is none of ours. */
export const signatureNamespace = 'graveshift';

export type Statement = {
  verb: Verb;
  /** Digest of what is decided on. */
  digest: string;
  workflowId: string;
  /** Run id of the workflow's first execution: a signature is of no use in a later run of the same id. */
  runId: string;
  by: string;
  reason?: string | undefined;
};

/** The text that an approver signs: one line a field, JSON strings where a person wrote the value, a newline at the end. */
export function statementOf({ verb, digest, workflowId, runId, by, reason }: Statement): string {
  const lines = [
    'graveshift decision, version 1',
    `verb: ${verb}`,
    `digest: ${digest}`,
    `workflow: ${JSON.stringify(workflowId)}`,
    `run: ${runId}`,
    `by: ${JSON.stringify(by)}`,
    ...(reason === undefined ? [] : [`reason: ${JSON.stringify(reason)}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
