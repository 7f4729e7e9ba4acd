import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createLedger } from '../../src/adapters/ledger/index.js';
import { readPlace } from '../../src/adapters/rojo/index.js';
import type { FeatureResult } from '../../src/workflows/feature.js';
import { NightShift } from '../support/night-shift.js';
import { recordHistory } from '../support/record-history.js';

type Staged = Extract<FeatureResult, { outcome: 'staged' }>;

const words = 'a shop where players buy candles with coins, and three red doors';
const name = 'shop-candle-and-1-more';

describe('feature, from words to staging', () => {
  let shift: NightShift;
  let first: Staged;

  beforeAll(async () => {
    shift = await NightShift.start({ config: (config) => (config.approvals = { before: 'production' }) });
    const { workflowId } = await shift.client.start(
      'feature',
      { request: words, requestedBy: 'mara' },
      { workflowId: shift.id('feature') },
    );
    const end = await shift.client.end(workflowId);
    if (end.outcome !== 'succeeded') throw new Error(JSON.stringify(end));
    first = end.result as Staged;
    await recordHistory(shift, workflowId, 'feature-staged');
  });

  /** Everything but reading; the key's own description is read by a POST. */
  async function changingRequests(): Promise<string[]> {
    const requests = await shift.emulator.requests();
    return requests
      .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/introspect'))
      .map(({ method, path }) => `${method} ${path}`);
  }

  afterAll(async () => shift[Symbol.asyncDispose]());

  it('says what it understood, and commits it with tag and trailers', async () => {
    expect(first).toMatchObject({ outcome: 'staged', feature: name, tag: `feature-${name}` });
    expect(first.summary.join('\n')).toMatch(/shop-candle: shop of Shopkeeper[\s\S]*door-red: door: 3 red/);
    const message = await shift.git('log', '-1', '--format=%B', first.commit);
    expect(message).toMatch(new RegExp(`^feat\\(${name}\\): add ${name}`));
    expect(message).toContain(`Graveshift-Run: ${first.runId}`);
    expect(await shift.git('rev-parse', `feature-${name}^{commit}`, 'graveshift/next')).toBe(
      `${first.commit}\n${first.commit}`,
    );
  });

  it('publishes a place that holds both, after every gate and a play of each', async () => {
    const history = await shift.emulator.placeHistory(shift.project.placeId);
    expect(history).toHaveLength(1);
    expect(first.staging).toEqual({ placeId: shift.project.placeId, version: history[0]!.version });
    const place = await createFileArtifactStore({ directory: shift.home.store }).get({
      sha256: first.placeSha256,
    });
    const paths = readPlace(place).map((instance) => instance.path);
    for (const id of ['shop-candle', 'door-red']) {
      expect(paths.some((path) => path.endsWith(`GraveshiftFeatures/Features/${id}/Config`))).toBe(true);
    }
    expect(paths.some((path) => path.endsWith('GraveshiftFeatures/ShopWindow'))).toBe(true);

    const ledger = await createLedger({ url: shift.home.ledger });
    try {
      const run = await ledger.findRun(first.runId);
      expect(run).toMatchObject({ state: 'succeeded', pipeline: 'feature', subject: `feature:${name}` });
      expect(run?.requestedBy).toBe('mara');
    } finally {
      await ledger.close();
    }
    const { steps } = await shift.client.progress(first.runId);
    expect(steps.find(({ id }) => id === 'play')?.note).toMatch(/2/);
  });

  it('ends with the plan where only that is asked for, and spends nothing', async () => {
    await shift.emulator.clearRequests();
    const { workflowId } = await shift.client.start(
      'feature',
      { request: 'a leaderboard of the ten richest players', dryRun: true },
      { workflowId: shift.id('feature-plan') },
    );
    expect(await shift.client.end(workflowId)).toMatchObject({
      outcome: 'succeeded',
      result: { outcome: 'planned', feature: 'leaderboard-coins', costUsd: 0 },
    });
    expect(await changingRequests()).toEqual([]);
  });

  it('refuses what it does not understand, says what can be asked for, and spends nothing', async () => {
    await shift.emulator.clearRequests();
    const { workflowId } = await shift.client.start(
      'feature',
      { request: 'pets that follow you' },
      { workflowId: shift.id('feature-pets') },
    );
    const end = await shift.client.end(workflowId);
    expect(end).toMatchObject({ outcome: 'failed', kind: 'InvalidInput' });
    expect((end as { reason: string }).reason).toContain('ask for one of: collectible');
    expect(await changingRequests()).toEqual([]);
    expect(await shift.git('rev-parse', 'graveshift/next')).toBe(first.commit);
  });
});
