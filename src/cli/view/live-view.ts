import type { CliContext } from '../context.js';
import { PlainView } from './plain-view.js';
import { displayWidth } from './text.js';
import { renderTree, type RunView } from './tree.js';

/** Shows a run while it goes on, on standard error: standard output is for data. */
export interface LiveView {
  show(view: RunView): void;
  /** Leaves what was last shown and stops drawing; `show` begins anew. */
  stop(): void;
}

export function createLiveView(context: CliContext): LiveView {
  return context.canRedraw ? new RedrawnView(context) : new PlainView(context);
}

const frameMs = 120;
const fallbackColumns = 80;
const fallbackRows = 24;

/** The tree, redrawn in place: each frame is one write, and each line is cleared as it is written over. */
class RedrawnView implements LiveView {
  private view: RunView | undefined;
  private timer: NodeJS.Timeout | undefined;
  private drawn: string[] = [];
  private frame = 0;

  constructor(private readonly context: CliContext) {}

  show(view: RunView): void {
    this.view = view;
    if (this.timer === undefined) {
      this.context.stderr.write('\u001b[?25l');
      this.timer = setInterval(() => this.draw(), frameMs);
      this.timer.unref();
    }
    this.draw();
  }

  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.draw();
    this.drawn = [];
    this.context.stderr.write('\u001b[?25h');
  }

  private draw(): void {
    const { view, context } = this;
    if (!view) return;
    const width = Math.max(20, (context.stderr.columns ?? fallbackColumns) - 1);
    const lines = renderTree(view, {
      width,
      colors: context.colors.err,
      nowMs: Date.now(),
      frame: this.frame++,
    });
    const shown = clip(lines, (context.stderr.rows ?? fallbackRows) - 1);
    // A window that became narrower has wrapped what was drawn before.
    const above = this.drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / (width + 1))),
      0,
    );
    const up = above === 0 ? '' : `\u001b[${above}A`;
    context.stderr.write(`${up}\r${shown.map((line) => `\u001b[2K${line}\n`).join('')}\u001b[0J`);
    this.drawn = shown;
  }
}

/** What scrolled out of the window cannot be redrawn: finished steps go first. */
function clip(lines: readonly string[], rows: number): string[] {
  if (lines.length <= rows) return [...lines];
  const head = lines.slice(0, 2);
  return [...head, ...lines.slice(2).slice(-Math.max(1, rows - head.length))].slice(0, Math.max(1, rows));
}
