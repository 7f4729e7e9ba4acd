import {
  CancellationScope,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  workflowInfo,
} from '@temporalio/workflow';

import type { DeployInput, RollbackInput } from '../../../domain/deploy.js';
import type { DeployCandidate } from '../../../domain/deploy-activities.js';
import type { GateResult } from '../../../domain/gate.js';
import type { WatchReport } from '../../../domain/watch.js';
import type { RollbackResult } from '../../emergency-rollback.js';
import { allOf } from '../all-of.js';
import { causeOf, failRun } from '../failures.js';
import type { PipelineRun } from '../run.js';
import { live, rescueSuffix, watching } from '../stations.js';
import type { LiveRelease } from './production.js';

/** What the live servers showed. */
export type RollOut = { proof: GateResult; watch: WatchReport };

/** A gradual roll-out of a config key reaches everybody after this time; it is watched at least as long. */
const rampMinutes = 15;

/** Moves players to the new version, proves that they are there, and watches what it does. */
export async function rollOut(
  run: PipelineRun,
  { project }: DeployCandidate,
  released: LiveRelease,
  ramp: DeployInput['ramp'],
): Promise<RollOut> {
  const { target, config } = project;
  const { bleedOffMinutes, proofMinutes, watch: policy } = config.deploy;
  const { version, intent, baseline } = released;
  const done = {
    whatStays: `version ${version} of place ${target.placeId} is live in ${target.environment}`,
  };

  await run.step(
    'restart',
    async () => {
      const { servers, players } = await live('Restart servers of old versions').restartOldServers({
        target,
        version,
        bleedOffMinutes,
      });
      run.note('restart', `${servers} servers with ${players} players, within ${bleedOffMinutes} minutes`);
    },
    done,
  );
  // A new version that crashes shows at once on its first servers: it is watched while the old ones bleed off.
  if (ramp) await run.step('ramp', () => switchOn(run, project.target, ramp), done);
  else run.skipStep('ramp', 'not asked for');
  const minutes = bleedOffMinutes + proofMinutes;
  const watched = ramp ? { ...policy, minutes: Math.max(policy.minutes, rampMinutes) } : policy;
  const { proof, watch } = await untilOneFails(
    () =>
      run.step(
        'proof',
        () =>
          watching('Are all servers on the new version?').proveRollout({ target, intent, version, minutes }),
        done,
      ),
    () =>
      run.step(
        'watch',
        () =>
          watching(`Watch version ${version}`).watchRelease({ target, version, baseline, policy: watched }),
        done,
      ),
  );
  run.note('proof', `${proof.verdict}: ${proof.summary}`);
  run.note('watch', `${watch.verdict}: ${watch.summary}`);
  return { proof, watch };
}

const cutShort = 'cut short: the other check had failed';

/** Neither check goes on when the other has failed: the release is taken back at once. */
async function untilOneFails(
  prove: () => Promise<GateResult>,
  observe: () => Promise<WatchReport>,
): Promise<RollOut> {
  const proofScope = new CancellationScope();
  const watchScope = new CancellationScope();
  const orCut = <T>(
    scope: CancellationScope,
    other: CancellationScope,
    check: () => Promise<T & { verdict: string }>,
    cut: T,
  ) =>
    scope
      .run(check)
      .then((result) => {
        if (result.verdict === 'fail') other.cancel();
        return result;
      })
      .catch((error: unknown) => {
        if (scope.consideredCancelled && isCancellation(error) && !runIsCancelled()) return cut;
        other.cancel();
        throw error;
      });
  const runScope = CancellationScope.current();
  const runIsCancelled = (): boolean => runScope.consideredCancelled;
  const [proof, watch] = await Promise.all([
    orCut<GateResult>(proofScope, watchScope, prove, {
      gate: 'roll-out',
      verdict: 'inconclusive',
      summary: cutShort,
      findings: [],
    }),
    orCut<WatchReport>(watchScope, proofScope, observe, {
      verdict: 'inconclusive',
      summary: cutShort,
      signals: [],
      minutes: 0,
      newErrors: [],
    }),
  ]);
  return { proof, watch };
}

async function switchOn(
  run: PipelineRun,
  target: DeployCandidate['staging'],
  { key, on }: NonNullable<DeployInput['ramp']>,
): Promise<void> {
  const { version } = await live(`Switch ${key} on, gradually`).setConfig({
    target,
    runId: run.id,
    values: { [key]: on },
    strategy: 'GradualRollout',
  });
  run.note('ramp', `${key} reaches everybody within ${rampMinutes} minutes (config version ${version})`);
}

/**
 * Takes the release back by the same rollback that people use, without asking again; content that a ramp switched on is
 * switched off beside it. Nothing stops this: a cancelled deploy, too, leaves players with what is stable.
 */
export async function takeBack(
  run: PipelineRun,
  { project }: DeployCandidate,
  { dark, version }: LiveRelease,
  reason: string,
): Promise<RollbackResult> {
  const { target } = project;
  const isLive = {
    alreadyDone: `version ${version} of place ${target.placeId} is live in ${target.environment}`,
  };
  const input: Partial<RollbackInput> = {
    project: project.name,
    environment: target.environment,
    place: target.placeName,
    reason: reason.slice(0, 500),
    requestedBy: 'graveshift watch',
  };
  return CancellationScope.nonCancellable(async () => {
    const switchingOff = dark
      ? run.step('switch-off', () => switchOff(target, run.id, dark), { skip: () => undefined, ...isLive })
      : Promise.resolve();
    const [rollback] = await allOf(
      run.step('take-back', () => rollBack(run, input), isLive),
      switchingOff,
    );
    return rollback;
  });
}

/** A rollback that cannot begin, because another one runs or nothing is stable, is for a person: players have a bad version. */
async function rollBack(run: PipelineRun, input: Partial<RollbackInput>): Promise<RollbackResult> {
  try {
    return await executeChild<(argument: unknown) => Promise<RollbackResult>>('emergencyRollback', {
      workflowId: `${run.workflowId}/rollback-${run.id.slice(-8)}`,
      taskQueue: workflowInfo().taskQueue + rescueSuffix,
      // Terminated with its deploy, it would leave players in the middle.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [input],
    });
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    throw failRun('DeploymentFailure', `the release could not be taken back: ${causeOf(error).message}`);
  }
}

async function switchOff(
  target: DeployCandidate['staging'],
  runId: string,
  values: Record<string, unknown>,
): Promise<void> {
  await live('Switch the content off').setConfig({ target, runId, values, strategy: 'Immediate' });
}
