import path from 'node:path';

import { createFileArtifactStore } from '../../adapters/artifacts/index.js';
import type { RunEnd, RunSummary } from '../../client.js';
import type { ApprovalRequest, ApprovalsView } from '../../domain/approval.js';
import type { GateRow } from '../../domain/can-deploy.js';
import { GraveshiftError } from '../../domain/failure.js';
import { renderGateTable } from '../../domain/gate-table.js';
import type { Progress } from '../../domain/progress.js';
import { renderApproval } from '../approval-summary.js';
import { candidateSchema, gatesSchema, readAssets, type CandidateView } from '../candidate.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { type Connected, webUiAddress, withClient } from '../connect.js';
import { type CliContext, commandName } from '../context.js';
import { readCodeReport, renderCodeReport } from '../code-report.js';
import { describeEnd } from '../run-end.js';
import { runFileName } from '../run-file-name.js';
import { titleOf } from '../run-title.js';
import { exportPictures, exportThumbnails } from '../thumbnails.js';
import { createLooker } from '../watch-run.js';
import { plainText } from '../view/text.js';
import { renderTree, type RunView } from '../view/tree.js';

type Shown = {
  run: RunSummary;
  ui?: string;
  progress?: Progress;
  approval?: { request: ApprovalRequest; candidate?: CandidateView; gates?: GateRow[] } & Pick<
    ApprovalsView,
    'approved' | 'missing'
  >;
  end?: RunEnd;
};

export function addShow({ program, context }: CommandKit): void {
  const command = withConnection(program.command('show'))
    .description('show a run: its steps, what it waits for, and how it ended')
    .argument('<run>')
    .option(
      '--findings',
      "everything that the checks of the run's code found, and the lines that its tests run",
    )
    .action(async (run: string, flags: CommonFlags & { findings?: true }) => {
      await withClient(context, flags, async (connected) => {
        if (flags.findings) {
          const report = await readCodeReport(connected, run);
          printData(context, flags, report, () => renderCodeReport(report, context.colors.out));
          return;
        }
        const { client, stack, namespace } = connected;
        const summary = await client.describe(run);
        const { view } = await createLooker(client, run, titleOf(summary)).look();
        const ui = stack?.addresses.ui;
        const shown: Shown = {
          run: summary,
          ...(ui !== undefined && { ui: webUiAddress(ui, namespace, summary) }),
          ...(view.progress && { progress: view.progress }),
          ...(view.progress?.state === 'awaiting-approval' && {
            approval: await pendingApproval(connected, run),
          }),
          ...(summary.status !== 'RUNNING' && { end: await client.end(run) }),
        };
        if (view.trouble !== undefined) context.say(view.trouble);
        const words = flags.json ? [] : await describe(context, connected, shown, view);
        printData(context, flags, shown, () => words.join('\n'));
      });
    });
  withExamples(
    command,
    'graveshift show demo/night-3',
    'graveshift show night-3-1a2b3c4d --json | jq .progress.state',
    'graveshift show demo/night-3 --findings',
  );
}

async function pendingApproval({ client }: Connected, run: string): Promise<NonNullable<Shown['approval']>> {
  const { request, candidate, approved, missing } = await client.approvals(run);
  if (!request) throw new GraveshiftError('InvalidInput', `${run} no longer waits for approval: look again`);
  const parsed = candidateSchema.safeParse(candidate);
  const gates = gatesSchema.safeParse(candidate);
  return {
    request,
    approved,
    missing,
    ...(parsed.success && { candidate: parsed.data }),
    ...(gates.success && { gates: gates.data.rows }),
  };
}

async function describe(
  context: CliContext,
  connected: Connected,
  shown: Shown,
  view: RunView,
): Promise<string[]> {
  const { colors, env } = context;
  const { run, ui, approval, end } = shown;
  const width = context.stdout.columns ?? 120;
  const lines = renderTree(view, { width, colors: colors.out, nowMs: Date.now() });
  lines.push('', `started ${run.startedAt}, ${run.historyEvents} events in its history, run id ${run.runId}`);
  if (ui !== undefined) lines.push(ui);
  const command = commandName(env);
  for (const { step, actions } of shown.progress?.attention ?? []) {
    lines.push(`  ${command} resolve ${run.workflowId} --step ${step} --action ${actions.join('|')}`);
  }
  if (approval) {
    lines.push('', ...(await describeApproval(context, connected, run, approval, shown.progress?.cost ?? 0)));
    if (approval.gates) lines.push('', renderGateTable(approval.gates, 'text'));
    lines.push('', ...voices(approval).map((line) => plainText(line)));
    lines.push(
      '',
      `  ${command} approve ${run.workflowId}`,
      `  ${command} reject ${run.workflowId} --reason "…"`,
    );
  }
  if (end) lines.push('', plainText(describeEnd(end), { lines: true }));
  return lines;
}

function voices({ approved, missing }: Pick<ApprovalsView, 'approved' | 'missing'>): string[] {
  return [
    ...approved.map(({ by, at, reason, key }) => {
      const proof = key === undefined ? 'unsigned' : `signed with ${key}`;
      return `Approved by ${by} at ${at}, ${proof}${reason === undefined ? '' : `: ${reason}`}`;
    }),
    `Missing: ${missing.join(', ')}`,
  ];
}

async function describeApproval(
  { colors }: CliContext,
  { settings, home }: Connected,
  run: RunSummary,
  { request, candidate }: NonNullable<Shown['approval']>,
  costUsd: number,
): Promise<string[]> {
  const artifacts = createFileArtifactStore({ directory: settings.store });
  // Where the store is another machine's, the request's own lines say it.
  if (
    !candidate ||
    !(await Promise.all(candidate.manifests.map((ref) => artifacts.has(ref)))).every(Boolean)
  ) {
    return [
      `To be approved before ${request.before} (digest ${request.digest.slice(0, 12)})`,
      ...request.summary.map((line) => `  ${plainText(line)}`),
    ];
  }
  const assets = await readAssets(artifacts, candidate.manifests);
  const folder = path.join(home, 'thumbnails', runFileName(run));
  const thumbnails = await exportThumbnails(artifacts, assets, folder);
  const pictures = await exportPictures(artifacts, candidate.pictures, folder);
  return [
    ...renderApproval({ request, candidate, assets, thumbnails, costUsd }, colors.out),
    ...pictures.map((file) => `picture: ${file}`),
  ];
}
