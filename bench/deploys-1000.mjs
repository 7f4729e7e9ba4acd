import { clearInterval, setInterval } from 'node:timers';

import { Dom } from 'rbx-dom';

import { stampPlace } from '../dist/adapters/rojo/index.js';
import { reservedCalls } from '../dist/domain/quota.js';
import { withCleanUp } from './clean-up.mjs';
import { startFaultProxy } from './fault-proxy.mjs';
import { startShift } from './night-shift.mjs';
import { bundlePublishing } from './publishing/bundle.mjs';
import { within } from './within.mjs';
import { openWorkerParts } from './worker-parts.mjs';

const places = 100;
const deploysPerPlace = 10;
const workers = 3;
const faultShare = 0.1;
/** Publishes that an owner may make in a window of a minute, as Open Cloud documents it. */
const publishesPerWindow = 30;
/** A minute in ten seconds: in shorter windows the headers' whole seconds do not tell which one an answer was counted in. */
const quotaScale = 6;
const windowMs = 60_000 / quotaScale;
const wantedShare = 0.95;
const limitMs = 900_000;

/** A thousand publishes to a hundred places, with faults, by several workers that share one owner's quota. */
export async function measureManyDeploys({ log, signal }) {
  return withCleanUp(async (cleanUp) => {
    const shift = await startShift({ cleanUp, log, signal });
    await shift.emulator.configure({ quotaScale });
    const proxy = await startFaultProxy({ url: shift.emulatorUrl, share: faultShare, cleanUp });
    const program = await bundlePublishing(cleanUp);
    for (let count = 0; count < workers; count++) {
      await shift.startWorker({ GRAVESHIFT_EMULATOR_URL: proxy.url }, program);
    }
    const { artifacts } = await openWorkerParts({ env: shift.env, cleanUp });
    const targets = await createTargets(shift.emulator);
    const contents = await Promise.all(
      Array.from({ length: deploysPerPlace }, (_, index) => createContent(artifacts, index)),
    );

    const started = performance.now();
    const runs = await startRuns(shift, targets, contents, signal);
    const ends = await within(Promise.all(runs.map((run) => endOf(shift, run))), {
      limitMs,
      what: `the end of ${runs.length} deploys`,
      signal,
    });
    const seconds = (performance.now() - started) / 1000;
    const { lost, doubled, versions } = await compare(shift.emulator, targets, ends);
    const { share, windows } = busyShare(proxy.calls, runs.length);
    const faulty = proxy.calls.filter(({ fault }) => fault !== undefined).length;
    return {
      value: lost + doubled,
      alsoHolds: share >= wantedShare,
      detail:
        `${runs.length} deploys to ${places} places, ${versions} versions: ${lost} lost, ${doubled} doubled; ` +
        `busy share of the publishing quota ${share.toFixed(3)} (≥ ${wantedShare}) over ${windows} windows of ` +
        `${windowMs / 1000} s; ${seconds.toFixed(0)} s; faults in ${faulty} of ${proxy.calls.length} calls; ` +
        `${ends.reduce((sum, { helped }) => sum + helped, 0)} times a person was asked`,
    };
  });
}

/** All of one owner: they share a quota. */
async function createTargets(emulator) {
  const names = Array.from({ length: places }, (_, index) => `place-${index + 1}`);
  const universe = await emulator.createUniverse({ name: 'many places', places: names });
  return names.map((placeName) => ({
    environment: 'production',
    host: 'emulator',
    universeId: universe.universeId,
    creator: universe.creator,
    placeName,
    placeId: universe.places[placeName],
    rojoProject: 'default.project.json',
  }));
}

async function createContent(artifacts, index) {
  const digit = index.toString(16);
  const stamp = { commit: digit.repeat(40).slice(0, 40), digest: digit.repeat(64).slice(0, 64) };
  const children = [{ className: 'ReplicatedStorage' }, { className: 'ServerScriptService' }];
  const bytes = stampPlace(new Dom({ className: 'DataModel', children }).toBinary(), stamp);
  return { place: await artifacts.put(bytes, 'application/octet-stream'), ...stamp };
}

/** All at once: each place has ten that wait for it. */
async function startRuns({ client, taskQueue }, targets, contents, signal) {
  const runs = [];
  for (const [round, content] of contents.entries()) {
    signal.throwIfAborted();
    runs.push(
      ...(await Promise.all(
        targets.map(async (target) => {
          const name = `${target.placeName}/${round}`;
          const handle = await client.temporal.workflow.start('publishing', {
            workflowId: `bench/${name}`,
            taskQueue,
            args: [{ name, project: 'bench', target, content }],
          });
          return { handle, target, sha256: content.place.sha256 };
        }),
      )),
    );
  }
  return runs;
}

/** A publish that was lost three times in a row asks a person, who here says to try again. */
async function endOf({ client }, { handle, target, sha256 }) {
  let ended = false;
  let helped = 0;
  const result = handle.result().finally(() => {
    ended = true;
  });
  const help = async () => {
    const { attention } = await client.progress(handle.workflowId);
    for (const { step } of attention) {
      helped++;
      await client.resolve(handle.workflowId, step, 'retry', { by: 'bench' });
    }
  };
  const timer = setInterval(() => {
    if (!ended) help().catch(() => undefined);
  }, lookEveryMs);
  try {
    const { version } = await result;
    return { target, sha256, version, helped };
  } catch {
    return { target, sha256, version: undefined, helped };
  } finally {
    clearInterval(timer);
  }
}
const lookEveryMs = 60_000;

/** What the runs say against what the places have. */
async function compare(emulator, targets, ends) {
  let lost = 0;
  let doubled = 0;
  let versions = 0;
  for (const target of targets) {
    const history = await emulator.placeHistory(target.placeId);
    const ours = ends.filter((end) => end.target === target);
    versions += history.length;
    lost += ours.filter(
      ({ version, sha256 }) => history.find((entry) => entry.version === version)?.sha256 !== sha256,
    ).length;
    doubled += history.length - new Set(history.map(({ sha256 }) => sha256)).size;
  }
  return { lost, doubled, versions };
}

/**
 * Publishes that were sent, of those that the quota leaves to deploys (a fifth is kept for rollbacks), in the windows
 * between the first and the last one in which there was enough left to do.
 */
function busyShare(calls, runs) {
  const capacity = publishesPerWindow - reservedCalls(publishesPerWindow);
  const publishes = calls.filter(({ method, path: url }) => method === 'POST' && url.includes('/versions?'));
  const perWindow = new Map();
  for (const { at } of publishes) {
    const window = Math.floor(at / windowMs);
    perWindow.set(window, (perWindow.get(window) ?? 0) + 1);
  }
  const first = Math.min(...perWindow.keys());
  const enough = publishes[Math.max(0, runs - 2 * capacity)];
  const last = Math.floor(enough.at / windowMs);
  let sent = 0;
  for (let window = first + 1; window < last; window++) sent += perWindow.get(window) ?? 0;
  const windows = last - first - 1;
  return { share: sent / (windows * capacity), windows };
}
