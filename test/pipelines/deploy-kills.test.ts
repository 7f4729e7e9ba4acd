import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, inject, it } from 'vitest';

import { createLedger } from '../../src/adapters/ledger/index.js';
import { connectClient, loadTemporalSettings } from '../../src/adapters/temporal/index.js';
import { findPlace } from '../../src/cli/place-target.js';
import { GraveshiftClient } from '../../src/client.js';
import { startDevServer, type DevServer } from '../../src/stack/index.js';
import { loadWorkerSettings } from '../../src/worker/settings.js';
import type { DeployResult } from '../../src/workflows/deploy.js';
import type { RollbackResult } from '../../src/workflows/emergency-rollback.js';
import {
  approve,
  awaitApproval,
  deployThrough,
  resultOf,
  startDeploy,
  startDeployShift,
  startRollback,
} from '../support/deploy-shift.js';
import { longTests } from '../support/long-tests.js';
import { eventually } from '../support/eventually.js';
import {
  killAtEveryBoundary,
  scheduledActivities,
  startedActivities,
  type Boundary,
  type Moment,
} from '../support/kill-at-boundaries.js';
import { NightShift } from '../support/night-shift.js';
import { historiesFolder } from '../support/record-history.js';
import { stageContent } from '../support/staged-content.js';

const publishPath = (shift: NightShift): string => `/places/${shift.productionPlaceId}/versions`;

/** The activities that a run without faults schedules, in order: those of the recorded history. */
async function recordedBoundaries(name: string): Promise<string[]> {
  const { events } = JSON.parse(await readFile(path.join(historiesFolder, `${name}.json`), 'utf8')) as {
    events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
  };
  return events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [scheduled.activityType.name] : [],
  );
}

/** Every activity that the run scheduled was hit, and none of those that a run has without faults is missing. */
async function expectEveryBoundary(
  shift: NightShift,
  workflowId: string,
  killed: Boundary[],
  recorded: string,
): Promise<void> {
  const scheduled = await scheduledActivities(shift, workflowId);
  const inOrder = (boundaries: Boundary[]): number[] =>
    boundaries.map(({ id }) => Number(id)).sort((a, b) => a - b);
  // A publish that was lost is made anew, and that one is left to live: see `killAtEveryBoundary`.
  const [, madeAnew] = scheduled.filter(({ type }) => type === 'publishPlace');
  expect(inOrder(killed)).toEqual(inOrder(scheduled.filter((each) => each !== madeAnew)));
  const missing = [...killed];
  for (const type of await recordedBoundaries(recorded)) {
    const found = missing.findIndex((each) => each.type === type);
    expect(found, `${type} was not killed`).not.toBe(-1);
    missing.splice(found, 1);
  }
}

/** Place, ledger and entity tell the same story: each version is that of one intent, and the last one is live. */
async function expectOneStory(
  shift: NightShift,
  live: { version: number; sha256: string; tag: string },
  client: GraveshiftClient = shift.client,
): Promise<void> {
  const history = await shift.emulator.placeHistory(shift.productionPlaceId);
  expect(history.at(-1)).toMatchObject({ version: live.version, sha256: live.sha256, isPublished: true });
  const ledger = await createLedger({ url: shift.home.ledger });
  try {
    expect(await ledger.releases.live('emulator', shift.productionPlaceId)).toMatchObject({
      version: live.version,
      place: { sha256: live.sha256 },
    });
    const intents = await ledger.intents.list('emulator', shift.productionPlaceId);
    expect(intents.map(({ state, version }) => ({ state, version }))).toEqual(
      history.map(({ version }) => ({ state: 'landed', version })),
    );
    expect(await ledger.listRuns({ state: 'running', limit: 10 })).toEqual([]);
  } finally {
    await ledger.close();
  }
  const known = {
    live: { version: live.version, tag: live.tag },
    stable: { version: live.version },
    waiting: [],
  };
  await eventually(
    () => client.placeStatus('emulator', shift.productionPlaceId),
    (state) => state?.live?.version === live.version && state.holder === undefined,
  );
  expect(await client.placeStatus('emulator', shift.productionPlaceId)).toMatchObject(known);
}

function expectKept(result: DeployResult): Extract<DeployResult, { outcome: 'kept' }> {
  if (result.outcome !== 'kept') throw new Error(JSON.stringify(result));
  expect(result).toMatchObject({ proof: { verdict: 'pass' }, watch: { verdict: 'pass' } });
  return result;
}

const moments: Moment[] = ['before', 'after'];

describe.runIf(longTests)('a worker that dies at every activity', () => {
  it.concurrent.each(moments)('of a deploy, %s its effect', { timeout: 600_000 }, async (moment) => {
    await using shift = await startDeployShift({ worker: false });
    const staged = await stageContent(shift, 'lanterns');
    const id = await startDeploy(shift);
    const killed = await killAtEveryBoundary(shift, id, { workflowType: 'deploy', moment });

    await expectEveryBoundary(shift, id, killed, 'deploy-kept');
    const kept = expectKept(await resultOf<DeployResult>(shift, id));
    await expectOneStory(shift, { version: 1, sha256: staged.sha256, tag: kept.release.tag });
    const tags = await shift.git('tag', '--list', '--format=%(refname:short) %(*objectname)');
    expect(tags.split('\n').sort()).toEqual([`lanterns ${staged.commit}`, `v1.0.0 ${staged.commit}`]);
    expect(await shift.git('rev-parse', 'main')).toBe(staged.commit);
    const ledger = await createLedger({ url: shift.home.ledger });
    const production = (await ledger.listReleases({ project: 'village', environment: 'production' })).map(
      ({ manifest, releaseVersion, status }) => ({ manifest, releaseVersion, status }),
    );
    await ledger.close();
    expect(production).toEqual([
      { manifest: kept.release.manifest, releaseVersion: '1.0.0', status: 'stable' },
    ]);
  });

  it.concurrent.each(moments)('of a rollback, %s its effect', { timeout: 600_000 }, async (moment) => {
    await using shift = await startDeployShift();
    const good = await stageContent(shift, 'lanterns');
    const { release } = expectKept(await deployThrough(shift));
    const bad = await stageContent(shift, 'floorboards');
    expectKept(await deployThrough(shift, {}, 'deploy-bad'));

    const id = await startRollback(shift);
    const killed = await killAtEveryBoundary(shift, id, { workflowType: 'emergencyRollback', moment });

    await expectEveryBoundary(shift, id, killed, 'rollback-by-hand');
    const back = await resultOf<RollbackResult>(shift, id);
    expect(back).toMatchObject({ outcome: 'rolled-back', version: 3, proof: { verdict: 'pass' } });
    await expectOneStory(shift, { version: 3, sha256: good.sha256, tag: release.tag });
    for (const branch of ['main', 'graveshift/next']) {
      const subjects = (await shift.git('log', '--format=%s', `${bad.commit}..${branch}`)).split('\n');
      expect(subjects.filter((subject) => /^revert/i.test(subject))).toHaveLength(1);
      expect(await shift.git('ls-tree', '--name-only', branch, 'src/shared/')).not.toContain('floorboards');
    }
    const postMortems = await shift.git('ls-tree', '-r', '--name-only', 'main', 'docs/post-mortems/');
    expect(postMortems.split('\n')).toHaveLength(1);
  });
});

describe('a worker that dies while its publish is on its way', () => {
  it.concurrent('finds the version that landed without it', { timeout: 300_000 }, async () => {
    await using shift = await startDeployShift();
    const staged = await stageContent(shift, 'lanterns');
    const id = await startDeploy(shift);
    await awaitApproval(shift, id);
    const match = { method: 'POST', path: publishPath(shift) };
    await shift.emulator.injectFault({ match, kind: 'delay', delayMs: 1500 });
    await shift.client.decide(id, 'approve', { by: 'ben' });
    await eventually(
      () => shift.emulator.requests(),
      (requests) => requests.some((each) => each.method === 'POST' && each.path.includes(publishPath(shift))),
    );
    await shift.killWorker();
    expect((await startedActivities(shift, id)).map(({ type }) => type)).toEqual(['publishPlace']);
    expect(await shift.emulator.placeHistory(shift.productionPlaceId)).toEqual([]);
    await shift.startWorker();
    const kept = expectKept(await resultOf<DeployResult>(shift, id));
    await expectOneStory(shift, { version: 1, sha256: staged.sha256, tag: kept.release.tag });
  });
});

describe.runIf(longTests)('a Temporal server that dies', () => {
  it.concurrent(
    'during a deploy and during a rollback delays them; one that is lost takes nothing with it that a rebuild does not find',
    { timeout: 600_000 },
    async () => {
      const directory = await NightShift.temporaryDirectory();
      const start = (name: string, port: number | 'auto'): Promise<DevServer> =>
        startDevServer({
          executable: inject('temporalCli'),
          databaseFile: path.join(directory, `${name}.db`),
          logFile: path.join(directory, `${name}.log`),
          ports: { temporal: port },
          headless: true,
          env: process.env,
        });
      let server = await start('first', 'auto');
      const port = Number(server.address.split(':').at(-1));
      try {
        await using shift = await startDeployShift({ address: server.address });
        const untilRunning = (id: string, activity: string) =>
          eventually(
            () => startedActivities(shift, id),
            (running) => running.some(({ type }) => type === activity),
          );
        const killServer = async (id: string, activity: string): Promise<void> => {
          await untilRunning(id, activity);
          process.kill(server.pid, 'SIGKILL');
          await server.exited;
          server = await start('first', port);
        };
        const slowPublish = () =>
          shift.emulator.injectFault({
            match: { method: 'POST', path: publishPath(shift) },
            kind: 'delay',
            delayMs: 2000,
          });

        const good = await stageContent(shift, 'lanterns');
        const { release } = expectKept(await deployThrough(shift));
        await stageContent(shift, 'floorboards');
        const deployId = await startDeploy(shift, {}, 'deploy-bad');
        await approve(shift, deployId);
        await slowPublish();
        await killServer(deployId, 'publishPlace');
        await killServer(deployId, 'watchRelease');
        expectKept(await resultOf<DeployResult>(shift, deployId));

        await slowPublish();
        const rollbackId = await startRollback(shift);
        await killServer(rollbackId, 'publishPlace');
        const back = await resultOf<RollbackResult>(shift, rollbackId);
        expect(back).toMatchObject({ outcome: 'rolled-back', version: 3 });
        const live = { version: 3, sha256: good.sha256, tag: release.tag };
        await expectOneStory(shift, live);

        const place = { host: 'emulator', placeId: shift.productionPlaceId };
        await shift.client.tellPlace(place, 'freeze', { by: 'eva', reason: 'tournament' });
        await eventually(
          () => frozenIn(shift),
          (frozen) => frozen !== undefined,
        );
        await shift.killWorker();
        await server.stop();
        // Another cluster, which knows nothing; the same ledger.
        server = await start('second', 'auto');
        await shift.startWorker({ TEMPORAL_ADDRESS: server.address });
        const temporal = await connectClient(loadTemporalSettings({ TEMPORAL_ADDRESS: server.address }));
        try {
          const { target } = await findPlace(loadWorkerSettings(shift.env), {});
          const client = new GraveshiftClient(temporal.client, shift.taskQueue);
          expect(await client.placeStatus('emulator', shift.productionPlaceId)).toBeUndefined();
          await client.tellPlace(place, 'rebuild', { target });
          const { audit, frozen } = await eventually(
            async () => (await client.placeStatus('emulator', shift.productionPlaceId)) ?? { waiting: [] },
            (state) => state.audit !== undefined,
          );
          expect(frozen).toMatchObject({ by: 'eva', reason: 'tournament' });
          expect(audit).toMatchObject({ inStep: true, unrecorded: [], head: 3 });
          await expectOneStory(shift, live, client);
        } finally {
          await temporal.close();
        }
      } finally {
        await server.stop();
        await NightShift.removeDirectory(directory);
      }
    },
  );
});

async function frozenIn(shift: NightShift) {
  const ledger = await createLedger({ url: shift.home.ledger });
  try {
    return await ledger.places.frozen('emulator', shift.productionPlaceId);
  } finally {
    await ledger.close();
  }
}
