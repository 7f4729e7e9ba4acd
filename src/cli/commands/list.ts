import { alignColumns, plainText, showDuration } from '../view/text.js';
import {
  type CommandKit,
  type CommonFlags,
  parseCount,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import type { RunSummary } from '../../client.js';

type ListFlags = CommonFlags & { project?: string; state?: string; limit: number };

export function addList({ program, context }: CommandKit): void {
  const command = withConnection(program.command('list'))
    .description('list the runs, the latest first')
    .option('--project <name>', 'only runs of this project')
    .option('--state <state>', 'only runs in this state, such as awaiting-approval')
    .option('--limit <count>', 'at most so many', parseCount, 20)
    .action(async (flags: ListFlags) => {
      await withClient(context, flags, async ({ client }) => {
        const { project, state, limit } = flags;
        const runs = await client.list({
          limit,
          ...(project !== undefined && { project }),
          ...(state !== undefined && { state }),
        });
        if (runs.length === 0 && !flags.json) context.say('no runs');
        else printData(context, flags, runs, () => renderRuns(runs, Date.now()).join('\n'));
      });
    });
  withExamples(command, 'graveshift list', 'graveshift list --state awaiting-approval --json');
}

export function renderRuns(runs: readonly RunSummary[], nowMs: number): string[] {
  const rows = runs.map((run) => {
    const endMs = run.closedAt === undefined ? nowMs : Date.parse(run.closedAt);
    return [
      plainText(run.workflowId),
      run.state ?? run.status.toLowerCase(),
      run.pipeline,
      run.startedAt.slice(0, 19).replace('T', ' '),
      showDuration(endMs - Date.parse(run.startedAt)),
      // Visibility learns the length when a run closes; until then it says 0.
      run.closedAt === undefined ? '–' : String(run.historyEvents),
    ];
  });
  return alignColumns([['RUN', 'STATE', 'PIPELINE', 'STARTED (UTC)', 'TOOK', 'EVENTS'], ...rows]);
}
