import type { RunSummary } from '../../client.js';
import { readTimeline } from '../../adapters/temporal/index.js';
import type { TimelineEntry, TimelineKind } from '../../domain/timeline.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import type { Colors } from '../context.js';
import { plainText, showDuration } from '../view/text.js';

export function addTimeline({ program, context }: CommandKit): void {
  const command = withConnection(program.command('timeline'))
    .description('tell what happened in a run and when: work, waits, decisions and failures')
    .argument('<run>')
    .action(async (run: string, flags: CommonFlags) => {
      await withClient(context, flags, async ({ client }) => {
        const summary = await client.describe(run);
        // Between the two calls its retention time may end.
        const entries = (await readTimeline(client.temporal, summary))?.entries ?? [];
        printData(context, flags, { run: summary, entries }, () =>
          renderTimeline(summary, entries, context.colors.out).join('\n'),
        );
      });
    });
  withExamples(
    command,
    'graveshift timeline demo/night-3',
    'graveshift timeline demo/night-3 --json | jq \'.entries[] | select(.kind == "trouble")\'',
  );
}

const marks: Record<TimelineKind, string> = { run: '●', work: '✔', people: '☞', wait: '…', trouble: '!' };

export function renderTimeline(
  run: Pick<RunSummary, 'workflowId' | 'runId' | 'status'>,
  entries: readonly TimelineEntry[],
  colors: Colors,
): string[] {
  const lines = [`${plainText(run.workflowId)} (${run.runId}), ${run.status.toLowerCase()}; times are UTC`];
  let day = '';
  for (const { at, kind, what, tookMs } of entries) {
    if (at.slice(0, 10) !== day) {
      day = at.slice(0, 10);
      lines.push('', colors.bold(day));
    }
    const took = tookMs === undefined ? '' : showDuration(tookMs);
    const text = `${marks[kind]} ${plainText(what)}`;
    const shown = kind === 'trouble' ? colors.red(text) : kind === 'people' ? colors.cyan(text) : text;
    lines.push(`${at.slice(11, 23)}  ${took.padStart(12)}  ${shown}`);
  }
  return lines;
}
