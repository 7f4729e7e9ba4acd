import type { DeployResult } from '../../src/workflows/deploy.js';
import type { RollbackResult } from '../../src/workflows/emergency-rollback.js';
import { eventually } from './eventually.js';
import { NightShift, type NightShiftOptions } from './night-shift.js';

/** A policy by which a deploy is through in seconds: its watch is short, and few samples are enough. */
export const quickPolicy = {
  bleedOffMinutes: 0,
  proofMinutes: 1,
  watch: {
    minutes: 0.1,
    everySeconds: 1,
    metricsEverySeconds: 2,
    signals: {
      serverCrashes: { minimumServerMinutes: 0 },
      errors: { minimumServerMinutes: 0 },
      clientCrashRate: { enabled: false },
      players: { enabled: false },
      // Fresh servers of the emulator, as of Roblox, report no frame rate at first.
      frameRate: { required: false, minimumReadings: 1 },
      memory: { minimumReadings: 1 },
    },
  },
};

export type DeployShiftOptions = Omit<NightShiftOptions, 'config'> & {
  deploy?: Record<string, unknown>;
  approvals?: Record<string, unknown>;
  gates?: Record<string, unknown>;
};

/** A shift whose project deploys quickly, and by unsigned approvals unless it is told otherwise. */
export async function startDeployShift(options: DeployShiftOptions = {}): Promise<NightShift> {
  const { deploy = {}, approvals = {}, gates = {}, ...rest } = options;
  const shift = await NightShift.start({
    ...rest,
    config: (config) => {
      config.approvals = { before: 'production', signatures: 'never', ...approvals };
      config.deploy = { ...quickPolicy, ...deploy };
      config.gates = {
        ...gates,
        policy: { coverage: 'advisory', integration: 'advisory', docs: 'advisory', ...(gates.policy ?? {}) },
      };
    },
  });
  await shift.emulator.setFleet(shift.productionPlaceId, { servers: 3, playersPerServer: 10 });
  return shift;
}

/** Starts a deploy and answers its workflow id. */
export async function startDeploy(
  shift: NightShift,
  input: Record<string, unknown> = {},
  name = 'deploy',
): Promise<string> {
  const workflowId = shift.id(name);
  await shift.client.start('deploy', { requestedBy: 'ana', ...input }, { workflowId });
  return workflowId;
}

/** Waits until the run asks for approval, and approves. */
export async function approve(shift: NightShift, run: string, by = 'ben'): Promise<void> {
  await awaitApproval(shift, run);
  await shift.client.decide(run, 'approve', { by });
}

export async function awaitApproval(shift: NightShift, run: string): Promise<void> {
  await eventually(
    () => shift.client.progress(run),
    (progress) => {
      if (['failed', 'attention', 'aborted'].includes(progress.state))
        throw new Error(JSON.stringify(progress));
      return progress.state === 'awaiting-approval';
    },
  );
}

/** A deploy from its start to its end, approved on the way. */
export async function deployThrough(
  shift: NightShift,
  input: Record<string, unknown> = {},
  name = 'deploy',
): Promise<DeployResult> {
  const id = await startDeploy(shift, input, name);
  await approve(shift, id);
  return resultOf<DeployResult>(shift, id);
}

export async function rollBack(
  shift: NightShift,
  input: Record<string, unknown> = {},
  name = 'rollback',
): Promise<RollbackResult> {
  const id = await startRollback(shift, input, name);
  return resultOf<RollbackResult>(shift, id);
}

export async function startRollback(
  shift: NightShift,
  input: Record<string, unknown> = {},
  name = 'rollback',
): Promise<string> {
  const workflowId = shift.id(name);
  const asked = { requestedBy: 'ana', reason: 'players fall through the floor', confirm: 'start', ...input };
  await shift.client.start('emergencyRollback', asked, { workflowId });
  return workflowId;
}

/** What the run returned; a run that failed throws what it said. */
export async function resultOf<Result>(shift: NightShift, run: string): Promise<Result> {
  return (await (await shift.client.handle(run)).result()) as Result;
}
