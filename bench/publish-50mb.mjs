import { randomBytes } from 'node:crypto';

import { Dom } from 'rbx-dom';

import { withCleanUp } from './clean-up.mjs';
import { startShift } from './night-shift.mjs';
import { watchPeakMemory } from './peak-memory.mjs';
import { bundlePublishing } from './publishing/bundle.mjs';
import { within } from './within.mjs';
import { openWorkerParts } from './worker-parts.mjs';

/** Of base64: the bytes of a place cannot be told before it is written, and compression finds little in these. */
const textBytes = 50_000_000;
const limitMs = 120_000;

/** The memory of a worker that serves Open Cloud's queue alone, while it publishes a place of 50 MB. */
export async function measureLargePublish({ log, signal }) {
  return withCleanUp(async (cleanUp) => {
    const shift = await startShift({ cleanUp, log, signal });
    // Its workflow tasks are another process's: what is measured serves only the activities that publish.
    await shift.startWorker({ GRAVESHIFT_ROLES: 'workflows' }, await bundlePublishing(cleanUp));
    const worker = await shift.startWorker({ GRAVESHIFT_ROLES: 'open-cloud' });
    const { artifacts } = await openWorkerParts({ env: shift.env, cleanUp });
    const place = await artifacts.put(largePlace(), 'application/octet-stream');

    const memory = await watchPeakMemory(worker.pid);
    cleanUp.add(() => memory.stop());
    const content = { place, commit: 'a'.repeat(40), digest: 'd'.repeat(64) };
    const started = performance.now();
    const version = await publishOne(shift, content, signal);
    const seconds = (performance.now() - started) / 1000;
    const { bytes, atStartBytes, source } = await memory.read();
    const [stored] = await shift.emulator.placeHistory(placeIdOf(shift));
    if (version !== 1 || stored?.sha256 !== place.sha256)
      throw new Error('the place does not hold what was sent');
    return {
      value: bytes / 1e6,
      detail:
        `${source}; ${(atStartBytes / 1e6).toFixed(0)} MB when it was ready, of role open-cloud alone; ` +
        `a place of ${(place.bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s`,
    };
  });
}

function largePlace() {
  const Value = randomBytes((textBytes / 4) * 3).toString('base64');
  const padding = { className: 'StringValue', name: 'Padding', properties: { Value } };
  return new Dom({
    className: 'DataModel',
    children: [{ className: 'ReplicatedStorage', children: [padding] }, { className: 'ServerScriptService' }],
  }).toBinary();
}

async function publishOne({ client, taskQueue, project }, content, signal) {
  const { host, universeId, creator, places } = project.environments.staging;
  const target = {
    environment: 'staging',
    host,
    universeId,
    creator,
    placeName: 'start',
    placeId: places.start.placeId,
    rojoProject: 'default.project.json',
  };
  const handle = await client.temporal.workflow.start('publishing', {
    workflowId: 'bench/large-place',
    taskQueue,
    args: [{ name: 'large', project: project.name, target, content }],
  });
  const { version } = await within(handle.result(), {
    limitMs,
    what: 'the publish of a large place',
    signal,
  });
  return version;
}

const placeIdOf = ({ project }) => project.environments.staging.places.start.placeId;
