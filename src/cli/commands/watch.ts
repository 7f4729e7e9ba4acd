import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import { exitCodes } from '../exit-codes.js';
import { describeEnd, exitCodeOf } from '../run-end.js';
import { titleOf } from '../run-title.js';
import { watchAndReport } from '../watch-and-report.js';
import { renderTree } from '../view/tree.js';
import { plainText } from '../view/text.js';

export function addWatch({ program, context, exitWith }: CommandKit): void {
  const command = withConnection(program.command('watch'))
    .description('show a run until it ends: exits 0 succeeded, 1 failed, 2 cancelled or rejected')
    .argument('<run>')
    .option('--no-wait', 'look once; exits 8 when the run has not ended')
    .action(async (run: string, flags: CommonFlags & { wait: boolean }) => {
      await withClient(context, flags, async (connected) => {
        const { client } = connected;
        if (flags.wait) {
          exitWith(await watchAndReport(context, connected, run, flags));
          return;
        }
        const summary = await client.describe(run);
        if (summary.status !== 'RUNNING') {
          const end = await client.end(run);
          printData(context, flags, { workflowId: summary.workflowId, runId: summary.runId, ...end }, () =>
            plainText(`${summary.workflowId} ${describeEnd(end)}`, { lines: true }),
          );
          exitWith(exitCodeOf(end));
          return;
        }
        exitWith(exitCodes.waiting);
        const progress = await client.progress(run);
        printData(
          context,
          flags,
          { workflowId: summary.workflowId, runId: summary.runId, outcome: 'waiting', progress },
          () =>
            renderTree(
              { title: titleOf(summary), progress, children: new Map() },
              { width: context.stdout.columns ?? 120, colors: context.colors.out, nowMs: Date.now() },
            ).join('\n'),
        );
      });
    });
  withExamples(command, 'graveshift watch demo/night-3', 'graveshift watch demo/night-3 --no-wait --json');
}
