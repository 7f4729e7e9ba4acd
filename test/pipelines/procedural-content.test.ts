import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createLedger } from '../../src/adapters/ledger/index.js';
import { readPlace } from '../../src/adapters/rojo/index.js';
import type { ProceduralContentResult } from '../../src/workflows/procedural-content.js';
import { NightShift } from '../support/night-shift.js';
import { recordHistory } from '../support/record-history.js';

type Staged = Extract<ProceduralContentResult, { outcome: 'staged' }>;

const grove = {
  contentType: 'forest',
  id: 'grove',
  variationCount: 3,
  without: ['stump'],
  area: { width: 256, depth: 192, origin: { x: 300, y: 0, z: 0 } },
  rules: ['dead-tree spacing 8', 'keep clear 60 60 within 20'],
};

describe('proceduralContent, from its request to staging', () => {
  let shift: NightShift;

  beforeAll(async () => {
    shift = await NightShift.start({ config: (config) => (config.approvals = { before: 'production' }) });
  });
  afterAll(async () => shift[Symbol.asyncDispose]());

  const run = async (input: unknown, name: string) => {
    const { workflowId } = await shift.client.start('proceduralContent', input, {
      workflowId: shift.id(name),
    });
    return { workflowId, end: await shift.client.end(workflowId) };
  };

  async function expectNothingSpent(): Promise<void> {
    expect(await shift.git('branch', '--list', 'graveshift/*')).toBe('');
    // The key is introspected by a POST: that reads, and changes nothing.
    const writes = (await shift.emulator.requests()).filter(
      ({ method, path }) => method !== 'GET' && !path.endsWith('/introspect'),
    );
    expect(writes).toEqual([]);
    const ledger = await createLedger({ url: shift.home.ledger });
    try {
      expect(await ledger.listRuns({ limit: 10 })).toEqual([]);
    } finally {
      await ledger.close();
    }
  }

  it('refuses what contradicts itself, and what cannot be laid out, before anything is spent', async () => {
    const contradiction = { ...grove, streaming: { radius: 200, unloadRadius: 50 } };
    const { end } = await run(contradiction, 'contradiction');
    expect(end).toMatchObject({ outcome: 'failed', kind: 'InvalidInput' });
    expect(end).toHaveProperty('reason', expect.stringContaining('streaming.unloadRadius: got 50'));

    const typo = await run({ contentType: 'forrest' }, 'typo');
    expect(typo.end).toMatchObject({ outcome: 'failed', kind: 'InvalidInput' });

    const rooms = {
      contentType: 'dungeon-rooms',
      area: { width: 128, depth: 128 },
      rules: ['hall', 'store', 'vault'].flatMap((first) =>
        ['hall', 'store', 'vault'].map((second) => `${first} never beside ${second}`),
      ),
    };
    const unsolvable = await run(rooms, 'unsolvable');
    expect(unsolvable.end).toMatchObject({ outcome: 'failed', kind: 'InvalidInput' });
    expect(unsolvable.end).toHaveProperty('reason', expect.stringContaining('cannot be kept with seed 1'));
    await expectNothingSpent();
  });

  it('ends with the plan when only that was asked for', async () => {
    const { end } = await run({ ...grove, dryRun: true }, 'plan');
    expect(end).toMatchObject({ outcome: 'succeeded', result: { outcome: 'planned', content: 'grove' } });
    await expectNothingSpent();
  });

  it('commits, builds, plays and stages it, with its map', { timeout: 180_000 }, async () => {
    const { workflowId, end } = await run(grove, 'content-grove');
    if (end.outcome !== 'succeeded') throw new Error(JSON.stringify(end));
    const staged = end.result as Staged;
    await recordHistory(shift, workflowId, 'procedural-content-staged');
    expect(staged).toMatchObject({
      outcome: 'staged',
      project: 'village',
      content: 'grove',
      tag: 'content-grove',
      assets: 3,
    });

    expect(await shift.git('rev-parse', 'content-grove^{commit}', 'graveshift/next')).toBe(
      `${staged.commit}\n${staged.commit}`,
    );
    const message = await shift.git('log', '-1', '--format=%B', staged.commit);
    expect(message).toMatch(/^feat\(content-grove\): add procedural content grove/);
    expect(message).toMatch(/placements of 3 variations/);
    expect(await shift.git('show', `${staged.commit}:docs/content/grove.svg`)).toMatch(
      /^<svg .*rules checked, all hold/s,
    );

    const history = await shift.emulator.placeHistory(shift.project.placeId);
    expect(history).toHaveLength(1);
    const place = await createFileArtifactStore({ directory: shift.home.store }).get({
      sha256: staged.placeSha256,
    });
    const paths = readPlace(place).map((instance) => instance.path);
    expect(paths.some((path) => path.endsWith('GraveshiftContent/Content/grove/Config'))).toBe(true);

    const ledger = await createLedger({ url: shift.home.ledger });
    try {
      const record = await ledger.findRun(staged.runId);
      expect(record).toMatchObject({
        state: 'succeeded',
        pipeline: 'proceduralContent',
        subject: 'content:grove',
      });
    } finally {
      await ledger.close();
    }
    const progress = await shift.client.progress(staged.runId);
    expect(progress).toMatchObject({ state: 'succeeded', percent: 100, attention: [] });
    expect(await readFile(shift.workerLog, 'utf8')).not.toContain('Unhandled');
  });
});
