import { join } from 'node:path';

import { Dom } from 'rbx-dom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createEmulator } from '../../src/emulator/index.js';
import type { Stage } from './harness.js';
import { openStage } from './harness.js';
import { publish, rawCall } from './raw-call.js';

type ServerRow = {
  jobId: string;
  placeVersion: string;
  status: string;
  createTime: string;
  uptime: string;
  frameRate: number | null;
  memoryUsageBytes: number;
  occupancy: number;
  terminationTime: string | null;
};

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const versionPath = (version: number) =>
  `/server-management/v1/universes/${stage.universeId}/places/${stage.placeId}/versions/${version}/game-servers`;
const restartsPath = () => `/server-management/v1/universes/${stage.universeId}/restarts`;

async function servers(version: number, query = 'MaxPageSize=100'): Promise<ServerRow[]> {
  const answer = await rawCall(stage, 'GET', `${versionPath(version)}?${query}`);
  expect(answer.status).toBe(200);
  return (answer.json as { gameServers: ServerRow[] }).gameServers;
}
const running = async (version: number) =>
  (await servers(version)).filter(({ status }) => status === 'active');

async function restartState(restartId: string) {
  const { restartStatuses } = (await rawCall(stage, 'GET', restartsPath())).json as {
    restartStatuses: Record<string, { placeRestartStatuses: Record<string, Record<string, unknown>> }>;
  };
  return restartStatuses[restartId]?.placeRestartStatuses[stage.placeId];
}

const place = (source: string) =>
  new Dom({
    className: 'DataModel',
    children: [
      {
        className: 'ServerScriptService',
        name: 'ServerScriptService',
        children: [{ className: 'Script', name: 'Main', properties: { Source: source } }],
      },
    ],
  }).toBinary();

describe('game servers', () => {
  it('wait for the first published version, and stay on theirs when another one is published', async () => {
    await stage.admin.setFleet(stage.placeId, { servers: 3, playersPerServer: 7 });
    await publish(stage, 'saved', 'Saved');
    expect(await servers(1)).toEqual([]);
    const first = await publish(stage, 'a');
    stage.clock.advance(60_000);
    const second = await publish(stage, 'b');
    stage.clock.advance(60_000);
    expect(await running(first)).toHaveLength(3);
    expect(await servers(second)).toEqual([]);
    expect((await servers(first))[0]).toMatchObject({
      placeVersion: String(first),
      status: 'active',
      uptime: '00:02:00',
      frameRate: 60,
      occupancy: 7,
      terminationTime: null,
    });
  });

  it('have no frame rate while they are fresh', async () => {
    await publish(stage, 'a');
    await stage.admin.setFleet(stage.placeId, { servers: 1 });
    expect((await servers(1))[0]?.frameRate).toBeNull();
    stage.clock.advance(26 * 3_600_000);
    expect((await servers(1))[0]).toMatchObject({ frameRate: 60, uptime: '1.02:00:00' });
  });

  it('come in pages, sorted and filtered', async () => {
    await publish(stage, 'a');
    await stage.admin.setFleet(stage.placeId, { servers: 30 });
    const first = (await rawCall(stage, 'GET', versionPath(1))).json as Record<string, unknown>;
    expect(first).toMatchObject({ totalCount: 30, nextPageToken: '25', previousPageToken: null });
    const rest = (await rawCall(stage, 'GET', `${versionPath(1)}?PageToken=25`)).json as Record<
      string,
      unknown
    >;
    expect(rest).toMatchObject({ nextPageToken: null });
    expect(rest.gameServers).toHaveLength(5);
    const jobs = (await servers(1, 'MaxPageSize=100&OrderBy=jobId%20desc')).map(({ jobId }) => jobId);
    expect(jobs).toEqual([...jobs].sort().reverse());
    expect(new Set(jobs).size).toBe(30);
    const filter = encodeURIComponent('status in ["crashed"] && occupancy >= 0');
    expect(await servers(1, `Filter=${filter}`)).toEqual([]);
    expect((await rawCall(stage, 'GET', `${versionPath(1)}?Filter=status`)).status).toBe(400);
  });

  it('close when there are to be fewer of them, and no job comes twice', async () => {
    await publish(stage, 'a');
    await stage.admin.setFleet(stage.placeId, { servers: 3 });
    stage.clock.advance(1_000);
    await stage.admin.setFleet(stage.placeId, { servers: 1 });
    expect((await servers(1)).map(({ status }) => status).sort()).toEqual([
      'active',
      'shut_down',
      'shut_down',
    ]);
    await stage.admin.setFleet(stage.placeId, { servers: 2 });
    const jobs = (await servers(1)).map(({ jobId }) => jobId);
    expect(new Set(jobs).size).toBe(4);
  });
});

describe('a restart', () => {
  beforeEach(async () => {
    await publish(stage, 'a');
    await stage.admin.setFleet(stage.placeId, { servers: 4, playersPerServer: 5 });
    stage.clock.advance(1_000);
    await publish(stage, 'b');
    stage.clock.advance(1_000);
  });

  it('is forecast, waits for the bleed-off, closes the old servers and starts as many on the newest version', async () => {
    const forecast = await rawCall(stage, 'GET', `${restartsPath()}:forecast`);
    expect(
      (forecast.json as { placeForecasts: Record<string, unknown> }).placeForecasts[stage.placeId],
    ).toMatchObject({
      playersImpacted: 20,
      totalPlayers: 20,
      instancesImpacted: 4,
      totalInstances: 4,
      playersPerVersion: { '1': 20 },
      instancesPerVersion: { '1': 4 },
    });
    const launched = await rawCall(stage, 'POST', restartsPath(), {
      bleedOffDurationMinutes: 2,
      places: { [stage.placeId]: { excludeCurrentVersion: true } },
    });
    const { id } = launched.json as { id: string };
    expect(launched.json).toEqual({ id, playersImpacted: 20, instancesImpacted: 4 });
    stage.clock.advance(119_000);
    expect(await restartState(id)).toMatchObject({
      state: 'DELAYING',
      remainingInstances: 4,
      remainingPlayers: 20,
    });
    stage.clock.advance(3_000);
    const during = await restartState(id);
    expect(during).toMatchObject({
      state: 'RESTARTING',
      totalInstances: 4,
      remainingInstances: 3,
      endTime: null,
    });
    stage.clock.advance(4_000);
    expect(await restartState(id)).toMatchObject({
      state: 'SUCCEEDED',
      remainingInstances: 0,
      latestVersion: '2',
    });
    expect((await servers(1)).map(({ status }) => status)).toEqual(Array(4).fill('restarted'));
    expect(await running(2)).toHaveLength(4);
  });

  it('takes no time where the admin says so, and leaves other versions alone', async () => {
    await stage.admin.configure({ bleedOffScale: 0 });
    const launch = (versions: number[]) =>
      rawCall(stage, 'POST', restartsPath(), {
        bleedOffDurationMinutes: 60,
        places: { [stage.placeId]: { versions } },
      });
    expect((await launch([2])).json).toMatchObject({ instancesImpacted: 0 });
    expect(await running(1)).toHaveLength(4);
    const { id } = (await launch([1])).json as { id: string };
    expect(await running(2)).toHaveLength(4);
    expect(await restartState(id)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('by cloud/v2 closes servers of old versions at once', async () => {
    const answer = await rawCall(stage, 'POST', `/cloud/v2/universes/${stage.universeId}:restartServers`, {});
    expect([answer.status, answer.json]).toEqual([200, {}]);
    stage.clock.advance(5_000);
    expect(await running(2)).toHaveLength(4);
    expect((await stage.admin.requests()).at(-2)?.path).toContain(':restartServers');
  });

  it('is refused without a body, with both filters, and for a place of another universe', async () => {
    expect((await rawCall(stage, 'POST', restartsPath())).status).toBe(415);
    const both = { places: { [stage.placeId]: { versions: [1], excludeCurrentVersion: true } } };
    expect((await rawCall(stage, 'POST', restartsPath(), both)).status).toBe(400);
    expect((await rawCall(stage, 'POST', restartsPath(), { places: { '1': {} } })).status).toBe(400);
    expect((await rawCall(stage, 'POST', restartsPath(), { bleedOffDurationMinutes: 241 })).status).toBe(400);
  });
});

describe('a behaviour', () => {
  it('of a content crashes its servers, again and again, until another version is published', async () => {
    await stage.admin.setFleet(stage.placeId, { servers: 2, playersPerServer: 4 });
    await stage.admin.setBehaviour(stage.placeId, {
      containing: 'error("doom")',
      crashAfterMs: 30_000,
      frameRate: 12,
      memoryBytes: 3_000_000_000,
      logs: [{ severity: 'error', message: 'doom', stackTrace: 'Main, line 1', afterMs: 20_000 }],
    });
    await publish(stage, place('print("fine")'));
    stage.clock.advance(300_000);
    expect(await running(1)).toHaveLength(2);
    await publish(stage, place('error("doom")'));
    await stage.admin.configure({ bleedOffScale: 0 });
    await rawCall(stage, 'POST', restartsPath(), {});
    stage.clock.advance(25_000);
    const [sick] = await running(2);
    expect(sick).toMatchObject({ frameRate: 12, memoryUsageBytes: 3_000_000_000 });
    const logs = await rawCall(stage, 'GET', `${versionPath(2)}/${sick!.jobId}/logs`);
    expect((logs.json as { gameServerLogs: unknown[] }).gameServerLogs).toMatchObject([
      { severity: 3, message: 'doom', stackTrace: 'Main, line 1', placeVersion: '2' },
    ]);
    stage.clock.advance(45_000);
    expect((await servers(2)).map(({ status }) => status).sort()).toEqual([
      'active',
      'active',
      ...Array<string>(4).fill('crashed'),
    ]);
    await publish(stage, place('print("mended")'));
    stage.clock.advance(30_000);
    expect(await running(3)).toHaveLength(2);
  });

  it('that crashes for a week is told in an instant, and the same after a restart of the emulator', async () => {
    await publish(stage, 'a');
    await stage.admin.setFleet(stage.placeId, { servers: 2 });
    await stage.admin.setBehaviour(stage.placeId, {
      version: 1,
      crashAfterMs: 100,
      crashesAs: 'out_of_memory',
    });
    stage.clock.advance(7 * 86_400_000 + 50);
    const before = await servers(1);
    expect(before.filter(({ status }) => status === 'out_of_memory').length).toBeGreaterThan(30);
    const newest = before.find(({ status }) => status === 'active');
    expect(Date.parse(newest!.createTime)).toBe(stage.clock.now() - 50);
    const again = await createEmulator({ stateFile: join(stage.folder, 'state.json'), clock: stage.clock });
    const answer = await rawCall(
      { emulator: again, key: stage.key },
      'GET',
      `${versionPath(1)}?MaxPageSize=100`,
    );
    await again.close();
    expect((answer.json as { gameServers: unknown }).gameServers).toEqual(before);
  });

  it('changes nothing that was before it', async () => {
    await publish(stage, 'a');
    await stage.admin.setFleet(stage.placeId, { servers: 1 });
    stage.clock.advance(3_600_000);
    await stage.admin.setBehaviour(stage.placeId, { crashAfterMs: 1_000 });
    expect(await running(1)).toHaveLength(1);
    stage.clock.advance(1_500);
    expect((await servers(1)).map(({ status }) => status)).toEqual(['active', 'crashed']);
    await stage.admin.clearBehaviours(stage.placeId);
    stage.clock.advance(3_600_000);
    expect((await servers(1)).map(({ status }) => status)).toEqual(['active', 'crashed']);
  });
});
