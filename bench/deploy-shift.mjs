import { startShift } from './night-shift.mjs';
import { untilApproval } from './until-approval.mjs';
import { openWorkerParts } from './worker-parts.mjs';
import { within } from './within.mjs';

const limitMs = 180_000;

/**
 * A shift whose deploys are through in seconds: the watch is short, and few samples are enough for it. All else is as
 * a project has it by default, but for gates whose tools are not there.
 */
export async function startDeployShift({ cleanUp, log, signal }) {
  const shift = await startShift({ cleanUp, log, signal, configure: deployQuickly });
  const { placeId } = shift.project.environments.production.places.start;
  await shift.emulator.setFleet(placeId, { servers: 3, playersPerServer: 10 });
  const parts = await openWorkerParts({ env: shift.env, cleanUp });
  return { ...shift, placeId, parts };
}

function deployQuickly(config) {
  config.approvals = { before: 'production', signatures: 'never' };
  config.gates = { policy: { coverage: 'advisory', integration: 'advisory', docs: 'advisory' } };
  config.deploy = {
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
        frameRate: { required: false, minimumReadings: 1 },
        memory: { minimumReadings: 1 },
      },
    },
  };
}

/** One whole deploy of what staging holds, approved on the way. */
export async function deployThrough({ client }, name, signal) {
  const run = await client.start('deploy', { requestedBy: 'ana' }, { workflowId: `bench/${name}` });
  await within(untilApproval(client, run.workflowId, signal), {
    limitMs,
    what: `the approval of ${name}`,
    signal,
  });
  await client.decide(run.workflowId, 'approve', { by: 'ben' });
  const result = await endOf(client, run.workflowId, signal);
  if (result.outcome !== 'kept') throw new Error(`${name} ended as ${JSON.stringify(result)}`);
  return { ...run, result };
}

/** The result of a run that succeeds. */
export async function endOf(client, run, signal) {
  const end = await within(client.end(run), { limitMs, what: `the end of ${run}`, signal });
  if (end.outcome !== 'succeeded') throw new Error(`${run} ended as ${JSON.stringify(end)}`);
  return end.result;
}
