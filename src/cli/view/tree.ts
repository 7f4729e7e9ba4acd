import { isFinished, type Progress, type StepProgress, type StepState } from '../../domain/progress.js';
import type { Colors } from '../context.js';
import { fitText, plainText, showDuration } from './text.js';

/** What is known of a run now. */
export type RunView = {
  title: string;
  progress: Progress | undefined;
  /** Progress of the children of running steps, by workflow id. */
  children: ReadonlyMap<string, Progress>;
  /** Why there is no news, in words. */
  trouble?: string | undefined;
};

export type TreeOptions = {
  width: number;
  colors: Colors;
  nowMs: number;
  /** Counts the redraws: what runs turns. Without it the picture stands still. */
  frame?: number;
};

export const stepMarks: Record<StepState, string> = {
  waiting: '·',
  running: '▶',
  done: '✔',
  skipped: '↷',
  failed: '✖',
  attention: '!',
};

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const barColumns = 24;

/** The run as lines: a head with bar and estimate, a line a step, and the children of what runs. */
export function renderTree(view: RunView, options: TreeOptions): string[] {
  const { colors, width } = options;
  const { progress } = view;
  const lines = [colors.bold(fitText(plainText(view.title), width))];
  if (progress) {
    lines.push(headLine(view, progress, options));
    for (const step of progress.steps) lines.push(...stepLines(step, view, options));
    lines.push(...attentionLines(progress, options));
  }
  if (view.trouble !== undefined) lines.push(colors.yellow(fitText(`  ${plainText(view.trouble)}`, width)));
  return lines;
}

function headLine(view: RunView, progress: Progress, { colors, width, nowMs }: TreeOptions): string {
  const percent = percentWithChildren(view, progress);
  const filled = Math.round((percent / 100) * barColumns);
  const text = [
    `${String(percent).padStart(3)} %`,
    `${progress.stepsDone} of ${progress.stepsTotal} steps`,
    progress.state,
    ...(progress.eta === undefined || progress.state !== 'running'
      ? []
      : [`about ${showDuration(Date.parse(progress.eta) - nowMs)} left`]),
    ...(progress.cost > 0 ? [`$${progress.cost.toFixed(2)}`] : []),
  ].join(' · ');
  const columns = width - barColumns - 3;
  if (columns < 20) return fitText(`  ${text}`, width);
  const bar = colors.green('█'.repeat(filled)) + colors.dim('░'.repeat(barColumns - filled));
  return `  ${bar} ${fitText(text, columns)}`;
}

/** A step that runs counts by how far its children are. */
export function percentWithChildren({ children }: Pick<RunView, 'children'>, progress: Progress): number {
  const total = progress.steps.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return progress.percent;
  const done = progress.steps.reduce((sum, step) => {
    if (isFinished(step)) return sum + step.weight;
    const parts = step.state === 'running' ? childrenOf(step, children) : [];
    return sum + (step.weight * shareOf(parts, step.children?.length ?? 0)) / 100;
  }, 0);
  return Math.max(progress.percent, Math.floor((done / total) * 100));
}

function shareOf(parts: readonly { progress: Progress }[], count: number): number {
  return count === 0 ? 0 : parts.reduce((sum, { progress }) => sum + childPercent(progress), 0) / count;
}

/** A child's only long step is its first; `3 of 12` in its note says how far that one is. */
function childPercent(progress: Progress): number {
  const running = progress.steps.find(({ state }) => state === 'running');
  const counted = /^(\d+) of (\d+)/.exec(running?.note ?? '');
  const total = progress.steps.reduce((sum, { weight }) => sum + weight, 0);
  if (!running || !counted || total === 0) return progress.percent;
  const share = Number(counted[1]) / Math.max(1, Number(counted[2]));
  return Math.min(100, progress.percent + (100 * running.weight * share) / total);
}

export function childrenOf(
  step: StepProgress,
  children: RunView['children'],
): { id: string; progress: Progress }[] {
  return (step.children ?? []).flatMap((id) => {
    const progress = children.get(id);
    return progress ? [{ id, progress }] : [];
  });
}

function stepLines(step: StepProgress, view: RunView, options: TreeOptions): string[] {
  const { width, nowMs, frame, colors } = options;
  const turns = step.state === 'running' && view.trouble === undefined && frame !== undefined;
  const mark = (turns ? spinner[frame % spinner.length] : undefined) ?? stepMarks[step.state];
  const elapsed = elapsedOf(step, nowMs);
  const text = [
    `${mark} ${step.title}`,
    ...(step.note === undefined ? [] : [`— ${plainText(step.note)}`]),
    ...(elapsed === undefined ? [] : [`(${showDuration(elapsed)})`]),
  ].join(' ');
  const lines = [paint(step.state, fitText(`  ${text}`, width), colors)];
  if (step.state !== 'running') return lines;
  for (const { id, progress } of childrenOf(step, view.children)) {
    const running = progress.steps.find(({ state }) => state === 'running') ?? progress.steps.at(-1);
    const note = running?.note === undefined ? '' : `: ${plainText(running.note)}`;
    lines.push(colors.dim(fitText(`      ${id.split('/').at(-1) ?? id} ${progress.state}${note}`, width)));
  }
  return lines;
}

export function elapsedOf(step: StepProgress, nowMs: number): number | undefined {
  if (step.startedAt === undefined || step.state === 'waiting') return undefined;
  return (step.finishedAt === undefined ? nowMs : Date.parse(step.finishedAt)) - Date.parse(step.startedAt);
}

function paint(state: StepState, text: string, colors: Colors): string {
  switch (state) {
    case 'waiting':
    case 'skipped':
      return colors.dim(text);
    case 'running':
      return colors.cyan(text);
    case 'done':
      return colors.green(text);
    case 'failed':
    case 'attention':
      return colors.red(text);
  }
}

function attentionLines(progress: Progress, { width, colors }: TreeOptions): string[] {
  const lines = progress.attention.map(
    ({ step, kind, problem }) => `  ${step} needs attention (${kind}): ${plainText(problem)}`,
  );
  if (progress.paused) {
    const { by, reason } = progress.paused;
    lines.push(
      `  paused by ${plainText(by)}${reason === undefined ? '' : `: ${plainText(reason)}`}; "resume" goes on`,
    );
  }
  return lines.map((line) => colors.yellow(fitText(line, width)));
}
