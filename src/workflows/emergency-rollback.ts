import { CancellationScope, workflowInfo } from '@temporalio/workflow';

import { digestOf } from '../domain/canonical-json.js';
import { rollbackInputSchema, type RollbackInput } from '../domain/deploy.js';
import type { PlaceRelease, RollbackPlan } from '../domain/deploy-activities.js';
import type { GateResult } from '../domain/gate.js';
import { parseInput } from '../domain/parse-input.js';
import type { StepPlan } from '../domain/progress.js';
import { endingTheRun, failRun } from './support/failures.js';
import { PipelineRun } from './support/run.js';
import { ledger, rescue } from './support/stations.js';
import { goBack } from './support/rollback/go-back.js';
import { putInOrder } from './support/rollback/put-in-order.js';

export type RollbackResult = {
  project: string;
  runId: string;
  environment: string;
  placeId: string;
} & (
  | {
      outcome: 'rolled-back' | 'drilled';
      /** What the place holds now. */
      version: number;
      tag: string;
      reason: string;
      /** Seconds from the start, or from the confirmation where one was waited for, to the published version. */
      publishedAfterSeconds: number;
      proof: GateResult;
      postMortem?: string;
    }
  | { outcome: 'rejected'; reason: string }
);

const steps: StepPlan[] = [
  { id: 'plan', title: 'Find what to go back to', weight: 1 },
  { id: 'confirm', title: 'Second confirmation', weight: 0 },
  { id: 'publish', title: 'Publish the bytes of the last stable release', weight: 2 },
  { id: 'restart', title: 'Restart the servers of the bad version', weight: 1 },
  { id: 'record', title: 'Record it', weight: 1 },
  { id: 'proof', title: 'Prove that every server is back', weight: 30 },
  { id: 'config', title: 'Put configs back', weight: 1 },
  { id: 'git', title: 'Revert in Git', weight: 2 },
  { id: 'serve', title: 'Compare with rojo serve', weight: 1 },
  { id: 'notify', title: 'Tell people', weight: 1 },
  { id: 'post-mortem', title: 'Write the post-mortem', weight: 2 },
  { id: 'join', title: 'Bring main into the staging branch', weight: 1 },
];

/**
 * Puts a place back to its last stable release: the bytes first, players next, everything else after that. It waits for
 * nobody's lease: it takes the place, which fences off whoever publishes there, and cancels them.
 *
 * @throws InvalidInput when there is nothing to go back to; AlreadyRunning when the place is being rolled back
 */
export async function emergencyRollback(argument: unknown): Promise<RollbackResult> {
  const input = endingTheRun(() =>
    parseInput(rollbackInputSchema, 'the input of emergencyRollback', argument),
  );
  const { requestedBy, environment, place, drill, reason } = input;
  const run = new PipelineRun({
    title: `${drill ? 'Rollback drill' : 'Rollback'} of ${environment}/${place}`,
    slug: `${drill ? 'drill' : 'rollback'}-${place}`,
    requestedBy,
    steps,
    searchable: 'labelled',
  });
  let claimed = false;

  return run.carryOut<RollbackResult>(
    async () => {
      const plan = await run.step('plan', () => makePlan(run, input), { failFast: true });
      claimed = true;
      const { project, good } = plan;
      const { target } = project;
      const { approvals, deploy } = project.config;
      const fourEyes = approvals.fourEyes || deploy.rollback.secondPerson;
      run.controls.setPolicy({ ...approvals, fourEyes });
      run.note('plan', inWords(plan));
      const outline = { project: project.name, runId: run.id, environment, placeId: target.placeId };

      const refusal = await confirm(run, plan, input);
      if (refusal !== undefined) return { ...outline, outcome: 'rejected', reason: refusal };
      const from = Date.now();

      // Half a rollback helps nobody: from here on it is carried through.
      return CancellationScope.nonCancellable(async () => {
        const back = await goBack(run, plan, { reason, suffix: '' });
        const publishedAfterSeconds = (back.publishedAt - from) / 1000;
        run.note('publish', `version ${back.version} after ${publishedAfterSeconds.toFixed(1)} s`);
        if (drill) await returnFromDrill(run, plan, reason);
        if (drill) skipTheRest(run);
        const postMortem = drill ? undefined : await putInOrder(run, plan, back, { reason, requestedBy });
        return {
          ...outline,
          outcome: drill ? 'drilled' : 'rolled-back',
          version: back.version,
          tag: good.tag,
          reason,
          publishedAfterSeconds,
          proof: back.proof,
          ...(postMortem !== undefined && { postMortem }),
        };
      });
    },
    {
      stateOf: ({ outcome }) => (outcome === 'rejected' ? 'rejected' : 'succeeded'),
      close: async (state, summary) => {
        if (claimed) await run.close(state, summary);
      },
    },
  );
}

async function makePlan(run: PipelineRun, input: RollbackInput): Promise<RollbackPlan> {
  const { environment, place, to, drill } = input;
  const plan = await rescue('Find the last stable release').planRollback({
    ...(input.project !== undefined && { project: input.project }),
    environment,
    place,
    ...(to !== undefined && { to }),
    drill,
  });
  const { project } = plan;
  run.label({ pipeline: 'emergencyRollback', project: project.name, environment });
  const subject = `rollback:${environment}:${place}`;
  const { heldBy } = await ledger(`Claim ${subject}`).openRun({
    runId: run.id,
    workflowId: run.workflowId,
    pipeline: 'emergencyRollback',
    project: project.name,
    subject,
    requestedBy: input.requestedBy,
    input,
  });
  if (!heldBy) return plan;
  throw failRun(
    'AlreadyRunning',
    `${heldBy.workflowId} is rolling ${environment}/${place} of ${project.name} back already. ` +
      `Watch it with "graveshift watch ${heldBy.workflowId}"`,
    heldBy,
  );
}

/** @returns why it may not be done, or undefined */
async function confirm(
  run: PipelineRun,
  plan: RollbackPlan,
  { requestedBy, confirm: typed, place, drill, reason, environment }: RollbackInput,
): Promise<string | undefined> {
  const { confirmations, secondPerson, standing } = plan.project.config.deploy.rollback;
  const alone = confirmations === 1 || standing.includes(requestedBy);
  // A deploy that takes back its own release was allowed to by the project's policy.
  const byDeploy = workflowInfo().parent !== undefined;
  const typedAgain = typed === place && !secondPerson;
  if (drill || byDeploy || alone || typedAgain) {
    const why = drill
      ? 'a drill'
      : byDeploy
        ? 'asked for by its deploy'
        : alone
          ? 'a standing permission'
          : 'typed by the requester';
    run.skipStep('confirm', why);
    return undefined;
  }
  if (typed !== undefined && typed !== place) {
    return `the confirmation names "${typed}", and the place is "${place}": nothing was changed`;
  }
  const { good, bad } = plan;
  const decision = await run.step('confirm', () =>
    run.controls.awaitApproval(
      {
        digest: digestOf({ good: good.place.sha256, bad: bad?.place.sha256, environment, place }),
        before: environment,
        summary: [inWords(plan), `reason: ${reason}, asked for by ${requestedBy}`],
      },
      { good, bad },
    ),
  );
  if (!decision) return 'nobody confirmed in time';
  return decision.verb === 'approve' ? undefined : `rejected by ${decision.by}`;
}

/** After a drill staging holds what it held before. */
async function returnFromDrill(run: PipelineRun, plan: RollbackPlan, reason: string): Promise<void> {
  const { bad } = plan;
  if (!bad) return;
  await goBack(
    run,
    { ...plan, good: bad, bad: plan.good },
    { reason: `back from the drill: ${reason}`, suffix: '-return' },
  );
}

function skipTheRest(run: PipelineRun): void {
  for (const id of ['config', 'git', 'serve', 'notify', 'post-mortem', 'join'])
    run.skipStep(id, 'not in a drill');
}

function inWords({ bad, good, bytes }: RollbackPlan): string {
  const name = ({ tag, version }: PlaceRelease): string => `${tag} (version ${version})`;
  const source = bytes === 'stored' ? 'from the store' : "downloaded from the place's history";
  return `${bad ? `from ${name(bad)} ` : ''}back to ${name(good)}, ${good.status}, bytes ${source}`;
}
