import { verifySignature } from '../adapters/ssh-signature/index.js';
import { statementOf } from '../domain/approval-statement.js';
import type { ApprovalActivities } from '../domain/deploy-activities.js';
import type { Environment } from '../adapters/processes/tool-environment.js';
import { activitySignal } from './support/context.js';

/** @param env environment in which `ssh-keygen` is found */
export function createApprovalActivities({ env }: { env: Environment }): ApprovalActivities {
  return {
    verifyDecision: ({ statement, signature, keys }) =>
      verifySignature({ text: statementOf(statement), signature, keys, env, signal: activitySignal() }),
  };
}
