import { printData } from './command-kit.js';
import type { Connected } from './connect.js';
import { type CliContext, commandName } from './context.js';
import type { ExitCode } from './exit-codes.js';
import { withInterrupt } from './interrupt.js';
import { isInterruption } from './report-error.js';
import { describeEnd, exitCodeOf } from './run-end.js';
import { titleOf } from './run-title.js';
import { createLiveView } from './view/live-view.js';
import { plainText } from './view/text.js';
import { pollInterval, watchRun } from './watch-run.js';

/** Shows the run until it ends, tells how it ended, and answers the exit status that says so. */
export async function watchAndReport(
  context: CliContext,
  { client, address }: Pick<Connected, 'client' | 'address'>,
  run: string,
  flags: { json?: true },
): Promise<ExitCode> {
  const title = titleOf(await client.describe(run));
  return await withInterrupt(context, async (signal) => {
    let hinted: string | undefined;
    const watching = watchRun({
      client,
      run,
      title,
      view: createLiveView(context),
      signal,
      everyMs: pollInterval(address),
      onProgress: (progress) => {
        const hint = hintFor(progress.state, run, commandName(context.env));
        if (hint !== hinted && hint !== undefined && !context.canRedraw) context.say(hint);
        hinted = hint;
        return Promise.resolve();
      },
    });
    const { end, summary } = await watching.catch((error: unknown) => {
      if (isInterruption(error)) context.say(`${run} goes on; watch it again to see how`);
      throw error;
    });
    printData(context, flags, { workflowId: summary.workflowId, runId: summary.runId, ...end }, () =>
      plainText(`${summary.workflowId} ${describeEnd(end)}`, { lines: true }),
    );
    return exitCodeOf(end);
  });
}

function hintFor(state: string, run: string, command: string): string | undefined {
  if (state === 'awaiting-approval')
    return `it waits for approval: ${command} show ${run}, then approve or reject`;
  if (state === 'attention') return `it waits for a decision: ${command} show ${run}, then resolve`;
  return undefined;
}
