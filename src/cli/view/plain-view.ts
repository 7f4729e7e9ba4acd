import type { Progress, StepProgress } from '../../domain/progress.js';
import type { CliContext } from '../context.js';
import type { LiveView } from './live-view.js';
import { elapsedOf, childrenOf, stepMarks, type RunView } from './tree.js';
import { plainText, showDuration } from './text.js';

/** Notes of children change with every asset: in a log, one line in so many ms is enough. */
const childNoteEveryMs = 5000;

/** A line for each change, with its time: for logs and pipes. */
export class PlainView implements LiveView {
  private titled = false;
  private state: string | undefined;
  private trouble: string | undefined;
  private readonly steps = new Map<string, string>();
  private childNote = { text: '', atMs: 0 };

  constructor(
    private readonly context: Pick<CliContext, 'say'>,
    private readonly clock: () => Date = () => new Date(),
  ) {}

  show(view: RunView): void {
    if (!this.titled) this.line(plainText(view.title));
    this.titled = true;
    if (view.trouble !== this.trouble) {
      if (view.trouble !== undefined) this.line(plainText(view.trouble));
      else this.line('it answers again');
      this.trouble = view.trouble;
    }
    if (!view.progress) return;
    for (const step of view.progress.steps) this.step(step, view);
    this.runState(view.progress);
  }

  stop(): void {
    // Every line is already there.
  }

  private step(step: StepProgress, view: RunView): void {
    const known = this.steps.get(step.id);
    const now = `${step.state} ${step.note ?? ''}`;
    this.steps.set(step.id, now);
    if (step.state === 'waiting' && step.note === undefined) return;
    if (now !== known) {
      const elapsed = elapsedOf(step, this.clock().getTime());
      const note = step.note === undefined ? '' : ` — ${plainText(step.note)}`;
      const time =
        step.finishedAt === undefined || elapsed === undefined ? '' : ` (${showDuration(elapsed)})`;
      this.line(`${stepMarks[step.state]} ${step.title}${note}${time}`);
    }
    if (step.state === 'running') this.children(step, view);
  }

  private children(step: StepProgress, view: RunView): void {
    const text = childrenOf(step, view.children)
      .map(({ id, progress }) => {
        const note = progress.steps.find(({ state }) => state === 'running')?.note;
        return note === undefined ? undefined : `${id.split('/').at(-1) ?? id} ${plainText(note)}`;
      })
      .filter((part) => part !== undefined)
      .join(', ');
    const nowMs = this.clock().getTime();
    if (text === '' || text === this.childNote.text || nowMs - this.childNote.atMs < childNoteEveryMs) return;
    this.childNote = { text, atMs: nowMs };
    this.line(`  ${text}`);
  }

  private runState(progress: Progress): void {
    if (progress.state === this.state) return;
    const first = this.state === undefined;
    this.state = progress.state;
    if (first && progress.state === 'running') return;
    this.line(`the run is ${progress.state} at ${progress.step} (${progress.percent} %)`);
    for (const { step, kind, problem } of progress.attention) {
      this.line(`! ${step} needs attention (${kind}): ${plainText(problem)}`);
    }
  }

  private line(text: string): void {
    this.context.say(`${this.clock().toISOString().slice(11, 19)} ${text}`);
  }
}
