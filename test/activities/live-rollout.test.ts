import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import { watchPolicySchema } from '../../src/domain/watch.js';
import { openStage, type Stage } from '../open-cloud/harness.js';
import { inActivity, intentOf, liveActivities, placeWith, publish, targetOf } from './live-fixtures.js';

const oldPlace = placeWith({ Module: 'return 1' });
const newPlace = placeWith({ Module: 'return 2' });
const policy = watchPolicySchema.parse({});

let stage: Stage;
let ledger: Ledger;
beforeEach(async () => {
  stage = await openStage();
  ledger = await createLedger({ url: join(stage.folder, 'ledger.db') });
});
afterEach(async () => {
  await ledger.close();
  await stage.close();
});

const activities = () => liveActivities(stage, { intents: ledger.intents });

/** Four servers on version 1, and version 2 published by a run that recorded it. */
async function release(): Promise<number> {
  await stage.admin.setFleet(stage.placeId, { servers: 4, playersPerServer: 10 });
  const before = await publish(stage, oldPlace);
  stage.clock.advance(60_000);
  const intent = intentOf(stage, newPlace);
  await ledger.intents.record(intent, before);
  const version = await publish(stage, newPlace);
  await ledger.intents.mark(intent.runId, intent.place.sha256, 'landed', version);
  stage.clock.advance(1000);
  return version;
}

const restarts = async () =>
  (await stage.admin.requests()).filter(({ method, path }) => method === 'POST' && path.endsWith('/restarts'))
    .length;

const prove = (version: number, minutes: number, details?: unknown) =>
  inActivity(
    () =>
      activities().proveRollout({
        target: targetOf(stage),
        intent: intentOf(stage, newPlace),
        version,
        minutes,
      }),
    details,
  );

describe('before production', () => {
  it('it is said whom a restart hits', async () => {
    await release();
    const { forecast } = await activities().prepareProduction({
      target: targetOf(stage),
      snapshot: false,
      policy,
    });
    expect(forecast).toEqual({ players: 40, servers: 4 });
  });
});

describe('the snapshot of the data stores', () => {
  it('is taken once a day, however often it is asked for', async () => {
    const snapshot = async () =>
      (await activities().prepareProduction({ target: targetOf(stage), snapshot: true, policy })).snapshot;
    const first = await snapshot();
    expect(first?.taken).toBe(true);
    expect(await snapshot()).toEqual({ taken: false, latestAt: first?.latestAt });
  });
});

describe('a restart of old servers', () => {
  it('is asked for once, also when the call is made again', async () => {
    const version = await release();
    const ask = () =>
      activities().restartOldServers({ target: targetOf(stage), version, bleedOffMinutes: 5 });
    expect(await ask()).toEqual({ servers: 4, players: 40 });
    expect(await ask()).toMatchObject({ servers: 4 });
    expect(await restarts()).toBe(1);
    stage.clock.advance(10 * 60_000);
    expect(await ask()).toEqual({ servers: 0, players: 0 });
    expect(await restarts()).toBe(1);
  });

  it('is looked for when its answer was lost', async () => {
    const version = await release();
    await stage.admin.injectFault({
      match: { method: 'POST', path: '/restarts$' },
      kind: 'cut-after',
    });
    const ask = activities().restartOldServers({ target: targetOf(stage), version, bleedOffMinutes: 5 });
    expect(await ask).toMatchObject({ servers: 4 });
    expect(await restarts()).toBe(1);
  });

  it('of an earlier version, which still goes on, does not stand for this one', async () => {
    await stage.admin.setFleet(stage.placeId, { servers: 2 });
    await publish(stage, oldPlace);
    stage.clock.advance(1000);
    const target = targetOf(stage);
    const second = await publish(stage, newPlace);
    stage.clock.advance(1000);
    await activities().restartOldServers({ target, version: second, bleedOffMinutes: 60 });
    stage.clock.advance(1000);
    const third = await publish(stage, placeWith({ Module: 'return 3' }));
    stage.clock.advance(1000);
    await activities().restartOldServers({ target, version: third, bleedOffMinutes: 0 });
    expect(await restarts()).toBe(2);
  });
});

describe('the proof of a roll-out', () => {
  it('waits until the last server of an old version is gone', async () => {
    const version = await release();
    const target = targetOf(stage);
    await activities().restartOldServers({ target, version, bleedOffMinutes: 5 });
    const { result } = await prove(version, 20);
    expect(result).toMatchObject({ verdict: 'pass', oldServers: [], unrecorded: [] });
    expect(stage.clock.slept.length).toBeGreaterThan(3);
  });

  it('names the servers that are left when its time is over', async () => {
    const version = await release();
    const { result, kept } = await prove(version, 2);
    expect(result.verdict).toBe('inconclusive');
    expect(result.oldServers).toHaveLength(4);
    expect(result.findings[0]).toMatch(/^server \S+ runs version 1$/);
    // The time that an attempt before has waited counts.
    stage.clock.slept.length = 0;
    await prove(version, 2, kept[0]);
    expect(stage.clock.slept).toEqual([]);
  });

  it('fails when somebody published after us, and says what nobody recorded', async () => {
    const version = await release();
    const stranger = await publish(stage, placeWith({ Module: 'return "studio"' }));
    const { result } = await prove(version, 20);
    expect(result).toMatchObject({ verdict: 'fail', unrecorded: [stranger] });
    expect(result.summary).toContain(`version ${stranger} is, by user`);
  });

  it('is refused for what was never recorded', async () => {
    await publish(stage, oldPlace);
    await expect(prove(1, 1)).rejects.toMatchObject({ kind: 'DeploymentFailure' });
  });
});
