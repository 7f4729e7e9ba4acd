import {
  ApplicationFailure,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  log,
  setDefaultSignalHandler,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { z } from 'zod';

import {
  completePolicy,
  refuseImpossibleApproval,
  type ApprovalPolicy,
  type RecordedPolicy,
} from '../../domain/approval-policy.js';
import * as approval from '../../domain/approval.js';
import {
  pauseSchema,
  resolutionSchema,
  type PauseRequest,
  type Resolution,
  type ResolutionAction,
} from '../../domain/controls.js';
import type { Attention, Progress } from '../../domain/progress.js';
import { causeOf, endingTheRun } from './failures.js';
import * as messages from './messages.js';
import { approvals as verifier } from './stations.js';

/** Messages kept for `progress`: the latest, so that a flood cannot grow the run without bound. */
const keptMessages = 20;

/** Signatures looked at at a time: each is an activity, and whoever can signal can send any number. */
const mostVerifications = 16;

/** Until the project's own policy is known, nothing is asked for and every early decision is only recorded. */
const noPolicyYet: ApprovalPolicy = completePolicy({
  before: 'production',
  approvers: [],
  fourEyes: false,
  timeoutHours: 72,
});

type Waiting = { attention: Attention; resolution?: Resolution };

/**
 * What people may say to a run, and what they said: pause, resume, approve, reject, resolve. `listen` is called before
 * the run's first await, so that no early signal is lost; no handler throws.
 */
export class RunControls {
  private approvals: approval.ApprovalState;
  private approvalPending = false;
  private candidate: unknown;
  private readonly verifying = new Set<approval.RecordedDecision>();
  private pausedBy: (PauseRequest & { since: string }) | undefined;
  private readonly waiting: Waiting[] = [];
  private readonly ignoredMessages: Progress['ignored'] = [];
  private readonly children = new Set<string>();
  /** The run's own scope: what waits for people ends when the run is cancelled, even inside a scope that is not. */
  private readonly root = CancellationScope.current();

  constructor(
    requestedBy: string,
    private readonly onChange: () => void,
  ) {
    this.approvals = { policy: noPolicyYet, requestedBy, approved: [], decisions: [] };
  }

  get paused(): (PauseRequest & { since: string }) | undefined {
    return this.pausedBy;
  }

  get attention(): Attention[] {
    return this.waiting.map((item) => item.attention);
  }

  get ignored(): Progress['ignored'] {
    return this.ignoredMessages;
  }

  get request(): approval.ApprovalRequest | undefined {
    return this.approvals.request;
  }

  get awaitsApproval(): boolean {
    return this.approvalPending;
  }

  get decisions(): readonly approval.RecordedDecision[] {
    return this.approvals.decisions;
  }

  /** The approvals of what was asked for last, each with the key that signed it. */
  get approved(): readonly approval.RecordedDecision[] {
    return this.approvals.approved;
  }

  setPolicy(policy: RecordedPolicy): void {
    this.approvals = { ...this.approvals, policy: completePolicy(policy) };
  }

  /** Waits while the run is paused: what runs already goes on, nothing new starts. */
  async whilePaused(): Promise<void> {
    if (this.pausedBy === undefined) return;
    await Promise.race([this.root.cancelRequested, condition(() => this.pausedBy === undefined)]);
  }

  /** Passes pause and resume on to a child for as long as it runs; one that starts in a paused run begins paused. */
  async withChild<T>(child: { workflowId: string; result: () => Promise<T> }): Promise<T> {
    this.children.add(child.workflowId);
    if (this.pausedBy) this.tellChild(child.workflowId, 'pause', this.pausedBy);
    try {
      return await child.result();
    } finally {
      this.children.delete(child.workflowId);
    }
  }

  /**
   * Asks people to approve what the digest names; `candidate` is what the query `approvals` shows of it.
   * @returns the decision that settled it, or undefined when the time ran out: that is a rejection, never an approval
   * @throws InvalidInput when the policy lets nobody approve
   */
  async awaitApproval(
    asked: Omit<approval.ApprovalRequest, 'requestedAt' | 'expiresAt'>,
    candidate: unknown,
  ): Promise<approval.RecordedDecision | undefined> {
    const { policy, requestedBy } = this.approvals;
    endingTheRun(() => refuseImpossibleApproval(policy, asked.before, requestedBy));
    const timeoutMs = policy.timeoutHours * 3_600_000;
    const now = Date.now();
    this.candidate = candidate;
    this.approvals = approval.request(this.approvals, {
      ...asked,
      requestedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + timeoutMs).toISOString(),
    });
    this.approvalPending = true;
    this.onChange();
    for (const early of this.approvals.decisions) {
      if (approval.awaitsVerification(this.approvals, early)) void this.verify(early);
    }
    try {
      await condition(() => this.approvals.outcome !== undefined, timeoutMs);
    } finally {
      this.approvalPending = false;
      this.onChange();
    }
    return this.approvals.outcome;
  }

  /** Waits until a person says what to do about a step, or until the run is cancelled where that may end the wait. */
  async awaitResolution(
    attention: Attention,
    { untilCancelled }: { untilCancelled: boolean },
  ): Promise<Resolution> {
    const item: Waiting = { attention };
    this.waiting.push(item);
    this.onChange();
    try {
      const resolved = condition(() => item.resolution !== undefined);
      await (untilCancelled ? Promise.race([this.root.cancelRequested, resolved]) : resolved);
    } finally {
      this.waiting.splice(this.waiting.indexOf(item), 1);
      this.onChange();
    }
    if (!item.resolution) throw new Error(`The wait for ${attention.step} ended without a resolution`);
    return item.resolution;
  }

  /** Registers the handlers; signals that came before are delivered at once, so the run must be able to show itself. */
  listen(): void {
    const { workflowId, firstExecutionRunId } = workflowInfo();
    setHandler(messages.approvalsQuery, () => ({
      ...this.approvals,
      missing: approval.missingFrom(this.approvals),
      run: { workflowId, runId: firstExecutionRunId },
      candidate: this.candidate,
    }));
    this.onSignal(messages.pauseSignal, 'pause', pauseSchema, (body) => this.pause(body));
    this.onSignal(messages.resumeSignal, 'resume', pauseSchema, (body) => this.resume(body));
    this.onSignal(
      messages.approveSignal,
      'approve',
      approval.decisionSchema,
      (body) => void this.decide('approve', body),
    );
    this.onSignal(
      messages.rejectSignal,
      'reject',
      approval.decisionSchema,
      (body) => void this.decide('reject', body),
    );
    this.onSignal(messages.resolveSignal, 'resolve', resolutionSchema, (body) => this.resolve(body));
    setDefaultSignalHandler((name) => this.ignore(`unknown signal "${name}"`));
    setHandler(
      messages.decideUpdate,
      async (argument) => {
        const { decision: verb, ...decision } = approval.decideArgumentSchema.parse(argument);
        const verified = await this.decide(verb, decision);
        if (verified?.counted === false) throw refused(verified.note ?? 'its signature does not count');
        const missing = approval.missingFrom(this.approvals);
        return { accepted: true, verb, by: decision.by, ...(missing.length > 0 && { missing }) };
      },
      { validator: (argument) => this.validateDecision(argument) },
    );
    setHandler(
      messages.resolveStepUpdate,
      (argument) => {
        const resolution = resolutionSchema.parse(argument);
        this.resolve(resolution);
        return { accepted: true, step: resolution.step, action: resolution.action };
      },
      { validator: (argument) => this.validateResolution(argument) },
    );
  }

  private onSignal<S extends z.ZodType>(
    signal: typeof messages.pauseSignal,
    name: string,
    schema: S,
    apply: (body: z.infer<S>) => void,
  ): void {
    setHandler(signal, (body) => {
      const parsed = schema.safeParse(body);
      if (parsed.success) apply(parsed.data);
      else this.ignore(`${name}: ${explain(parsed.error)}`);
    });
  }

  private pause(body: PauseRequest): void {
    if (this.pausedBy) {
      this.ignore(`pause by ${body.by}: already paused by ${this.pausedBy.by}`);
      return;
    }
    this.pausedBy = { ...body, since: new Date().toISOString() };
    this.tellChildren('pause', body);
    this.onChange();
  }

  private resume(body: PauseRequest): void {
    if (!this.pausedBy) {
      this.ignore(`resume by ${body.by}: not paused`);
      return;
    }
    this.pausedBy = undefined;
    this.tellChildren('resume', body);
    this.onChange();
  }

  private tellChildren(signal: 'pause' | 'resume', body: PauseRequest): void {
    for (const child of this.children) this.tellChild(child, signal, body);
  }

  private tellChild(child: string, signal: 'pause' | 'resume', { by, reason }: PauseRequest): void {
    // A child that ended in the meantime has nothing left to pause.
    getExternalWorkflowHandle(child)
      .signal(signal, { by, ...(reason !== undefined && { reason }) })
      .catch((error: unknown) => log.info('Child not reached', { child, signal, error }));
  }

  /** Records a decision. @returns what became of it, where its signature has to be verified first */
  private decide(
    verb: approval.Verb,
    decision: approval.Decision,
  ): Promise<approval.RecordedDecision> | undefined {
    this.approvals = approval.decide(this.approvals, verb, decision, new Date().toISOString());
    const recorded = this.approvals.decisions.at(-1);
    if (recorded && approval.awaitsVerification(this.approvals, recorded)) return this.verify(recorded);
    if (recorded?.note) this.ignore(`${verb} by ${decision.by}: ${recorded.note}`);
    this.onChange();
    return undefined;
  }

  /** Has the signature of a decision on record verified, and counts it or says why not. Rejects only for a bug. */
  private async verify(decision: approval.RecordedDecision): Promise<approval.RecordedDecision> {
    let policy: ApprovalPolicy;
    let verification: approval.Verification;
    this.verifying.add(decision);
    try {
      // A key that the project took back in the meantime must not count.
      do {
        ({ policy } = this.approvals);
        verification = await this.verificationOf(decision, approval.keysOf(policy, decision.by));
      } while (policy !== this.approvals.policy);
    } finally {
      this.verifying.delete(decision);
    }
    const settled = approval.settle(this.approvals, decision, verification, new Date().toISOString());
    this.approvals = settled.state;
    const { note, verb, by } = settled.decision;
    if (note !== undefined) this.ignore(`${verb} by ${by}: ${note}`);
    this.onChange();
    return settled.decision;
  }

  private async verificationOf(
    recorded: approval.RecordedDecision,
    keys: string[],
  ): Promise<approval.Verification> {
    const { verb, by, reason, digest, signature } = recorded;
    if (digest === undefined || signature === undefined) return { valid: false, reason: 'there is none' };
    if (keys.length === 0) return { valid: false, reason: `${by} has no public key any more` };
    if (this.verifying.size > mostVerifications) {
      return { valid: false, reason: 'too many are being verified at this moment: send it again' };
    }
    const { workflowId, firstExecutionRunId: runId } = workflowInfo();
    const statement = { verb, digest, workflowId, runId, by, reason };
    try {
      return await verifier(`Verify the signature of ${by}`).verifyDecision({ statement, signature, keys });
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      return { valid: false, reason: `it could not be verified: ${causeOf(error).message}` };
    }
  }

  private resolve(resolution: Resolution): void {
    const item = this.waiting.find(({ attention }) => attention.step === resolution.step);
    const objection = this.objectionToResolution(resolution);
    if (objection !== undefined || !item) {
      this.ignore(`resolve by ${resolution.by}: ${objection ?? 'nothing waits'}`);
      return;
    }
    item.resolution = resolution;
  }

  private objectionToResolution({ step, action, version }: Resolution): string | undefined {
    const item = this.waiting.find(({ attention, resolution }) => attention.step === step && !resolution);
    if (!item) return `step "${step}" does not wait for attention`;
    const { actions } = item.attention;
    if (actions.includes(action)) {
      return action === 'landed' && version === undefined
        ? '"landed" needs the version that it landed as'
        : undefined;
    }
    return `"${action}" is not possible for ${step}; possible: ${actions.join(', ')}`;
  }

  private validateDecision(argument: unknown): void {
    const parsed = approval.decideArgumentSchema.safeParse(argument);
    if (!parsed.success) throw refused(explain(parsed.error));
    const { decision: verb, ...decision } = parsed.data;
    const objection = approval.objectionTo(this.approvals, verb, decision, new Date().toISOString());
    if (objection !== undefined) throw refused(objection);
  }

  private validateResolution(argument: unknown): void {
    const parsed = resolutionSchema.safeParse(argument);
    if (!parsed.success) throw refused(explain(parsed.error));
    const objection = this.objectionToResolution(parsed.data);
    if (objection !== undefined) throw refused(objection);
  }

  /** Why this person has no say in the run, or undefined; the name is a claim. */
  objectionToVoice(by: string): string | undefined {
    const { approvers } = this.approvals.policy;
    if (approvers.length === 0) return undefined;
    const names = approvers.map((approver) => (typeof approver === 'string' ? approver : approver.name));
    return names.includes(by) ? undefined : `${by} is not among the approvers (${names.join(', ')})`;
  }

  /** Records a message that had no effect, so that its sender can see why. */
  ignore(message: string): void {
    log.warn('Message ignored', { message });
    this.ignoredMessages.push({ at: new Date().toISOString(), message: message.slice(0, 500) });
    if (this.ignoredMessages.length > keptMessages) this.ignoredMessages.shift();
    this.onChange();
  }
}

/** What may be tried for a step that waits: for the attention's `actions`. */
export function actionsFor(options: {
  skip?: unknown;
  alternative?: unknown;
  landed?: unknown;
}): ResolutionAction[] {
  return [
    'retry',
    ...(options.skip ? (['skip'] as const) : []),
    ...(options.alternative ? (['alternative'] as const) : []),
    ...(options.landed ? (['landed'] as const) : []),
    'abort',
  ];
}

function explain(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'Refused', message, nonRetryable: true });
}
