import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createLedger } from '../../src/adapters/ledger/index.js';
import { readPlace } from '../../src/adapters/rojo/index.js';
import { placeWorkflowId } from '../../src/domain/place.js';
import type { HorrorNightResult } from '../../src/workflows/horror-night.js';
import { NightShift } from '../support/night-shift.js';
import { recordHistory } from '../support/record-history.js';

type Staged = Extract<HorrorNightResult, { outcome: 'staged' }>;

describe('horrorNight, from start to staging', () => {
  let shift: NightShift;
  let first: Staged;

  beforeAll(async () => {
    shift = await NightShift.start({
      config: (config) => (config.approvals = { before: 'production' }),
      meshes: 'to-make',
      env: { GRAVESHIFT_PLAY_NIGHTS: '1' },
    });
    const { workflowId } = await shift.client.start(
      'horrorNight',
      { night: 1 },
      { workflowId: shift.id('night-1') },
    );
    const end = await shift.client.end(workflowId);
    if (end.outcome !== 'succeeded') throw new Error(JSON.stringify(end));
    first = end.result as Staged;
    await recordHistory(shift, workflowId, 'horror-night-staged');
    await recordHistory(shift, `${workflowId}/environment-1`, 'asset-batch-environment');
    await recordHistory(shift, placeWorkflowId('emulator', shift.project.placeId), 'place-one-lease');
  });

  afterAll(async () => shift[Symbol.asyncDispose]());

  it('commits once, on the staging branch, with the tag and its trailers', async () => {
    expect(first).toMatchObject({ outcome: 'staged', project: 'village', night: 1, tag: 'night-1' });
    expect(await shift.git('rev-parse', 'night-1^{commit}', 'graveshift/next')).toBe(
      `${first.commit}\n${first.commit}`,
    );
    expect(await shift.git('rev-list', '--count', 'main..graveshift/next')).toBe('1');
    const message = await shift.git('log', '-1', '--format=%B', first.commit);
    expect(message).toMatch(/^feat\(night-1\): /);
    expect(message).toContain(`Graveshift-Run: ${first.runId}`);
    expect(message).toMatch(/Graveshift-Change: [0-9a-f]{64}/);
    expect(await shift.git('branch', '--list', 'graveshift/*', '--format=%(refname:short)')).toBe(
      'graveshift/next',
    );
  });

  it('publishes one version, whose bytes hold the night', async () => {
    const history = await shift.emulator.placeHistory(shift.project.placeId);
    expect(history).toHaveLength(1);
    expect(first.staging).toEqual({ placeId: shift.project.placeId, version: history[0]!.version });
    const place = await createFileArtifactStore({ directory: shift.home.store }).get({
      sha256: first.placeSha256,
    });
    const paths = readPlace(place).map((instance) => instance.path);
    const map = paths.find((path) => path.endsWith('Graveshift/Nights/Night1/Map'));
    expect(map).toBeDefined();
  });

  it('leaves a ledger that says what was done, by whom and how long it took', async () => {
    const ledger = await createLedger({ url: shift.home.ledger });
    try {
      const run = await ledger.findRun(first.runId);
      expect(run).toMatchObject({
        state: 'succeeded',
        pipeline: 'horrorNight',
        project: 'village',
        subject: 'night:1',
      });
      expect(run?.steps.map(({ id }) => id)).toContain('stage');
      const releases = await ledger.listReleases({ project: 'village', environment: 'staging' });
      expect(releases).toHaveLength(1);
    } finally {
      await ledger.close();
    }
  });

  it('shows a finished run, found by any of its names', async () => {
    const progress = await shift.client.progress(first.runId);
    expect(progress).toMatchObject({ state: 'succeeded', percent: 100, attention: [], ignored: [] });
    expect(await shift.client.describe(first.runId)).toMatchObject({
      workflowId: shift.id('night-1'),
      state: 'succeeded',
      night: 1,
      environment: 'staging',
    });
  });

  it('makes the next night on top of it, and finds the meshes of the season in the store', async () => {
    const { workflowId } = await shift.client.start(
      'horrorNight',
      { night: 2 },
      { workflowId: shift.id('night-2') },
    );
    const end = await shift.client.end(workflowId);
    expect(end).toMatchObject({ outcome: 'succeeded', result: { outcome: 'staged', tag: 'night-2' } });
    const second = (end as { result: Staged }).result;
    expect(second.reused).toBeGreaterThan(0);
    expect(await shift.git('rev-parse', 'graveshift/next~1')).toBe(first.commit);
    expect(await shift.emulator.placeHistory(shift.project.placeId)).toHaveLength(2);
  });

  it('uploads nothing again that the lock file knows, even where the ledger was lost', async () => {
    await shift.killWorker();
    await shift.startWorker({ GRAVESHIFT_LEDGER: path.join(shift.directory, 'new-ledger.db') });
    await shift.emulator.clearRequests();
    const { workflowId } = await shift.client.start(
      'horrorNight',
      { night: 3 },
      { workflowId: shift.id('night-3') },
    );
    const end = await shift.client.end(workflowId);
    expect(end).toMatchObject({ outcome: 'succeeded' });
    const { assets, reused } = (end as { result: Staged }).result;
    const creates = (await shift.emulator.requests()).filter(
      ({ method, path: url }) => method === 'POST' && url === '/assets/v1/assets',
    );
    expect(reused).toBeGreaterThan(0);
    expect(creates).toHaveLength(assets - reused);
  });
});
