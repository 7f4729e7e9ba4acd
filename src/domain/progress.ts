import type { RunState } from './activities.js';
import type { ApprovalRequest } from './approval.js';
import type { ResolutionAction } from './controls.js';

export const stepStates = ['waiting', 'running', 'done', 'skipped', 'failed', 'attention'] as const;
export type StepState = (typeof stepStates)[number];

/** What a pipeline is going to do, in the order in which a person reads it. */
export type StepPlan = {
  id: string;
  title: string;
  /** Share of the work, in any unit: the usual seconds of the step. For the bar and the estimate only. */
  weight: number;
};

export type StepProgress = StepPlan & {
  state: StepState;
  startedAt?: string;
  finishedAt?: string;
  /** One line in words, such as `12 of 12 assets`. */
  note?: string;
  /** Child workflows of the step, whose `progress` can be asked too. */
  children?: string[];
};

export type Attention = {
  step: string;
  /** What went wrong, in words. */
  problem: string;
  kind: string;
  actions: ResolutionAction[];
  since: string;
};

/** Answer of the query `progress`. */
export type Progress = {
  state: RunState;
  /** Id of the step that runs or waits; the last one when the run has ended. */
  step: string;
  stepsDone: number;
  stepsTotal: number;
  /** 0 … 100, by weight. */
  percent: number;
  /** ISO time at which the run should be done, waiting for people left out; absent while unknown. */
  eta?: string;
  /** US dollars spent so far. */
  cost: number;
  attention: Attention[];
  approval?: ApprovalRequest;
  paused?: { by: string; reason?: string | undefined; since: string };
  steps: StepProgress[];
  /** Messages that were not understood or not counted, the latest last. */
  ignored: { at: string; message: string }[];
};

const finished: ReadonlySet<StepState> = new Set(['done', 'skipped']);

export function isFinished(step: StepProgress): boolean {
  return finished.has(step.state);
}

/** Share of the work that is done, 0 … 100; a running step counts by what it says of itself (0 … 1). */
export function percentOf(steps: readonly StepProgress[]): number {
  const total = steps.reduce((sum, step) => sum + step.weight, 0);
  const done = steps.reduce((sum, step) => sum + (isFinished(step) ? step.weight : 0), 0);
  return total === 0 ? 100 : Math.floor((done / total) * 100);
}

/**
 * When the rest should be done, from how long the finished steps took against their weights. Steps that wait
 * for people have weight 0 and so do not count. Undefined before there is anything to go by.
 */
export function estimateEnd(steps: readonly StepProgress[], nowMs: number): string | undefined {
  let seconds = 0;
  let weight = 0;
  for (const step of steps) {
    if (step.state !== 'done' || step.weight === 0 || !step.startedAt || !step.finishedAt) continue;
    seconds += (Date.parse(step.finishedAt) - Date.parse(step.startedAt)) / 1000;
    weight += step.weight;
  }
  const left = steps.reduce((sum, step) => sum + (isFinished(step) ? 0 : step.weight), 0);
  if (weight === 0 || left === 0) return undefined;
  return new Date(nowMs + ((left * seconds) / weight) * 1000).toISOString();
}
