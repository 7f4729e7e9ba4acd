import { z } from 'zod';

import { needsSignature, type ApprovalPolicy } from './approval-policy.js';

const nameSchema = z.string().trim().min(1).max(80);
const reasonSchema = z.string().max(500);

/** A decision as it comes from outside. The name in it is a claim: only a signature proves it. */
export const decisionSchema = z.strictObject({
  by: nameSchema,
  reason: reasonSchema.optional(),
  /** Digest of what is decided on; may be left out while a request is pending. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** By a key of the approver over the statement (approval-statement.ts), armored as `ssh-keygen -Y sign` writes it. */
  signature: z
    .string()
    .max(8192)
    .regex(
      /^-----BEGIN SSH SIGNATURE-----[A-Za-z0-9+/=\r\n]+-----END SSH SIGNATURE-----\s*$/,
      'expected what "ssh-keygen -Y sign" writes',
    )
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
  /** Fingerprint of the key that signed it; absent for one that counted unsigned. */
  key?: string;
};

/** What came of looking at a signature. `key`: the fingerprint of the key that made it. */
export type Verification = { valid: true; key: string } | { valid: false; reason: string };

export type ApprovalState = {
  policy: ApprovalPolicy;
  requestedBy: string;
  request?: ApprovalRequest;
  /** The decision with which the policy was satisfied, or the first rejection. */
  outcome?: RecordedDecision;
  /** Approvals that count for the request, one a person, the first that came first. */
  approved: RecordedDecision[];
  decisions: RecordedDecision[];
};

/** Answer of the query `approvals`. */
export type ApprovalsView = ApprovalState & {
  /** What the request still lacks, in words. */
  missing: string[];
  /** What a signature must name: the workflow and the run id of its first execution. */
  run: { workflowId: string; runId: string };
  candidate?: unknown;
};

/** Decisions kept for the record; a flood of them must not grow the run without bound. */
const keptDecisions = 50;

/** Why this decision would not count now, or undefined when it would. Pure, so that an update's validator can ask it. */
export function objectionTo(
  state: ApprovalState,
  verb: Verb,
  decision: Decision,
  at: string,
): string | undefined {
  const { policy, request, outcome } = state;
  if (outcome) return `already decided: ${outcome.by} said ${outcome.verb}`;
  const isRequester = decision.by === state.requestedBy;
  const named = policy.approvers.length === 0 || policy.approvers.some(({ name }) => name === decision.by);
  if (!named && !(verb === 'reject' && isRequester)) {
    const names = policy.approvers.map(({ name }) => name);
    return `${decision.by} is not among the approvers (${names.join(', ')})`;
  }
  const objection = verb === 'approve' ? objectionToApproval(state, decision) : undefined;
  if (objection !== undefined) return objection;
  if (!request) {
    return decision.digest === undefined
      ? 'nothing is waiting for approval yet, and no digest says what is meant'
      : undefined;
  }
  if (Date.parse(at) >= Date.parse(request.expiresAt)) return `the request expired at ${request.expiresAt}`;
  if (decision.digest !== undefined && decision.digest !== request.digest) {
    return `it is for ${decision.digest.slice(0, 12)}, and ${request.digest.slice(0, 12)} is asked for`;
  }
  return undefined;
}

/** What is asked of approvals only: a rejection is safe, whoever may give it. */
function objectionToApproval(state: ApprovalState, decision: Decision): string | undefined {
  const { policy, request, approved, requestedBy } = state;
  if (policy.fourEyes && decision.by === requestedBy) {
    return 'the requester cannot approve: the project asks for four eyes';
  }
  if (policy.requireReason && (decision.reason ?? '').trim() === '') {
    return 'it gives no reason, and the project asks for one';
  }
  if (approved.some(({ by }) => by === decision.by)) return `${decision.by} has approved already`;
  if (!request || !needsSignature(policy, request.before)) return undefined;
  if (keysOf(policy, decision.by).length === 0) {
    return `${decision.by} has no public key among the project's approvers, and only signed approvals count before ${request.before}`;
  }
  return decision.signature === undefined
    ? `it is not signed, and only signed approvals count before ${request.before}: "graveshift approve" signs`
    : undefined;
}

/** The public keys of an approver; none for a stranger. */
export function keysOf({ approvers }: ApprovalPolicy, name: string): string[] {
  return approvers.find((approver) => approver.name === name)?.keys ?? [];
}

/** What the pending request still lacks, in words; empty when nothing is asked, or it is decided. */
export function missingFrom({ policy, request, outcome, approved }: ApprovalState): string[] {
  if (!request || outcome) return [];
  const people = policy.quorum - approved.length;
  const held = new Set(approved.flatMap(({ by }) => rolesOf(policy, by)));
  return [
    ...(people > 0 ? [`${people} more ${people === 1 ? 'approval' : 'approvals'}`] : []),
    ...policy.roles
      .filter((role) => !held.has(role))
      .map((role) => {
        const holders = policy.approvers.filter(({ roles }) => roles.includes(role)).map(({ name }) => name);
        return `somebody with the role ${role} (${holders.join(', ')})`;
      }),
  ];
}

function rolesOf({ approvers }: ApprovalPolicy, name: string): string[] {
  return approvers.find((approver) => approver.name === name)?.roles ?? [];
}

/**
 * Records a decision, and counts it for the pending request where it may. A signed approval by somebody who has keys is
 * not counted before `settle` heard that the signature is valid, whether the policy asks for one or not.
 */
export function decide(state: ApprovalState, verb: Verb, decision: Decision, at: string): ApprovalState {
  const objection = objectionTo(state, verb, decision, at);
  const said = { ...decision, verb, at };
  if (objection !== undefined) return record(state, { ...said, counted: false, note: objection });
  if (!state.request) {
    const note = 'early: it counts when what it names is asked for';
    return record(state, { ...said, counted: false, note });
  }
  const bound = { ...said, digest: state.request.digest };
  if (isSigned(state, bound)) {
    return record(state, { ...bound, counted: false, note: 'its signature is being verified' });
  }
  const counted = { ...bound, counted: true };
  return count(record(state, counted), counted);
}

/** Asks for approval; early decisions for exactly this digest count at once, in the order in which they came. */
export function request(state: ApprovalState, asked: ApprovalRequest): ApprovalState {
  const { outcome: _superseded, ...open } = state;
  let pending: ApprovalState = { ...open, request: asked, approved: [] };
  for (const early of state.decisions) {
    if (!couldCount(pending, early) || isSigned(pending, early)) continue;
    pending = countRecorded(pending, early).state;
  }
  return pending;
}

/** Whether the decision counts as soon as its signature turns out to be valid. */
export function awaitsVerification(state: ApprovalState, decision: RecordedDecision): boolean {
  return couldCount(state, decision) && isSigned(state, decision);
}

/** Says what came of the signature of a decision on record. Whatever has changed meanwhile is looked at again. */
export function settle(
  state: ApprovalState,
  decision: RecordedDecision,
  verification: Verification,
  at: string,
): { state: ApprovalState; decision: RecordedDecision } {
  const objection = verification.valid
    ? objectionTo(state, decision.verb, decision, at)
    : `its signature does not count: ${verification.reason}`;
  if (objection !== undefined || !verification.valid || !state.request) {
    const refused = { ...decision, ...(objection !== undefined && { note: objection }) };
    return { state: replace(state, decision, refused), decision: refused };
  }
  return countRecorded(state, decision, verification.key);
}

function isSigned({ policy }: ApprovalState, { verb, by, signature }: Decision & { verb: Verb }): boolean {
  return verb === 'approve' && signature !== undefined && keysOf(policy, by).length > 0;
}

/** Decisions on record count only for the digest that they name. */
function couldCount(state: ApprovalState, decision: RecordedDecision): boolean {
  const { request: asked } = state;
  if (!asked || decision.counted || decision.digest !== asked.digest) return false;
  return objectionTo(state, decision.verb, decision, asked.requestedAt) === undefined;
}

function countRecorded(
  state: ApprovalState,
  decision: RecordedDecision,
  key?: string,
): { state: ApprovalState; decision: RecordedDecision } {
  const { note: _note, ...said } = decision;
  const counted = { ...said, counted: true, ...(key !== undefined && { key }) };
  return { state: count(replace(state, decision, counted), counted), decision: counted };
}

function count(state: ApprovalState, counted: RecordedDecision): ApprovalState {
  if (counted.verb === 'reject') return { ...state, outcome: counted };
  const next = { ...state, approved: [...state.approved, counted] };
  return missingFrom(next).length === 0 ? { ...next, outcome: counted } : next;
}

function replace(state: ApprovalState, old: RecordedDecision, now: RecordedDecision): ApprovalState {
  if (!state.decisions.includes(old)) return record(state, now);
  return { ...state, decisions: state.decisions.map((decision) => (decision === old ? now : decision)) };
}

function record(state: ApprovalState, decision: RecordedDecision): ApprovalState {
  return { ...state, decisions: keepLatest([...state.decisions, decision]) };
}

/** The latest decisions, and those that counted, however old. */
function keepLatest(decisions: RecordedDecision[]): RecordedDecision[] {
  const surplus = decisions.length - keptDecisions;
  return surplus <= 0 ? decisions : decisions.filter(({ counted }, index) => counted || index >= surplus);
}
