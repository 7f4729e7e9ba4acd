import { CancellationScope, workflowInfo } from '@temporalio/workflow';

import { digestOf } from '../domain/canonical-json.js';
import { rollbackInputSchema, type RollbackInput } from '../domain/deploy.js';
import type { PlaceRelease, RollbackPlan } from '../domain/deploy-activities.js';
import type { GateResult } from '../domain/gate.js';
import { parseInput } from '../domain/parse-input.js';
import type { StepPlan } from '../domain/progress.js';
import type { ProjectSnapshot } from '../domain/project.js';
import { endingTheRun, failRun } from './support/failures.js';
import { PipelineRun } from './support/run.js';
import { ledger, rescue } from './support/stations.js';
import { tell } from './support/tell.js';
import { allOf } from './support/all-of.js';
import { goBack, proveBack, type WentBack } from './support/rollback/go-back.js';
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

const rollbackSteps: StepPlan[] = [
  { id: 'plan', title: 'Find what to go back to', weight: 1 },
  { id: 'confirm', title: 'Second confirmation', weight: 0 },
  { id: 'publish', title: 'Publish the bytes of the last stable release', weight: 2 },
  { id: 'record', title: 'Record it', weight: 1 },
  { id: 'restart', title: 'Restart the servers of the bad version', weight: 1 },
  { id: 'proof', title: 'Prove that every server is back', weight: 30 },
  { id: 'config', title: 'Put configs back', weight: 1 },
  { id: 'git', title: 'Revert in Git', weight: 2 },
  { id: 'serve', title: 'Compare with rojo serve', weight: 1 },
  { id: 'notify', title: 'Tell people', weight: 1 },
  { id: 'post-mortem', title: 'Write the post-mortem', weight: 2 },
  { id: 'join', title: 'Bring main into the staging branch', weight: 1 },
];

/** A drill leaves Git, configs and people alone, and puts staging back afterwards. */
const drillSteps: StepPlan[] = [
  ...rollbackSteps.slice(
    0,
    rollbackSteps.findIndex(({ id }) => id === 'config'),
  ),
  { id: 'publish-return', title: 'Publish again what staging held', weight: 2 },
  { id: 'record-return', title: 'Record it', weight: 1 },
  { id: 'restart-return', title: 'Restart its servers', weight: 1 },
  { id: 'proof-return', title: 'Prove that every server is where it was', weight: 30 },
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
    steps: drill ? drillSteps : rollbackSteps,
    searchable: 'labelled',
  });
  let claimed: ProjectSnapshot | undefined;

  return run.carryOut<RollbackResult>(
    async () => {
      let plan = await run.step('plan', () => makePlan(run, input), { failFast: true });
      const { project } = plan;
      const { target } = project;
      const { approvals, deploy } = project.config;
      run.controls.setPolicy({
        ...approvals,
        fourEyes: approvals.fourEyes || deploy.rollback.secondPerson,
      });
      run.note('plan', inWords(plan));
      const outline = { project: project.name, runId: run.id, environment, placeId: target.placeId };

      const answer = await confirm(run, plan, input);
      if ('refusal' in answer) return { ...outline, outcome: 'rejected', reason: answer.refusal };
      if (answer.waited) {
        const asked = digestOfPlan(plan);
        plan = await makePlan(run, input);
        if (digestOfPlan(plan) !== asked) {
          const reason = `what is live changed before it was confirmed: it would go ${inWords(plan)} now. Ask again`;
          return { ...outline, outcome: 'rejected', reason };
        }
      }
      await claim(run, plan, input);
      claimed = project;
      run.tellsOfAttention(project);
      const from = Date.now();

      // Half a rollback helps nobody: from here on it is carried through.
      return CancellationScope.nonCancellable(async () => {
        const back = await goBack(run, plan, { reason, drill, leg: '' });
        const publishedAfterSeconds = (back.publishedAt - from) / 1000;
        run.note('publish', `version ${back.version} after ${publishedAfterSeconds.toFixed(1)} s`);
        const rest = drill
          ? await drillBack(run, plan, back, reason)
          : await proveAndPutInOrder(run, plan, back, { reason, requestedBy });
        return {
          ...outline,
          outcome: drill ? 'drilled' : 'rolled-back',
          tag: plan.good.tag,
          reason,
          publishedAfterSeconds,
          ...rest,
        };
      });
    },
    {
      stateOf: ({ outcome }) => (outcome === 'rejected' ? 'rejected' : 'succeeded'),
      close: async (state, summary) => {
        if (!claimed) return;
        if (state !== 'succeeded') await tellOfFailure(run, claimed, summary);
        await run.close(state, summary);
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
  run.label({ pipeline: 'emergencyRollback', project: plan.project.name, environment });
  return plan;
}

/** One rollback of a place at a time, from here until its servers are proven to be back. */
async function claim(run: PipelineRun, { project }: RollbackPlan, input: RollbackInput): Promise<void> {
  const { environment, place } = input;
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
  if (!heldBy) return;
  throw failRun(
    'AlreadyRunning',
    `${heldBy.workflowId} is rolling ${environment}/${place} of ${project.name} back already. ` +
      `Watch it with "graveshift watch ${heldBy.workflowId}"`,
    heldBy,
  );
}

type Answer = { waited: boolean } | { refusal: string };

/** The second yes: typed by the requester, or somebody's approval, unless the project wants none. */
async function confirm(
  run: PipelineRun,
  plan: RollbackPlan,
  { requestedBy, confirm: typed, place, drill, reason, environment }: RollbackInput,
): Promise<Answer> {
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
    return { waited: false };
  }
  if (typed !== undefined && typed !== place) {
    return {
      refusal: `the confirmation names "${typed}", and the place is "${place}": nothing was changed`,
    };
  }
  const { good, bad } = plan;
  const decision = await run.step('confirm', () =>
    run.controls.awaitApproval(
      {
        digest: digestOfPlan(plan),
        before: environment,
        summary: [inWords(plan), `reason: ${reason}, asked for by ${requestedBy}`],
      },
      { good, bad },
    ),
  );
  if (!decision) return { refusal: 'nobody confirmed in time' };
  return decision.verb === 'approve' ? { waited: true } : { refusal: `rejected by ${decision.by}` };
}

/** Names exactly what would be published over what. */
function digestOfPlan({ good, bad, project }: RollbackPlan): string {
  const { host, placeId } = project.target;
  return digestOf({ good: good.place.sha256, bad: bad?.place.sha256 ?? null, host, placeId });
}

type Rest = { version: number; proof: GateResult; postMortem?: string };

/** What people need next does not wait for the last server, and no part of it for another. */
async function proveAndPutInOrder(
  run: PipelineRun,
  plan: RollbackPlan,
  back: WentBack,
  who: { reason: string; requestedBy: string },
): Promise<Rest> {
  const proving = proveBack(run, plan, back, { reason: who.reason, drill: false, leg: '' }).then(
    async (proven) => {
      // Another rollback may begin, also while this one waits for a person to merge something.
      await ledger('Let others roll back').freeSubject({ runId: run.id });
      return proven;
    },
  );
  const [proven, postMortem] = await allOf(proving, putInOrder(run, plan, back, who));
  return {
    version: proven.version,
    proof: proven.proof,
    ...(postMortem !== undefined && { postMortem }),
  };
}

/** After a drill staging holds what it held before. */
async function drillBack(
  run: PipelineRun,
  plan: RollbackPlan,
  back: WentBack,
  reason: string,
): Promise<Rest> {
  const { version, proof } = await proveBack(run, plan, back, { reason, drill: true, leg: '' });
  const { bad } = plan;
  if (bad) {
    const way = { reason: `back from the drill: ${reason}`, drill: true, leg: '-return' } as const;
    const there = { ...plan, good: bad, bad: plan.good };
    await proveBack(run, there, await goBack(run, there, way), way);
  }
  return { version, proof };
}

async function tellOfFailure(run: PipelineRun, project: ProjectSnapshot, summary: string): Promise<void> {
  const { environment, placeName } = project.target;
  await tell(run, project, {
    event: 'rollback-failed',
    title: `the rollback of ${environment}/${placeName} did not end well`,
    lines: [summary.slice(0, 500)],
  });
}

function inWords({ bad, good, bytes }: RollbackPlan): string {
  const name = ({ tag, version }: PlaceRelease): string => `${tag} (version ${version})`;
  const source = bytes === 'stored' ? 'from the store' : "downloaded from the place's history";
  return `${bad ? `from ${name(bad)} ` : ''}back to ${name(good)}, ${good.status}, bytes ${source}`;
}
