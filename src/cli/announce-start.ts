import { printData } from './command-kit.js';
import { type Connected, webUiAddress } from './connect.js';
import { type CliContext, commandName } from './context.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import type { StartedRun } from './pipelines.js';
import { watchAndReport } from './watch-and-report.js';

/** Tells what was started and where it is seen, and stays with it where that was asked for. */
export async function announceStart(
  context: CliContext,
  connected: Connected,
  run: StartedRun,
  flags: { json?: true; watch?: true },
): Promise<ExitCode> {
  const ui = connected.stack?.addresses.ui;
  const address = ui === undefined ? undefined : webUiAddress(ui, connected.namespace, run);
  if (flags.watch) {
    context.say(`started ${run.workflowId}${address === undefined ? '' : `: ${address}`}`);
    return await watchAndReport(context, connected, run.workflowId, flags);
  }
  printData(context, flags, { ...run, ...(address !== undefined && { ui: address }) }, () =>
    [`started ${run.workflowId} (run ${run.runId})`, ...(address === undefined ? [] : [address])].join('\n'),
  );
  context.say(`watch it: ${commandName(context.env)} watch ${run.workflowId}`);
  return exitCodes.ok;
}
