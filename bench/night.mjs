import { countRunActions } from '../dist/adapters/temporal/index.js';
import { designNight } from '../dist/domain/night-design.js';
import { seasonSchema } from '../dist/domain/project.js';
import { withCleanUp } from './clean-up.mjs';
import { fetchRunHistories } from './histories.mjs';
import { startShift } from './night-shift.mjs';
import { findLargestPayload } from './payloads.mjs';
import { watchPeakMemory } from './peak-memory.mjs';
import { untilApproval } from './until-approval.mjs';
import { within } from './within.mjs';

const fewestAssets = 20;
const limitMs = 180_000;

/** One night of at least twenty assets, from its start to staging, and all that the benches want to know of it. */
export async function runNight({ log, signal }) {
  return withCleanUp(async (cleanUp) => {
    const shift = await startShift({ cleanUp, log, signal });
    const worker = await shift.startWorker();
    const memory = await watchPeakMemory(worker.pid);
    cleanUp.add(() => memory.stop());
    const { client, project } = shift;
    const night = firstNightOf(fewestAssets, project.name);

    const started = performance.now();
    const run = await client.start('horrorNight', { night }, { workflowId: `bench/night-${night}` });
    const progress = await within(untilApproval(client, run.workflowId, signal), {
      limitMs,
      what: `the approval of night ${night}`,
      signal,
    });
    const toApprovalMs = performance.now() - started;

    await client.decide(run.workflowId, 'approve', { by: 'bench' });
    const end = await within(client.end(run.workflowId), {
      limitMs,
      what: `the end of night ${night}`,
      signal,
    });
    if (end.outcome !== 'succeeded') throw new Error(`night ${night} ended as ${JSON.stringify(end)}`);
    const peak = await memory.read();
    return {
      night,
      assets: end.result.assets,
      toApprovalMs,
      steps: progress.steps,
      peak,
      cost: await countRunActions(client.temporal, run),
      payload: findLargestPayload(await fetchRunHistories(client.temporal, run)),
    };
  });
}

/** The first night whose design, with the example's season, has so many assets. */
function firstNightOf(assets, project) {
  const season = seasonSchema.parse({ theme: 'abandoned village', audience: 'mild', curve: 'standard' });
  for (let night = 1; night <= 100; night++) {
    if (designNight({ project, night, season }).assets.length >= assets) return night;
  }
  throw new Error(`no night among the first hundred has ${assets} assets`);
}
