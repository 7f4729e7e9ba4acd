import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowExecutionInfo,
  type WorkflowHandle,
} from '@temporalio/client';
import {
  WorkflowNotFoundError,
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
} from '@temporalio/common';
import { z } from 'zod';

import type { ApprovalsView } from './domain/approval.js';
import type { ResolutionAction } from './domain/controls.js';
import { GraveshiftError } from './domain/failure.js';
import { placeWorkflowId } from './domain/place.js';
import type { PlaceState } from './domain/place-queue.js';
import type { Progress } from './domain/progress.js';

export const defaultTaskQueue = 'graveshift';

/** Pipelines that a person can start; others are started by these. */
export const pipelineTypes = [
  'horrorNight',
  'feature',
  'proceduralContent',
  'deploy',
  'emergencyRollback',
] as const;
export type PipelineType = (typeof pipelineTypes)[number];

/** Who says it, and why. */
export type Voice = { by: string; reason?: string };

export type RunSummary = {
  workflowId: string;
  runId: string;
  pipeline: string;
  /** Temporal's word: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, TIMED_OUT. */
  status: string;
  /** Ours, as in `progress`. */
  state?: string;
  project?: string;
  environment?: string;
  night?: number;
  startedAt: string;
  closedAt?: string;
  historyEvents: number;
};

/** How a run ended. */
export type RunEnd =
  | { outcome: 'succeeded'; result: unknown }
  | { outcome: 'rejected'; result: unknown; reason: string }
  | { outcome: 'cancelled'; reason: string }
  | { outcome: 'failed'; kind: string; reason: string };

/**
 * Typed client of the pipelines: the CLI, the HTTP API and the tests go through it. A run is named by its workflow id,
 * its Temporal run id, or its short name (`night-3-1a2b3c4d`).
 */
export class GraveshiftClient {
  constructor(
    readonly temporal: Client,
    readonly taskQueue: string = defaultTaskQueue,
  ) {}

  /** @throws GraveshiftError `AlreadyRunning` when a run with this id is running */
  async start(
    type: PipelineType,
    input: unknown,
    options: { workflowId: string; summary?: string },
  ): Promise<{ workflowId: string; runId: string }> {
    try {
      const handle = await this.temporal.workflow.start(type, {
        workflowId: options.workflowId,
        taskQueue: type === 'emergencyRollback' ? `${this.taskQueue}-rescue` : this.taskQueue,
        args: [input],
        ...(options.summary !== undefined && { staticSummary: options.summary }),
      });
      return { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      throw new GraveshiftError(
        'AlreadyRunning',
        `${options.workflowId} is already running: watch it with "graveshift watch ${options.workflowId}", cancel it, or give another --id`,
        { details: { workflowId: options.workflowId }, cause: error },
      );
    }
  }

  /** The latest runs first. */
  async list(filter: { project?: string; state?: string; limit?: number } = {}): Promise<RunSummary[]> {
    const query = [
      'GraveshiftPipeline IS NOT NULL',
      ...(filter.project === undefined ? [] : [`GraveshiftProject = '${quoted(filter.project)}'`]),
      ...(filter.state === undefined ? [] : [`GraveshiftState = '${quoted(filter.state)}'`]),
    ].join(' AND ');
    const runs: RunSummary[] = [];
    for await (const info of this.temporal.workflow.list({ query })) {
      runs.push(summaryOf(info));
      if (runs.length >= (filter.limit ?? 20)) break;
    }
    return runs;
  }

  async describe(run: string): Promise<RunSummary> {
    return summaryOf(await (await this.handle(run)).describe());
  }

  /** @throws GraveshiftError `ServiceUnavailable` when no worker answers */
  async progress(run: string): Promise<Progress> {
    return this.query(run, 'progress');
  }

  async approvals(run: string): Promise<ApprovalsView> {
    return this.query(run, 'approvals');
  }

  async decide(
    run: string,
    decision: 'approve' | 'reject',
    voice: Voice & { digest?: string; signature?: string },
  ): Promise<{ missing?: string[] }> {
    return this.update(run, 'decide', { decision, ...voice });
  }

  async resolve(
    run: string,
    step: string,
    action: ResolutionAction,
    voice: Voice & { version?: number },
  ): Promise<void> {
    await this.update(run, 'resolveStep', { step, action, ...voice });
  }

  async pause(run: string, voice: Voice): Promise<void> {
    await this.signal(run, 'pause', voice);
  }

  async resume(run: string, voice: Voice): Promise<void> {
    await this.signal(run, 'resume', voice);
  }

  /** A person's word for a gate, where the project's gates are in manual mode. */
  async tick(
    run: string,
    tick: { gate: string; verdict: string; evidence: string; by: string },
  ): Promise<void> {
    await this.signal(run, 'tick', tick);
  }

  /** Who may publish to the place and what it holds; undefined where nobody ever asked for it. */
  async placeStatus(host: string, placeId: string): Promise<PlaceState | undefined> {
    try {
      const handle = this.temporal.workflow.getHandle(placeWorkflowId(host, placeId));
      return await handle.query<PlaceState>('placeStatus');
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** Says something to the place's entity, and starts it where it does not run. */
  async tellPlace(
    { host, placeId }: { host: string; placeId: string },
    signal: 'freeze' | 'unfreeze' | 'rebuild',
    body: unknown,
  ): Promise<void> {
    await this.temporal.workflow.signalWithStart('place', {
      workflowId: placeWorkflowId(host, placeId),
      taskQueue: this.taskQueue,
      args: [{ host, placeId }],
      signal,
      signalArgs: [body],
      staticSummary: `Who may publish to place ${placeId} (${host})`,
    });
  }

  /** Asks the run to end; it undoes what it began first. */
  async cancel(run: string): Promise<void> {
    await this.tell(run, (handle) => handle.cancel());
  }

  /** Waits for the run's end. */
  async end(run: string): Promise<RunEnd> {
    const handle = await this.handle(run);
    try {
      const result: unknown = await handle.result();
      const ending = unhappyEnding(result);
      if (!ending) return { outcome: 'succeeded', result };
      return ending.outcome === 'rejected'
        ? { outcome: 'rejected', result, reason: ending.reason }
        : { outcome: 'failed', kind: 'TakenBack', reason: ending.reason };
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      return endOf(error.cause);
    }
  }

  /** Finds the run by any of its names. @throws GraveshiftError `InvalidInput` when there is none */
  async handle(run: string): Promise<WorkflowHandle> {
    const byWorkflowId = this.temporal.workflow.getHandle(run);
    try {
      await byWorkflowId.describe();
      return byWorkflowId;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
    const query = `${uuid.test(run) ? 'RunId' : 'GraveshiftRun'} = '${quoted(run)}'`;
    for await (const info of this.temporal.workflow.list({ query })) {
      return this.temporal.workflow.getHandle(info.workflowId, info.runId);
    }
    throw new GraveshiftError(
      'InvalidInput',
      `no run "${run}": see "graveshift list" for the runs that there are`,
      {
        details: { run },
      },
    );
  }

  private async running(run: string): Promise<WorkflowHandle> {
    const handle = await this.handle(run);
    const { status } = await handle.describe();
    if (status.name === 'RUNNING') return handle;
    throw hasEnded(run, status.name);
  }

  /** Tells a run something; it may end at any moment before it hears it. */
  private async tell<T>(run: string, say: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    const handle = await this.running(run);
    try {
      return await say(handle);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      throw hasEnded(run, (await handle.describe()).status.name);
    }
  }

  private async signal(run: string, name: string, body: unknown): Promise<void> {
    await this.tell(run, (handle) => handle.signal(name, body));
  }

  private async update<T>(run: string, name: string, body: unknown): Promise<T> {
    try {
      return await this.tell(run, (handle) => handle.executeUpdate<T, [unknown]>(name, { args: [body] }));
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      const why = error.cause instanceof Error ? error.cause.message : error.message;
      throw new GraveshiftError('InvalidInput', `not accepted: ${why}`, { details: { run }, cause: error });
    }
  }

  private async query<T>(run: string, name: string): Promise<T> {
    const handle = await this.handle(run);
    try {
      return await handle.query<T>(name);
    } catch (error) {
      if (!noWorkerAnswers(error)) throw error;
      throw new GraveshiftError(
        'ServiceUnavailable',
        `no worker answers for ${run}: start one with "graveshift up", or with "node dist/worker.js" beside your own Temporal`,
        { details: { run }, cause: error },
      );
    }
  }
}

function summaryOf(info: Omit<WorkflowExecutionInfo, 'raw'>): RunSummary {
  const attribute = (name: string): unknown =>
    info.typedSearchAttributes.getAll().find(({ key }) => key.name === name)?.value;
  const text = (name: string): string | undefined => {
    const value = attribute(name);
    return typeof value === 'string' ? value : undefined;
  };
  const night = attribute('GraveshiftNight');
  const state = info.status.name === 'TERMINATED' ? 'terminated' : text('GraveshiftState');
  const project = text('GraveshiftProject');
  const environment = text('GraveshiftEnvironment');
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    pipeline: info.type,
    status: info.status.name,
    ...(state !== undefined && { state }),
    ...(project !== undefined && { project }),
    ...(environment !== undefined && { environment }),
    ...(typeof night === 'number' && { night }),
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime && { closedAt: info.closeTime.toISOString() }),
    historyEvents: info.historyLength,
  };
}

const unhappyEndingSchema = z.object({
  outcome: z.enum(['rejected', 'taken-back']),
  reason: z.string().catch('no reason was given'),
});

/** A run that ended as it should, without what was asked for. */
function unhappyEnding(result: unknown): z.infer<typeof unhappyEndingSchema> | undefined {
  return unhappyEndingSchema.safeParse(result).data;
}

function endOf(cause: unknown): RunEnd {
  if (cause instanceof CancelledFailure) return { outcome: 'cancelled', reason: 'cancelled' };
  if (cause instanceof TerminatedFailure)
    return { outcome: 'failed', kind: 'Terminated', reason: cause.message };
  const failure = innermost(cause);
  if (failure instanceof CancelledFailure) return { outcome: 'cancelled', reason: 'cancelled' };
  const kind = failure instanceof ApplicationFailure ? (failure.type ?? 'Failed') : 'Failed';
  return { outcome: 'failed', kind, reason: failure instanceof Error ? failure.message : String(failure) };
}

/** Temporal wraps an activity's failure; what it wraps says what went wrong. */
function innermost(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error && !(error instanceof ApplicationFailure)
    ? innermost(error.cause)
    : error;
}

/** gRPC FAILED_PRECONDITION, or a query that ran into its deadline. */
function noWorkerAnswers(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const text = error instanceof Error ? `${error.message} ${String(error.cause)}` : '';
  return code === 9 || code === 4 || /no poller|DEADLINE_EXCEEDED|deadline exceeded/i.test(text);
}

function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

function hasEnded(run: string, status: string): GraveshiftError {
  return new GraveshiftError(
    'InvalidInput',
    `${run} has ended (${status.toLowerCase()}): nothing listens any more`,
    { details: { run, status } },
  );
}
