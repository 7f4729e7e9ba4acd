import { isFinished, type StepPlan, type StepProgress, type StepState } from '../../domain/progress.js';

/** The steps of a run and how far each one is. */
export class StepBoard {
  readonly steps: StepProgress[];

  constructor(plan: readonly StepPlan[]) {
    this.steps = plan.map((step) => ({ ...step, state: 'waiting' }));
  }

  get(id: string): StepProgress {
    const step = this.steps.find((candidate) => candidate.id === id);
    if (!step)
      throw new Error(`No step "${id}" in the plan: ${this.steps.map((each) => each.id).join(', ')}`);
    return step;
  }

  enter(id: string, state: StepState): void {
    const step = this.get(id);
    step.state = state;
    const now = new Date().toISOString();
    if (state === 'running') step.startedAt ??= now;
    if (isFinished(step) || state === 'failed') step.finishedAt = now;
  }

  /** Takes steps back: they will be done again, for a reason that the note gives. */
  reopen(ids: readonly string[], note: string): void {
    for (const id of ids) {
      const step = this.get(id);
      step.state = 'waiting';
      step.note = note;
      delete step.startedAt;
      delete step.finishedAt;
    }
  }

  /** The step that runs or waits for somebody; the last finished one when nothing does. */
  current(): StepProgress {
    const current =
      this.steps.find((step) => step.state !== 'waiting' && !isFinished(step)) ??
      this.steps.find((step) => step.state === 'waiting') ??
      this.steps.at(-1);
    if (!current) throw new Error('A plan has at least one step');
    return current;
  }
}
