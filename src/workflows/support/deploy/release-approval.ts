import { canDeploy, mergeGates, type GateRow } from '../../../domain/can-deploy.js';
import type { DeployCandidate } from '../../../domain/deploy-activities.js';
import type { GateResult } from '../../../domain/gate.js';
import { renderGateTable } from '../../../domain/gate-table.js';
import { releaseDigest, type ReleaseDraft } from '../../../domain/release.js';
import { failRun } from '../failures.js';
import type { PipelineRun } from '../run.js';
import { quality } from '../stations.js';
import { tell } from '../tell.js';
import type { GateTicks } from './ticks.js';

/** The gate that the approval itself is. */
const review = 'review';

/** Looks at commit and place, and shows what the matrix makes of it together with what the run measured itself. */
export async function inspect(
  run: PipelineRun,
  { project, content, staged, live }: DeployCandidate,
  ticks: GateTicks,
  measured: readonly GateResult[],
): Promise<{ results: GateResult[]; rows: GateRow[] }> {
  const inspected = await quality('Inspect commit and place').inspectRelease({
    project,
    content,
    staged: staged.gates,
    ...(live && { since: live.commit }),
  });
  const results = mergeGates(staged.gates, measured, inspected.gates);
  const { rows } = canDeploy(project.config.gates, results, ticks.given);
  run.append(renderGateTable(rows, 'markdown'));
  return { results, rows };
}

/**
 * Runs the gates and asks the matrix. In manual mode it waits for the ticks of those that are required.
 * @returns the release as it was checked: what people approve
 */
export async function passGates(
  run: PipelineRun,
  candidate: DeployCandidate,
  ticks: GateTicks,
  measured: readonly GateResult[],
): Promise<ReleaseDraft> {
  const { project, content } = candidate;
  const policy = project.config.gates;
  return run.step('gates', async () => {
    const { results } = await inspect(run, candidate, ticks, measured);
    const rowsNow = (): GateRow[] => canDeploy(policy, results, ticks.given).rows;
    const blockers = (): GateRow[] => rowsNow().filter(({ gate, blocks }) => blocks && gate !== review);
    if (policy.mode === 'manual') await ticks.until(run, blockers);
    const blocking = blockers();
    if (blocking.length > 0) {
      const lines = blocking.map(
        ({ gate, policy: level, verdict, summary }) => `${gate} (${level}): ${verdict}, ${summary}`,
      );
      throw failRun('GateFailed', lines.join('\n'), { gates: blocking.map(({ gate }) => gate) });
    }
    run.append(renderGateTable(rowsNow(), 'markdown'));
    run.note('gates', inShort(rowsNow()));
    return { content, gates: [...results, ...ticks.close()] };
  });
}

/** @returns why it may not go, or undefined */
export async function approveRelease(
  run: PipelineRun,
  candidate: DeployCandidate,
  draft: ReleaseDraft,
  { ticks, notes }: { ticks: GateTicks; notes: readonly string[] },
): Promise<string | undefined> {
  const { project, staged } = candidate;
  const digest = releaseDigest(draft);
  const { rows } = canDeploy(project.config.gates, draft.gates, ticks.given);
  const summary = summarise(candidate, rows, notes);
  await tell(run, project, {
    event: 'approval-wanted',
    title: `${staged.tag} wants to go to ${project.target.environment}`,
    lines: [...summary, `graveshift approve ${run.workflowId}`],
  });
  const asked = { digest, before: project.target.environment, summary };
  const decision = await run.step('approval', () => run.controls.awaitApproval(asked, { ...draft, rows }));
  if (!decision) {
    run.note('approval', 'nobody answered in time');
    return `nobody approved within ${project.config.approvals.timeoutHours} hours`;
  }
  const said = decision.reason === undefined ? decision.by : `${decision.by}: ${decision.reason}`;
  run.note('approval', `${decision.verb} by ${said}`);
  return decision.verb === 'approve' ? undefined : `rejected by ${said}`;
}

function summarise(
  { content, staged, project, live }: DeployCandidate,
  rows: readonly GateRow[],
  notes: readonly string[],
): string[] {
  const open = rows.filter(
    ({ policy, gate, verdict }) => policy !== 'off' && gate !== review && verdict !== 'pass',
  );
  return [
    `${staged.tag} (${content.commit.slice(0, 9)}), place file of ${Math.ceil(content.place.bytes / 1024)} KiB, ${content.assets.length} assets`,
    live
      ? `replaces ${live.tag}, version ${live.version} of place ${project.target.placeId}`
      : `the first release of place ${project.target.placeId}`,
    `gates: ${inShort(rows)}`,
    ...open.map(({ gate, policy, verdict, summary }) => `${gate} (${policy}): ${verdict}, ${summary}`),
    ...notes,
  ];
}

function inShort(rows: readonly GateRow[]): string {
  const count = (verdict: GateRow['verdict']): number =>
    rows.filter((row) => row.verdict === verdict && row.policy !== 'off' && row.gate !== review).length;
  return `${count('pass')} pass, ${count('inconclusive')} inconclusive, ${count('fail')} fail (advisory)`;
}
