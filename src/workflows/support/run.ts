import { defineSearchAttributeKey } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

import type { RunState } from '../../domain/activities.js';
import type { Resolution } from '../../domain/controls.js';
import type { ProjectSnapshot } from '../../domain/project.js';
import { estimateEnd, isFinished, percentOf, type Progress, type StepPlan } from '../../domain/progress.js';
import { actionsFor, RunControls } from './controls.js';
import { renderDetails } from './details.js';
import { causeOf, endsTheRun, failRun } from './failures.js';
import { progressQuery } from './messages.js';
import { Saga } from './saga.js';
import { closing } from './stations.js';
import { StepBoard } from './step-board.js';
import { tell } from './tell.js';

const projectAttribute = defineSearchAttributeKey('GraveshiftProject', 'KEYWORD');
const runAttribute = defineSearchAttributeKey('GraveshiftRun', 'KEYWORD');
const pipelineAttribute = defineSearchAttributeKey('GraveshiftPipeline', 'KEYWORD');
const environmentAttribute = defineSearchAttributeKey('GraveshiftEnvironment', 'KEYWORD');
const stateAttribute = defineSearchAttributeKey('GraveshiftState', 'KEYWORD');

export type RunOptions = {
  /** In words, such as `Horror night 3`. */
  title: string;
  /** Start of the run's id, such as `night-3`. */
  slug: string;
  requestedBy: string;
  steps: readonly StepPlan[];
  /**
   * False for a child that people find through its parent: it costs no search attribute updates. `labelled`: the first
   * state goes into the same update as `label`'s attributes, since each update is billed.
   */
  searchable?: boolean | 'labelled';
};

export type StepOptions<T> = {
  /** Another way to the same result, which a person may choose when the step needs attention. */
  alternative?: () => Promise<T>;
  /** What the step yields when a person skips it; a step without it cannot be skipped. */
  skip?: () => T;
  /** What the step yields when a person found that a lost publish had landed, and as which version. */
  landed?: (version: number, by: string) => Promise<T>;
  /** True for a step before which nothing was done: a failure ends the run instead of asking for attention. */
  failFast?: boolean;
  /**
   * What the outside world holds by now, such as `version 7 is live`. Stopping before this step would leave it in two
   * minds: neither a pause nor a cancellation stops it, and an abort says it.
   */
  alreadyDone?: string;
  /** The same for a step that may well be stopped: an abort says it. */
  whatStays?: string;
};

/** How a pipeline's end is recorded. */
export type Closing<T> = {
  stateOf: (result: T) => RunState;
  close: (state: RunState, summary: string) => Promise<void>;
};

/** One run of a pipeline: its steps, its controls, what is undone when it fails, and what people see of it. */
export class PipelineRun {
  readonly saga = new Saga();
  readonly controls: RunControls;
  readonly workflowId = workflowInfo().workflowId;
  /** Short and unique: names the branch and the ledger's row. */
  readonly id: string;
  costUsd = 0;

  private readonly board: StepBoard;
  private ended: RunState | undefined;
  private shownState: RunState | undefined;
  private appendix: string | undefined;
  private people: Pick<ProjectSnapshot, 'name' | 'target'> | undefined;

  constructor(private readonly options: RunOptions) {
    // The end of a run id is random; its beginning is the time, the same for runs that start together.
    this.id = `${options.slug}-${workflowInfo().runId.slice(-8)}`;
    this.board = new StepBoard(options.steps);
    this.controls = new RunControls(options.requestedBy, () => this.show());
    if (options.searchable === 'labelled') this.shownState = 'running';
    setHandler(progressQuery, () => this.progress());
    this.controls.listen();
  }

  /** From now on the project's channels hear of each step that needs attention. */
  tellsOfAttention(project: Pick<ProjectSnapshot, 'name' | 'target'>): void {
    this.people = project;
  }

  /** Says what the run is found by, as soon as that is known. */
  label({
    pipeline,
    project,
    environment,
  }: {
    pipeline: string;
    project: string;
    environment: string;
  }): void {
    const state = this.state();
    this.shownState = state;
    upsertSearchAttributes([
      { key: projectAttribute, value: project },
      { key: runAttribute, value: this.id },
      { key: pipelineAttribute, value: pipeline },
      { key: environmentAttribute, value: environment },
      { key: stateAttribute, value: state },
    ]);
  }

  /** Runs the pipeline's body; when it does not end well, undoes what was begun. The end is recorded either way. */
  async carryOut<T>(body: () => Promise<T>, { stateOf, close }: Closing<T>): Promise<T> {
    let result: T;
    try {
      this.show();
      result = await body();
    } catch (error) {
      // A bug in workflow code fails the task, not the run: nothing may be undone for it.
      if (!(error instanceof TemporalFailure)) throw error;
      throw await this.fail(error, close);
    }
    const state = stateOf(result);
    const leftOver = state === 'succeeded' ? [] : await this.undo();
    await this.end(state, [this.options.title, ...leftOver].join('\n'), close);
    return result;
  }

  private async fail(error: TemporalFailure, close: Closing<never>['close']): Promise<TemporalFailure> {
    const cause = causeOf(error);
    const state = isCancellation(error) ? 'cancelled' : cause.kind === 'Aborted' ? 'aborted' : 'failed';
    const leftOver = await this.undo();
    const summary = [cause.message, ...leftOver].join('\n');
    await this.end(state, summary, close);
    return isCancellation(error) || leftOver.length === 0 ? error : failRun(cause.kind, summary);
  }

  /** A unit of progress. When it fails for good, it asks for attention and goes on as a person says. */
  async step<T>(id: string, perform: () => Promise<T>, options: StepOptions<T> = {}): Promise<T> {
    let attempt = perform;
    for (;;) {
      if (options.alreadyDone === undefined) await this.controls.whilePaused();
      this.enter(id, 'running');
      try {
        const result = await attempt();
        this.enter(id, 'done');
        return result;
      } catch (error) {
        if (options.failFast === true || endsTheRun(error)) {
          this.enter(id, 'failed');
          throw error;
        }
        const resolution = await this.askForAttention(id, error, options);
        if (resolution.action === 'skip' && options.skip) {
          this.enter(id, 'skipped');
          return options.skip();
        }
        attempt = nextAttempt(resolution, perform, options);
      }
    }
  }

  /** One line in words about a step. */
  note(id: string, note: string): void {
    this.board.get(id).note = note;
    this.show();
  }

  /** Markdown that stays below the steps in the Web UI's details, such as a table. */
  append(markdown: string): void {
    this.appendix = markdown;
    this.show();
  }

  skipStep(id: string, note: string): void {
    this.enter(id, 'skipped');
    this.note(id, note);
  }

  /** Takes steps back: they will be done again, for the reason that the note gives. */
  reopen(ids: readonly string[], note: string): void {
    this.board.reopen(ids, note);
    this.show();
  }

  /** Runs a child workflow as part of a step: it is paused with the run, and its progress is found from the step. */
  async withChild<T>(stepId: string, child: { workflowId: string; result: () => Promise<T> }): Promise<T> {
    const step = this.board.get(stepId);
    step.children = [...new Set([...(step.children ?? []), child.workflowId])];
    this.show();
    return this.controls.withChild(child);
  }

  /** Records in the ledger how the run ended, and frees what it claimed. */
  async close(state: RunState, summary: string): Promise<void> {
    await closing(`Close the run: ${state}`).closeRun({
      runId: this.id,
      state,
      summary: summary.slice(0, 2000),
      costUsd: this.costUsd,
      steps: this.stepTimings(),
    });
  }

  private stepTimings(): { id: string; startedAt: string; finishedAt?: string; state: string }[] {
    return this.board.steps.flatMap(({ id, state, startedAt, finishedAt }) =>
      startedAt === undefined
        ? []
        : [{ id, state, startedAt, ...(finishedAt !== undefined && { finishedAt }) }],
    );
  }

  /** The approvals that counted for the latest request, as releases record them. */
  approvalsOnRecord(): { by: string; at: string; reason?: string; key?: string }[] {
    return this.controls.approved.map(({ by, at, reason, key }) => ({
      by,
      at,
      ...(reason !== undefined && { reason }),
      ...(key !== undefined && { key }),
    }));
  }

  /** What was done when, for a record that people read. */
  timeline(): { at: string; what: string }[] {
    return this.board.steps.flatMap(({ title, note, finishedAt, state }) =>
      finishedAt === undefined
        ? []
        : [{ at: finishedAt, what: `${title}: ${state}${note === undefined ? '' : `, ${note}`}` }],
    );
  }

  progress(): Progress {
    const { steps } = this.board;
    const { attention, request, paused, ignored } = this.controls;
    const eta = this.ended ? undefined : estimateEnd(steps, Date.now());
    return {
      state: this.state(),
      step: this.board.current().id,
      stepsDone: steps.filter(isFinished).length,
      stepsTotal: steps.length,
      percent: percentOf(steps),
      ...(eta !== undefined && { eta }),
      cost: this.costUsd,
      attention,
      ...(request && { approval: request }),
      ...(paused && { paused }),
      steps,
      ignored,
    };
  }

  private async askForAttention<T>(id: string, error: unknown, options: StepOptions<T>): Promise<Resolution> {
    const { kind, message } = causeOf(error);
    this.enter(id, 'attention');
    this.callAttention(id, message);
    const resolution = await this.controls.awaitResolution(
      {
        step: id,
        problem: message.slice(0, 2000),
        kind,
        actions: actionsFor(options),
        since: new Date().toISOString(),
      },
      { untilCancelled: options.alreadyDone === undefined },
    );
    const { action, by, reason } = resolution;
    if (action !== 'abort') return resolution;
    this.enter(id, 'failed');
    const why = reason === undefined ? '' : ` (${reason})`;
    const stays = options.alreadyDone ?? options.whatStays;
    const remains = stays === undefined ? '' : `; ${stays}, and stays so`;
    throw failRun('Aborted', `${by} aborted the run at ${id}${why}: ${message}${remains}`);
  }

  /** Beside the wait: what stops people from hearing of it must not stop them from answering. */
  private callAttention(id: string, problem: string): void {
    if (!this.people) return;
    const title = `${this.options.title}: ${this.board.get(id).title} needs attention`;
    const lines = [problem.slice(0, 500), `graveshift show ${this.workflowId}`];
    tell(this, this.people, { event: 'attention', title, lines }).catch((error: unknown) => {
      log.info('The run was cancelled while people were told', { error });
    });
  }

  private enter(id: string, state: Parameters<StepBoard['enter']>[1]): void {
    this.board.enter(id, state);
    this.show();
  }

  private state(): RunState {
    if (this.ended) return this.ended;
    if (this.controls.attention.length > 0) return 'attention';
    if (this.controls.awaitsApproval) return 'awaiting-approval';
    return this.controls.paused ? 'paused' : 'running';
  }

  private show(): void {
    const details = renderDetails(this.options.title, this.workflowId, this.progress());
    setCurrentDetails(this.appendix === undefined ? details : `${details}\n\n${this.appendix}`);
    const state = this.state();
    if (state === this.shownState || this.options.searchable === false) return;
    this.shownState = state;
    upsertSearchAttributes([{ key: stateAttribute, value: state }]);
  }

  private async undo(): Promise<string[]> {
    return (await this.saga.compensate()).map((failure) => `could not be undone: ${failure}`);
  }

  /** Nothing that happens now may change how the run ended: a late cancellation neither. */
  private async end(state: RunState, summary: string, close: Closing<never>['close']): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      await close(state, summary);
      this.ended = state;
      this.show();
      await condition(allHandlersFinished);
    });
  }
}

function nextAttempt<T>(
  { action, version, by }: Resolution,
  perform: () => Promise<T>,
  { alternative, landed }: StepOptions<T>,
): () => Promise<T> {
  if (action === 'alternative' && alternative) return alternative;
  if (action === 'landed' && landed && version !== undefined) return () => landed(version, by);
  return perform;
}
