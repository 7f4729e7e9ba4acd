import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { GraveshiftError } from '../../src/domain/failure.js';
import { fakeClock, openStage, placeBytes } from './harness.js';
import type { Stage } from './harness.js';
import { scriptedServer } from './scripted-server.js';
import type { Received, Reply } from './scripted-server.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(reply: (request: Received) => Reply) {
  const clock = fakeClock();
  const server = await scriptedServer(reply, clock);
  closing.push(server.close);
  return { ...server, clock };
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as GraveshiftError,
  );

describe('the game servers of the emulator', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
    await stage.admin.setFleet(stage.placeId, { servers: 3, playersPerServer: 10 });
    await stage.client.publishPlace(stage.universeId, stage.placeId, placeBytes('one'), 'Published');
  });
  afterEach(() => stage.close());

  it('are listed with version and players; a restart of the old ones is forecast, made and followed', async () => {
    const { client, universeId, placeId, clock } = stage;
    const before = await client.listGameServers(universeId, placeId, 1);
    expect(before.filter(({ status }) => status === 'active')).toHaveLength(3);
    expect(before[0]).toMatchObject({ placeVersion: 1, players: 10 });
    clock.advance(60_000);
    await client.publishPlace(universeId, placeId, placeBytes('two'), 'Published');
    expect(await client.forecastRestart(universeId)).toMatchObject([
      { placeId, playersImpacted: 30, serversImpacted: 3, serversTotal: 3, serversPerVersion: { 1: 3 } },
    ]);
    const restart = await client.restartServers(
      universeId,
      { [placeId]: { excludeCurrentVersion: true } },
      1,
    );
    expect(restart).toMatchObject({ players: 30, servers: 3 });
    expect(await client.listRestarts(universeId)).toMatchObject([
      { restartId: restart.restartId, places: { [placeId]: { state: 'delaying', serversLeft: 3 } } },
    ]);
    clock.advance(120_000);
    expect(await client.listRestarts(universeId)).toMatchObject([
      { places: { [placeId]: { state: 'succeeded', serversLeft: 0 } } },
    ]);
    const old = await client.listGameServers(universeId, placeId, 1);
    expect(new Set(old.map(({ status }) => status))).toEqual(new Set(['restarted']));
    expect(await client.listGameServers(universeId, placeId, 2)).toHaveLength(3);
  });

  it('are closed at once without a bleed-off', async () => {
    const { client, universeId, placeId, clock } = stage;
    clock.advance(1000);
    await client.restartServers(universeId, { [placeId]: { versions: [1] } }, 0);
    const [restart] = await client.listRestarts(universeId);
    expect(restart?.places[placeId]?.state).not.toBe('delaying');
    clock.advance(10_000);
    const [later] = await client.listRestarts(universeId);
    expect(later?.places[placeId]?.state).toBe('succeeded');
  });
});

describe('restarts', () => {
  const places = { '12345678901234567': { excludeCurrentVersion: true } as const };

  it.each([403, 404])(
    'go by cloud/v2 where the beta answers %s, and the bleed-off it got is said',
    async (status) => {
      const { client, received } = await serve(({ url }) =>
        url.pathname.startsWith('/server-management/')
          ? { status, body: { errors: [{ message: 'no' }] } }
          : { body: {} },
      );
      expect(await client.restartServers('1', places, 240)).toEqual({
        restartId: 'cloud-v2:bleed-off=60',
        players: 0,
        servers: 0,
      });
      expect(received.map(({ url }) => url.pathname)).toEqual([
        '/server-management/v1/universes/1/restarts',
        '/cloud/v2/universes/1:restartServers',
      ]);
      expect(JSON.parse(received[1]!.body)).toEqual({
        placeIds: ['12345678901234567'],
        closeAllVersions: false,
        bleedOffServers: true,
        bleedOffDurationMinutes: 60,
      });
    },
  );

  it('of certain versions do not: cloud/v2 would close others too', async () => {
    const { client, received } = await serve(() => ({ status: 403, body: {} }));
    const failure = await failureOf(client.restartServers('1', { '2': { versions: [5] } }, 0));
    expect(failure).toMatchObject({ kind: 'AccessDenied', details: { scopes: ['universe:write'] } });
    expect(received).toHaveLength(1);
    expect(JSON.parse(received[0]!.body)).toEqual({ places: { '2': { versions: [5] } } });
  });

  it('that broke off may have happened, and are not sent again', async () => {
    const { client, received } = await serve(() => ({ status: 500, body: {} }));
    expect(await failureOf(client.restartServers('1', places, 1))).toMatchObject({ kind: 'OutcomeUnknown' });
    expect(received).toHaveLength(1);
  });
});

describe('servers and their logs', () => {
  it('turn all pages, up to an empty, a null or a repeated token', async () => {
    for (const last of ['', null, 'a']) {
      const { client, received } = await serve(({ url }) => ({
        body: {
          gameServers: [
            {
              jobId: url.searchParams.get('PageToken') ?? 'first',
              placeVersion: '7',
              status: 'brand_new_status',
              createTime: '2026-01-01T00:00:00Z',
              frameRate: null,
              occupancy: 3,
            },
          ],
          nextPageToken: url.searchParams.has('PageToken') ? last : 'a',
        },
      }));
      expect(await client.listGameServers('1', '2', 7)).toEqual(
        ['first', 'a'].map((jobId) => ({
          jobId,
          placeVersion: 7,
          status: 'unspecified',
          createdAt: '2026-01-01T00:00:00Z',
          players: 3,
        })),
      );
      expect(received).toHaveLength(2);
    }
  });

  it('answer nothing where only a part of the fleet could be read', async () => {
    const { client } = await serve(() => ({ body: { gameServers: [], shutdownServersFetchError: true } }));
    const failure = await failureOf(client.listGameServers('1', '2', 7));
    expect(failure).toMatchObject({ kind: 'ServiceUnavailable' });
    expect(failure?.message).toContain('only a part');
  });

  it('read severities as numbers or names, count repeats, and answer the newest first', async () => {
    const { client, received } = await serve(() => ({
      body: {
        gameServerLogs: [
          { messageTimestampMs: '2026-01-01T00:00:01Z', severity: 1, message: 'joined', skippedCount: 0 },
          {
            messageTimestampMs: '2026-01-01T00:00:03Z',
            severity: 'Error',
            message: 'boom',
            stackTrace: 'a:1',
            skippedCount: 4,
          },
          { messageTimestampMs: '2026-01-01T00:00:02Z', severity: 2, message: 'slow' },
        ],
        nextPageToken: 'more',
      },
    }));
    expect(await client.listServerLogs('1', '2', 7, 'job', 3)).toEqual([
      { at: '2026-01-01T00:00:03Z', severity: 'error', message: 'boom', stackTrace: 'a:1', count: 5 },
      { at: '2026-01-01T00:00:02Z', severity: 'warning', message: 'slow', count: 1 },
      { at: '2026-01-01T00:00:01Z', severity: 'info', message: 'joined', count: 1 },
    ]);
    expect(received).toHaveLength(1);
    expect(received[0]!.url.searchParams.get('OrderBy')).toBe('messageTimestampMs desc');
  });
});

describe('a note beside a version', () => {
  it.each([
    [200, true],
    [403, false],
    [404, false],
  ])('answered %s: %s', async (status, expected) => {
    const { client, received } = await serve(() => ({ status, body: {} }));
    expect(await client.describePlaceVersion('2', 7, { title: 'v1.2.0', description: 'run' })).toBe(expected);
    expect(received[0]).toMatchObject({ method: 'POST', body: '{"title":"v1.2.0","description":"run"}' });
  });
});

describe('Team Create', () => {
  it('names who is there; where it is off nobody is; a refusal is a failure', async () => {
    const here = await serve(() => ({ body: '{"data":[{"id":9007199254740993,"name":"ada"}]}' }));
    expect(await here.client.listTeamCreateMembers('2')).toEqual([
      { userId: '9007199254740993', name: 'ada' },
    ]);
    const off = await serve(() => ({ status: 403, body: { errors: [{ code: 4, message: 'disabled' }] } }));
    expect(await off.client.listTeamCreateMembers('2')).toEqual([]);
    const no = await serve(() => ({ status: 403, body: { errors: [{ code: 2, message: 'no' }] } }));
    expect(await failureOf(no.client.listTeamCreateMembers('2'))).toMatchObject({ kind: 'AccessDenied' });
  });
});

it('a snapshot of the data stores may be asked for again', async () => {
  let asked = 0;
  const { client } = await serve(() => {
    asked += 1;
    return asked === 1
      ? { status: 503 }
      : { body: { newSnapshotTaken: false, latestSnapshotTime: '2026-01-01T00:00:00Z' } };
  });
  expect(await client.snapshotDataStores('1')).toEqual({ taken: false, latestAt: '2026-01-01T00:00:00Z' });
});

describe('Luau tasks', () => {
  const path = 'universes/1/places/2/versions/7/luau-execution-sessions/s-1/tasks/t-1';

  it('are made, asked and read; an unknown state is no end', async () => {
    const { client, received } = await serve(({ url, method }) => {
      if (url.pathname.endsWith('/logs')) {
        const second = url.searchParams.has('pageToken');
        return {
          body: {
            luauExecutionSessionTaskLogs: [{ messages: second ? ['three'] : ['one', 'two'] }],
            nextPageToken: second ? '' : 'next',
          },
        };
      }
      return method === 'POST'
        ? { body: { path, state: 'STATE_UNSPECIFIED' } }
        : { body: { path, state: 'FAILED', error: { code: 'SCRIPT_ERROR', message: 'boom' } } };
    });
    const task = await client.createLuauTask('1', '2', 7, { script: 'return 1', timeoutSeconds: 60 });
    expect(task).toEqual({ path, state: 'queued', results: [] });
    expect(JSON.parse(received[0]!.body)).toEqual({ script: 'return 1', timeout: '60s' });
    expect(await client.getLuauTask(path)).toEqual({
      path,
      state: 'failed',
      error: { code: 'SCRIPT_ERROR', message: 'boom' },
      results: [],
    });
    expect(await client.listLuauTaskLogs(path)).toEqual(['one', 'two', 'three']);
  });

  it('run on the emulator, against the version that they name', async () => {
    const stage = await openStage();
    closing.push(stage.close);
    const { client, universeId, placeId } = stage;
    await client.publishPlace(universeId, placeId, placeBytes(''), 'Saved');
    const script = 'print("hello") return 1 + 1, "two"';
    const made = await client.createLuauTask(universeId, placeId, 1, { script, timeoutSeconds: 10 });
    const ask = () => {
      stage.clock.advance(1000);
      return client.getLuauTask(made.path);
    };
    await expect
      .poll(ask, { timeout: 20_000, interval: 100 })
      .toMatchObject({ state: 'complete', results: [2, 'two'] });
    expect(await client.listLuauTaskLogs(made.path)).toEqual(['hello']);
  });

  it('are asked only by a path that names one', async () => {
    const { client, received } = await serve(() => ({ body: {} }));
    const failure = await failureOf(client.getLuauTask('universes/1/../../api-keys'));
    expect(failure).toMatchObject({ kind: 'InvalidInput' });
    expect(received).toEqual([]);
  });
});

describe('a metric', () => {
  const query = {
    metric: 'ClientCrashRate15m',
    granularity: 'OneMinute',
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-01T01:00:00Z',
    filters: [{ dimension: 'PlaceVersion', values: ['7'] }],
    breakdown: ['PlaceVersion'],
  } as const;
  const asked = {
    ...query,
    filters: [...query.filters.map((each) => ({ ...each, values: [...each.values] }))],
    breakdown: [...query.breakdown],
  };
  const values = [
    {
      breakdowns: [{ dimension: 'PlaceVersion', value: '7' }],
      dataPoints: [
        { time: '2026-01-01T00:00:00Z', value: 0.5 },
        { time: '2026-01-01T00:01:00Z', value: 0.5, status: 'NotStatisticallySignificant' },
        { time: '2026-01-01T00:02:00Z', value: 0.5, status: 'SomethingNew' },
      ],
    },
  ];

  it('is asked once and polled until it is done', async () => {
    let polls = 0;
    const { client, received, clock } = await serve(({ method }) => {
      const operation = 'universes/1/operations/metrics/op-1';
      if (method === 'POST') return { status: 202, body: { path: operation, done: false } };
      polls += 1;
      return polls < 3
        ? { status: 202, body: { done: false } }
        : { body: { done: true, response: { values } } };
    });
    expect(await client.queryMetric('1', asked)).toEqual([
      {
        breakdown: { PlaceVersion: '7' },
        points: [
          { at: '2026-01-01T00:00:00Z', value: 0.5, status: 'valid' },
          { at: '2026-01-01T00:01:00Z', value: 0.5, status: 'not-significant' },
          { at: '2026-01-01T00:02:00Z', value: 0.5, status: 'not-significant' },
        ],
      },
    ]);
    expect(received.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      'POST /analytics-query-api/v1/universes/1/metrics',
      ...Array.from({ length: 3 }, () => 'GET /analytics-query-api/v1/universes/1/operations/metrics/op-1'),
    ]);
    expect(clock.slept).toEqual([500, 1000, 2000]);
  });

  it('that is never done ends as a service that does not answer', async () => {
    const { client, clock } = await serve(() => ({
      status: 202,
      body: { path: 'operations/x', done: false },
    }));
    expect(await failureOf(client.queryMetric('1', asked))).toMatchObject({ kind: 'ServiceUnavailable' });
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(130_000);
  });
});

describe('configs', () => {
  const root = '/creator-configs-public-api/v1/configs/universes/1/repositories/InExperienceConfig';

  it('are read, drafted, published and restored', async () => {
    const { client, received } = await serve(({ method, url }) => {
      const route = `${method} ${url.pathname.slice(root.length)}`;
      switch (route) {
        case 'GET ':
          return { body: { metadata: { configVersion: 4 }, entries: { dark: true, speed: 16 } } };
        case 'GET /draft':
          return { body: { draftHash: 'h1', entries: { dark: { value: false }, gone: null } } };
        case 'PATCH /draft':
          return { body: { draftHash: 'h2' } };
        case 'POST /publish':
          return { body: { configVersion: 5 } };
        case 'POST /revisions/r4/restore':
          return { body: { draftHash: 'h3' } };
        default:
          return { status: 404, body: {} };
      }
    });
    expect(await client.getConfig('1')).toEqual({ version: 4, entries: { dark: true, speed: 16 } });
    expect(await client.getConfigDraft('1')).toEqual({ hash: 'h1', entries: { dark: false, gone: null } });
    expect(await client.updateConfigDraft('1', { entries: { dark: true }, draftHash: 'h1' })).toEqual({
      draftHash: 'h2',
    });
    expect(
      await client.publishConfig('1', { draftHash: 'h2', message: 'on', strategy: 'GradualRollout' }),
    ).toEqual({ version: 5 });
    expect(await client.restoreConfigRevision('1', 'r4')).toEqual({ draftHash: 'h3' });
    expect(received.map(({ body }) => body)).toEqual([
      '',
      '',
      '{"entries":{"dark":true},"draftHash":"h1"}',
      '{"draftHash":"h2","message":"on","deploymentStrategy":"GradualRollout"}',
      '{}',
    ]);
  });

  it('say that somebody else changed the draft', async () => {
    const { client } = await serve(() => ({ status: 409, body: { code: 'CONFLICT', message: 'hash' } }));
    const failure = await failureOf(client.updateConfigDraft('1', { entries: {}, draftHash: 'old' }));
    expect(failure).toMatchObject({ kind: 'DeploymentFailure', details: { status: 409 } });
    expect(failure?.message).toContain('read it again');
  });

  it('list their revisions newest first, page by page, also where a service ignores pages', async () => {
    const all = Array.from({ length: 5 }, (_, index) => ({
      revisionId: `r${String(index + 1)}`,
      version: index + 1,
      time: '2026-01-01T00:00:00Z',
      message: null,
    }));
    const paging = await serve(({ url }) => {
      const skip = Number(url.searchParams.get('Skip'));
      return { body: { revisions: [...all].reverse().slice(skip, skip + 2) } };
    });
    const revisions = await paging.client.listConfigRevisions('1', 4);
    expect(revisions.map(({ version }) => version)).toEqual([5, 4, 3, 2]);
    const ignoring = await serve(() => ({ body: { revisions: all } }));
    expect(await ignoring.client.listConfigRevisions('1', 50)).toHaveLength(5);
    expect(ignoring.received).toHaveLength(2);
  });
});

describe('assets', () => {
  it.each([
    ['a list', [{ path: 'assets/5/versions/1' }, { path: 'assets/5/versions/2' }]],
    [
      'a page',
      {
        assetVersions: [{ path: 'assets/5/versions/1' }, { path: 'assets/5/versions/2' }],
        nextPageToken: '',
      },
    ],
  ])('list their versions, answered as %s', async (_, body) => {
    const { client } = await serve(() => ({ body }));
    expect(await client.listAssetVersions('5', 10)).toEqual([{ version: 2 }, { version: 1 }]);
  });

  it('go back to a version by a form', async () => {
    const { client, received } = await serve(() => ({ body: { path: 'assets/5/versions/4' } }));
    expect(await client.rollbackAsset('5', 2)).toEqual({ version: 4 });
    expect(received[0]!.contentType).toMatch(/^multipart\/form-data; boundary=/);
    expect(received[0]!.body).toContain('name="assetVersion"\r\n\r\nassets/5/versions/2\r\n');
  });
});

it('a message is sent once, and its empty answer is enough', async () => {
  const { client, received } = await serve(() => ({}));
  await client.publishMessage('1', { topic: 'night', message: 'falls' });
  expect(received[0]).toMatchObject({ method: 'POST', body: '{"topic":"night","message":"falls"}' });
  const broken = await serve(() => ({ status: 502, body: '<html>' }));
  expect(await failureOf(broken.client.publishMessage('1', { topic: 'a', message: 'b' }))).toMatchObject({
    kind: 'OutcomeUnknown',
  });
  expect(broken.received).toHaveLength(1);
});
