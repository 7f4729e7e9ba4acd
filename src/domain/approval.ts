import { z } from 'zod';

import type { ApprovalPolicy } from './project.js';

const nameSchema = z.string().trim().min(1).max(80);
const reasonSchema = z.string().max(500);

/** A decision as it comes from outside. The name in it is a claim: whoever can signal can claim it. */
export const decisionSchema = z.strictObject({
  by: nameSchema,
  reason: reasonSchema.optional(),
  /** Digest of what is decided on; may be left out while a request is pending. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

const verbSchema = z.enum(['approve', 'reject']);
export type Verb = z.infer<typeof verbSchema>;

/** Argument of the update `decide`. */
export const decideArgumentSchema = decisionSchema.extend({ decision: verbSchema });

/** What somebody is asked to approve. */
export type ApprovalRequest = {
  /** Names exactly what is approved: place, change set and cost. */
  digest: string;
  /** What the approval opens, such as `staging`. */
  before: string;
  requestedAt: string;
  expiresAt: string;
  /** Lines for a person: assets, code, checks, cost. */
  summary: string[];
};

export type RecordedDecision = Decision & {
  verb: Verb;
  at: string;
  counted: boolean;
  /** Why it was not counted. */
  note?: string;
};

export type ApprovalState = {
  policy: ApprovalPolicy;
  requestedBy: string;
  request?: ApprovalRequest;
  outcome?: RecordedDecision;
  decisions: RecordedDecision[];
};

/** Decisions kept for the record; a flood of them must not grow the run without bound. */
const keptDecisions = 50;

/** Why this decision would not count now, or undefined when it would. Pure, so that an update's validator can ask it. */
export function objectionTo(state: ApprovalState, verb: Verb, decision: Decision): string | undefined {
  const { policy, request } = state;
  if (state.outcome) return `already decided: ${state.outcome.by} said ${state.outcome.verb}`;
  const isRequester = decision.by === state.requestedBy;
  const named = policy.approvers.length === 0 || policy.approvers.includes(decision.by);
  if (!named && !(verb === 'reject' && isRequester)) {
    return `${decision.by} is not among the approvers (${policy.approvers.join(', ')})`;
  }
  if (verb === 'approve' && policy.fourEyes && isRequester) {
    return 'the requester cannot approve: the project asks for four eyes';
  }
  if (!request) {
    return decision.digest === undefined
      ? 'nothing is waiting for approval yet, and no digest says what is meant'
      : undefined;
  }
  if (decision.digest !== undefined && decision.digest !== request.digest) {
    return `it is for ${decision.digest.slice(0, 12)}, and ${request.digest.slice(0, 12)} is asked for`;
  }
  return undefined;
}

/** Records a decision, and the outcome when it counts for the pending request. */
export function decide(state: ApprovalState, verb: Verb, decision: Decision, at: string): ApprovalState {
  const objection = objectionTo(state, verb, decision);
  const early = objection === undefined && !state.request;
  const recorded: RecordedDecision = {
    ...decision,
    verb,
    at,
    counted: objection === undefined && !early,
    ...(objection !== undefined && { note: objection }),
    ...(early && { note: 'early: it counts when what it names is asked for' }),
  };
  return {
    ...state,
    decisions: keepLatest([...state.decisions, recorded]),
    ...(recorded.counted && { outcome: recorded }),
  };
}

/** The latest decisions, and those that counted, however old. */
function keepLatest(decisions: RecordedDecision[]): RecordedDecision[] {
  const surplus = decisions.length - keptDecisions;
  return surplus <= 0 ? decisions : decisions.filter(({ counted }, index) => counted || index >= surplus);
}

/** Asks for approval; an early decision for exactly this digest counts at once, the first one that came. */
export function request(state: ApprovalState, asked: ApprovalRequest): ApprovalState {
  const { outcome: _superseded, ...open } = state;
  const pending: ApprovalState = { ...open, request: asked };
  const early = state.decisions.find(
    (decision) =>
      !decision.counted &&
      decision.digest === asked.digest &&
      objectionTo(pending, decision.verb, decision) === undefined,
  );
  if (!early) return pending;
  const { note: _note, ...counted } = early;
  const outcome = { ...counted, counted: true };
  return {
    ...pending,
    decisions: pending.decisions.map((decision) => (decision === early ? outcome : decision)),
    outcome,
  };
}
