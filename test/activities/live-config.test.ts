import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openStage, type Stage } from '../open-cloud/harness.js';
import { liveActivities, targetOf } from './live-fixtures.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const set = (values: Record<string, unknown>, runId = 'run-1') =>
  liveActivities(stage).setConfig({ target: targetOf(stage), runId, values, strategy: 'Immediate' });
const entries = async () => (await stage.client.getConfig(stage.universeId)).entries;

describe('an in-experience config', () => {
  it('is published once, and put back to what it was', async () => {
    const first = await set({ night: 3, dark: true });
    expect(first).toMatchObject({ previous: { night: null, dark: null }, changed: true });
    expect(await entries()).toEqual({ night: 3, dark: true });
    const second = await set({ night: 4 }, 'run-2');
    expect(second).toMatchObject({ previous: { night: 3 }, changed: true });
    await set(second.previous, 'run-2');
    await set(first.previous);
    expect(await entries()).toEqual({});
  });

  it('says what it was before also when the answer of the publish was lost', async () => {
    await set({ night: 3 });
    const done = await set({ night: 4 }, 'run-2');
    expect(await set({ night: 4 }, 'run-2')).toEqual(done);
    expect(await set({ night: 4 }, 'run-3')).toEqual({
      version: done.version,
      previous: { night: 4 },
      changed: false,
    });
    await stage.admin.injectFault({ match: { method: 'POST', path: '/publish$' }, kind: 'cut-after' });
    expect(await set({ night: 5 }, 'run-4')).toMatchObject({ previous: { night: 4 }, changed: true });
    expect(await entries()).toEqual({ night: 5 });
  });

  it('is not published together with what somebody else has in the draft', async () => {
    const { hash } = await stage.client.getConfigDraft(stage.universeId);
    const theirs = { entries: { price: 5 }, draftHash: hash };
    await stage.client.updateConfigDraft(stage.universeId, theirs);
    await expect(set({ night: 3 })).rejects.toMatchObject({
      kind: 'DeploymentFailure',
      message: expect.stringContaining('it changes price') as string,
    });
    expect(await entries()).toEqual({});
  });
});
