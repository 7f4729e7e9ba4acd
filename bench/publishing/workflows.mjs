import { acquirePlace } from '../../dist/workflows/support/lease.js';
import { publishOnce } from '../../dist/workflows/support/publish.js';
import { PipelineRun } from '../../dist/workflows/support/run.js';
import { ledger } from '../../dist/workflows/support/stations.js';

export { place } from '../../dist/workflows/place.js';

const ordinary = 3;

/**
 * The part of a deploy that publishes: claim, lease, intent, publish with its reconciliation, record, and the lease given
 * back, by the support code of the pipelines and with the `place` entity.
 */
export async function publishing({ name, project, target, content }) {
  const run = new PipelineRun({
    title: `Publish ${name}`,
    slug: 'publish',
    requestedBy: 'bench',
    searchable: false,
    steps: [
      { id: 'place', title: 'Wait for the place', weight: 1 },
      { id: 'publish', title: 'Publish', weight: 1 },
      { id: 'record', title: 'Record', weight: 1 },
    ],
  });
  return run.carryOut(
    async () => {
      await ledger(`Claim ${name}`).openRun({
        runId: run.id,
        workflowId: run.workflowId,
        pipeline: 'publishing',
        project,
        subject: name,
        requestedBy: 'bench',
        input: {},
      });
      const lease = await run.step('place', () => acquirePlace(run, target, ordinary));
      const intent = { runId: run.id, project, target, ...content, lease: lease.lease };
      const { version } = await run.step('publish', () => publishOnce(intent, 'Published'));
      await run.step('record', () =>
        ledger('Record what is live').recordRelease({ intent, version, tag: name, gates: [], approvals: [] }),
      );
      await lease.release();
      return { version };
    },
    { stateOf: () => 'succeeded', close: (state, summary) => run.close(state, summary) },
  );
}
