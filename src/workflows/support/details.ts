import type { Progress, StepState } from '../../domain/progress.js';

const marks: Record<StepState, string> = {
  waiting: '·',
  running: '▶',
  done: '✔',
  skipped: '↷',
  failed: '✖',
  attention: '⚠',
};

/** The run's details for the Web UI, as Markdown: state, what is awaited and by which command, and the steps. */
export function renderDetails(title: string, workflowId: string, progress: Progress): string {
  const lines = [
    `### ${title}: ${progress.state}`,
    `${progress.percent} % · ${progress.stepsDone} of ${progress.stepsTotal} steps`,
  ];
  if (progress.paused) {
    lines.push(
      '',
      `**Paused** by ${progress.paused.by}${progress.paused.reason ? `: ${progress.paused.reason}` : ''}.`,
    );
    lines.push(`\`graveshift resume ${workflowId} --by NAME\``);
  }
  for (const attention of progress.attention) {
    lines.push('', `**${attention.step} needs attention** (${attention.kind}): ${attention.problem}`);
    lines.push(
      `\`graveshift resolve ${workflowId} --step ${attention.step} --action ${attention.actions.join('|')} --by NAME\``,
    );
  }
  if (progress.state === 'awaiting-approval' && progress.approval) {
    lines.push(
      '',
      `**Waits for approval** before ${progress.approval.before}, until ${progress.approval.expiresAt}:`,
    );
    lines.push('', ...progress.approval.summary.map((line) => `- ${line}`), '');
    lines.push(
      `\`graveshift approve ${workflowId} --by NAME\` (digest \`${progress.approval.digest.slice(0, 12)}\`)`,
    );
  }
  lines.push(
    '',
    ...progress.steps.map(
      (step) => `- ${marks[step.state]} ${step.title}${step.note ? ` — ${step.note}` : ''}`,
    ),
  );
  return lines.join('\n');
}
