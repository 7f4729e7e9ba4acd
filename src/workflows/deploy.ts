import { refuseImpossibleApproval } from '../domain/approval-policy.js';
import type { GateRow } from '../domain/can-deploy.js';
import { deployInputSchema, type DeployInput } from '../domain/deploy.js';
import type { DeployCandidate } from '../domain/deploy-activities.js';
import type { GateResult } from '../domain/gate.js';
import { integrationGate } from '../domain/integration-gate.js';
import { parseInput } from '../domain/parse-input.js';
import type { StepPlan } from '../domain/progress.js';
import { moveMain, placeRecord, publishRelease, type LiveRelease } from './support/deploy/production.js';
import { approveRelease, inspect, passGates } from './support/deploy/release-approval.js';
import { alongside } from './support/alongside.js';
import { rollOut, takeBack, type RollOut } from './support/deploy/roll-out.js';
import { stageForTests } from './support/deploy/stage-for-tests.js';
import { GateTicks } from './support/deploy/ticks.js';
import { awaitWindow } from './support/deploy/window.js';
import { endingTheRun, failRun } from './support/failures.js';
import { PipelineRun } from './support/run.js';
import { ledger, preflight, rebuilds, releases } from './support/stations.js';
import { tell } from './support/tell.js';

export type DeployResult = { project: string; runId: string; from: string; environment: string } & (
  | {
      outcome: 'kept';
      version: number;
      release: LiveRelease['release'];
      proof: GateResult;
      watch: RollOut['watch'];
    }
  | { outcome: 'taken-back'; version: number; reason: string; rollback: string }
  | { outcome: 'planned'; calls: string[]; notes: string[]; gates: GateRow[] }
  | { outcome: 'rejected'; reason: string }
);

/** Weights are the usual seconds of a step, for the bar and the estimate; waiting for people weighs nothing. */
const steps: StepPlan[] = [
  { id: 'candidate', title: 'Find and check what is to go', weight: 2 },
  { id: 'rebuild', title: 'Build it again and compare', weight: 3 },
  { id: 'staging-place', title: 'Wait for the staging place', weight: 0 },
  { id: 'stage', title: 'Publish to staging', weight: 2 },
  { id: 'staging-tests', title: 'Test the staged version in the cloud', weight: 10 },
  { id: 'gates', title: 'Quality gates', weight: 5 },
  { id: 'approval', title: 'Approval', weight: 0 },
  { id: 'window', title: 'Wait for the window', weight: 0 },
  { id: 'place', title: 'Wait for the place', weight: 0 },
  { id: 'prepare', title: 'Snapshot data stores, measure what is live', weight: 3 },
  { id: 'production', title: 'Publish to players', weight: 2 },
  { id: 'record', title: 'Seal and record the release', weight: 2 },
  { id: 'main', title: 'Move main and tag it', weight: 1 },
  { id: 'restart', title: 'Restart old servers', weight: 1 },
  { id: 'ramp', title: 'Switch it on, gradually', weight: 1 },
  { id: 'proof', title: 'Prove that every server runs it', weight: 60 },
  { id: 'watch', title: 'Watch it', weight: 900 },
  { id: 'keep', title: 'Keep it', weight: 1 },
  { id: 'take-back', title: 'Take it back', weight: 0 },
  { id: 'switch-off', title: 'Switch its content off', weight: 0 },
];

/**
 * What staging holds goes to players: validate → staging → tests → gates → approval → production → roll-out → watch →
 * kept, or taken back.
 *
 * @throws InvalidInput before anything is changed; GateFailed, with staging put back, when its tests fail there
 */
export async function deploy(argument: unknown): Promise<DeployResult> {
  const input = endingTheRun(() => parseInput(deployInputSchema, 'the input of deploy', argument));
  const { requestedBy, to, place } = input;
  const run = new PipelineRun({
    title: `Deploy to ${to}/${place}`,
    slug: `deploy-${place}`,
    requestedBy,
    steps,
    searchable: 'labelled',
  });
  const ticks = new GateTicks(run);
  let claimed = false;

  return run.carryOut<DeployResult>(
    async () => {
      const found = await run.step('candidate', () => readCandidate(run, input), { failFast: true });
      const { tasks, notes } = found;
      const candidate = withRamp(found.candidate, input.ramp);
      claimed = !input.dryRun;
      const { project, staged } = candidate;
      run.controls.setPolicy(project.config.approvals);
      run.tellsOfAttention(project);
      const outline = { project: project.name, runId: run.id, from: staged.tag, environment: to };

      const rebuild = await run.step('rebuild', () => buildAgain(candidate), {
        failFast: input.dryRun,
      });
      run.note('rebuild', `${rebuild.verdict}: ${rebuild.summary}`);
      if (input.dryRun) {
        const { rows } = await inspect(run, candidate, ticks, [
          tasks,
          rebuild,
          integrationGate(staged.gates),
        ]);
        const { calls } = await listCalls(candidate, input);
        return { ...outline, outcome: 'planned', calls, notes, gates: rows };
      }

      const tested = await stageForTests(run, candidate);
      const draft = await passGates(run, candidate, ticks, [
        tasks,
        rebuild,
        integrationGate(staged.gates),
        tested.gate,
      ]);
      const rejection = await approveRelease(run, candidate, draft, { ticks, notes });
      if (rejection !== undefined) return { ...outline, outcome: 'rejected', reason: rejection };
      await run.step('window', () => awaitWindow(run, input.window), { failFast: true });

      const released = await publishRelease(run, candidate, draft, {
        input,
        tested: tested.version,
        notes,
      });
      const main = alongside(() => moveMain(run, candidate, draft, released));
      const result = await rollOut(run, candidate, released, input.ramp).catch(async (error: unknown) => {
        await main.cancel();
        throw error;
      });
      const fault = faultOf(result);
      const { version, release } = released;
      if (fault === undefined || !(await wantsBack(run, candidate, result, fault))) {
        await keep(run, candidate, released, result);
        run.skipStep('take-back', 'not needed');
        run.skipStep('switch-off', 'not needed');
        // Players have it: what is left is for Git, and may wait for a pull request.
        await main.done();
        return { ...outline, outcome: 'kept', version, release, ...result };
      }
      await main.cancel();
      run.skipStep('keep', `taken back: ${fault}`);
      if (!released.dark) run.skipStep('switch-off', 'nothing was switched on');
      const rollback = await takeBack(run, candidate, released, fault);
      return { ...outline, outcome: 'taken-back', version, reason: fault, rollback: rollback.runId };
    },
    {
      stateOf: ({ outcome }) =>
        outcome === 'rejected' ? 'rejected' : outcome === 'taken-back' ? 'failed' : 'succeeded',
      close: async (state, summary) => {
        if (claimed) await run.close(state, summary);
      },
    },
  );
}

/** The candidate, and everything about it and its places that can be known to be wrong before anything is changed. */
async function readCandidate(
  run: PipelineRun,
  input: DeployInput,
): Promise<{ candidate: DeployCandidate; tasks: GateResult; notes: string[] }> {
  const candidate = await releases('Find the candidate').findCandidate({
    ...(input.project !== undefined && { project: input.project }),
    ...(input.from !== undefined && { from: input.from }),
    ...(input.version !== undefined && { version: input.version }),
    to: input.to,
    place: input.place,
  });
  const { project, staging, staged, live } = candidate;
  endingTheRun(() => refuseImpossibleApproval(project.config.approvals, input.to, input.requestedBy));
  run.label({ pipeline: 'deploy', project: project.name, environment: input.to });
  const { tasks, notes } = await preflight('Check keys, places, Team Create and freezes').checkDeploy({
    staging,
    production: project.target,
    policy: project.config.deploy,
    stagedRun: staged.runId,
    ramp: input.ramp !== undefined,
    ...(live && { live }),
  });
  if (!input.dryRun) await claim(run, candidate, input);
  return { candidate, tasks, notes };
}

/** The key that switches the content on is part of what is approved, and of what a rollback puts back. */
function withRamp(candidate: DeployCandidate, ramp: DeployInput['ramp']): DeployCandidate {
  if (!ramp) return candidate;
  const { key, on, off } = ramp;
  return { ...candidate, content: { ...candidate.content, config: { [key]: { on, off } } } };
}

async function claim(run: PipelineRun, { project }: DeployCandidate, input: DeployInput): Promise<void> {
  const subject = `deploy:${input.to}:${input.place}`;
  const { heldBy } = await ledger(`Claim ${subject}`).openRun({
    runId: run.id,
    workflowId: run.workflowId,
    pipeline: 'deploy',
    project: project.name,
    subject,
    requestedBy: input.requestedBy,
    input,
  });
  if (!heldBy) return;
  throw failRun(
    'AlreadyRunning',
    `${heldBy.workflowId} is deploying to ${input.to}/${input.place} of ${project.name}; nothing was changed. ` +
      `Watch it with "graveshift watch ${heldBy.workflowId}", or cancel it first`,
    heldBy,
  );
}

async function buildAgain({ project, content }: DeployCandidate): Promise<GateResult> {
  const gate = await rebuilds('Build the place again and compare').rebuildPlace({
    project: project.name,
    content,
    target: project.target,
    prepare: project.config.prepare,
  });
  if (gate.verdict === 'fail') {
    throw failRun('GateFailed', [gate.summary, ...gate.findings].join('\n'), { gate: gate.gate });
  }
  return gate;
}

function listCalls(candidate: DeployCandidate, { ramp }: DeployInput): Promise<{ calls: string[] }> {
  const { project, content, staging, staged } = candidate;
  return preflight('Write down the calls').listDeployCalls({
    candidate: { content, staging, staged, target: project.target },
    policy: project.config.deploy,
    ...(ramp && { ramp: { key: ramp.key } }),
  });
}

/** Why the release should be taken back, or undefined. What could not be seen is no fault: it is told. */
function faultOf({ proof, watch }: RollOut): string | undefined {
  if (watch.verdict === 'fail') return `watch: ${watch.summary}`;
  if (proof.verdict === 'fail') return `roll-out: ${proof.summary}`;
  return undefined;
}

/**
 * Asks a person where the project does not want it taken back by itself, and where somebody else's version is on top of
 * ours: that is not ours to overwrite. `retry` takes it back, `skip` keeps it.
 */
async function wantsBack(
  run: PipelineRun,
  { project }: DeployCandidate,
  { watch }: RollOut,
  fault: string,
): Promise<boolean> {
  if (watch.verdict === 'fail' && project.config.deploy.automaticRollback) return true;
  let asked = false;
  return run.step(
    'keep',
    () => {
      if (asked) return Promise.resolve(true);
      asked = true;
      throw failRun('DeploymentFailure', `${fault}. "retry" takes the release back, "skip" keeps it`);
    },
    { skip: () => false, whatStays: 'the release is live' },
  );
}

async function keep(
  run: PipelineRun,
  { project, content, staged }: DeployCandidate,
  released: LiveRelease,
  { proof, watch }: RollOut,
): Promise<void> {
  const { target } = project;
  const { version, intent, lease, release } = released;
  // Stable is what a rollback goes back to: only what was really seen to be good.
  const isStable = watch.verdict === 'pass';
  await run.step(
    'keep',
    async () => {
      if (isStable) {
        await releases('Mark as stable').markRelease({
          host: target.host,
          placeId: target.placeId,
          runId: intent.runId,
          version,
          status: 'stable',
        });
      }
      const record = placeRecord(released);
      await lease.release({ live: record, ...(isStable && { stable: record }) });
      await tell(run, project, {
        event: 'kept',
        title: `Release ${release.version} (${staged.tag}, ${content.commit.slice(0, 9)}) is live in ${target.environment}`,
        lines: [`proof: ${proof.verdict}, ${proof.summary}`, `watch: ${watch.verdict}, ${watch.summary}`],
      });
    },
    { alreadyDone: `version ${version} is live` },
  );
  run.note(
    'keep',
    isStable ? 'stable: rollbacks go back to it' : `live, not stable: watch was ${watch.verdict}`,
  );
  run.saga.commit();
}
