import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { Ajv } from 'ajv';
import { Dom } from 'rbx-dom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { endpoints } from '../../src/emulator/endpoints.js';
import type { Stage } from './harness.js';
import { glbBytes, openStage } from './harness.js';
import { publish, rawCall } from './raw-call.js';

type Schema = Record<string, unknown>;
type Content = Record<string, { schema: Schema }>;
type Operation = {
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
  'x-roblox-scopes'?: { name: string }[];
  'x-roblox-rate-limits'?: { perApiKeyOwner?: { maxInPeriod: number } };
};
type Document = { paths: Record<string, Record<string, Operation>>; components: Schema };

/** Where the document cannot be right, each with a test. */
const knownErrors = {
  int64AsString: 'assets: int64 ids (userId, groupId) travel as strings',
  versionsWithoutToken: 'assets: the list of versions is an array, which has no place for a page token',
  errorsWithoutMember: 'configs: an error has no member that could say what is wrong',
  messageWithoutContent: 'publishMessage: the answer has no content',
} as const;

const documentPath =
  process.env.GRAVESHIFT_OPENAPI ?? resolve(import.meta.dirname, '../../../shared/opencloud/openapi.json');
const present = existsSync(documentPath);
if (!present) {
  console.warn(`Skipped: there is no OpenAPI document at ${documentPath}; name one in GRAVESHIFT_OPENAPI`);
}

type EndpointName = keyof typeof endpoints;
const outside: EndpointName[] = [
  'publish',
  'delivery',
  'createAsset',
  'operation',
  'asset',
  'universe',
  'place',
  'history',
];
const live = (Object.keys(endpoints) as EndpointName[]).filter((name) => !outside.includes(name));

describe.skipIf(!present)('the official OpenAPI document, on what a deploy needs', () => {
  let document: Document;
  let stage: Stage;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });

  beforeAll(async () => {
    document = JSON.parse(readFileSync(documentPath, 'utf8')) as Document;
    stage = await openStage({ luauQueueDelayMs: 0 });
    const place = new Dom({
      className: 'DataModel',
      children: [{ className: 'Workspace', name: 'Workspace' }],
    });
    await publish(stage, place.toBinary());
    await stage.admin.setFleet(stage.placeId, { servers: 2, playersPerServer: 3 });
    await stage.admin.setBehaviour(stage.placeId, {
      logs: [{ severity: 'error', message: 'x', stackTrace: 'y' }],
    });
    stage.clock.advance(60_000);
  });
  afterAll(() => stage.close());

  function asJsonSchema(schema: unknown, int64AsString: boolean): unknown {
    if (Array.isArray(schema)) return schema.map((item) => asJsonSchema(item, int64AsString));
    if (schema === null || typeof schema !== 'object') return schema;
    const copy = Object.fromEntries(
      Object.entries(schema).map(([name, value]) => [name, asJsonSchema(value, int64AsString)]),
    );
    if (typeof copy.required === 'boolean') delete copy.required;
    if (int64AsString && copy.format === 'int64') return { type: ['integer', 'string'], pattern: '^[0-9]+$' };
    // `allOf` beside `nullable` is how the document writes a reference that may be null.
    if (copy.nullable === true && copy.allOf !== undefined)
      return { anyOf: [{ allOf: copy.allOf }, { type: 'null' }] };
    if (copy.nullable === true && typeof copy.type === 'string') copy.type = [copy.type, 'null'];
    delete copy.nullable;
    return copy;
  }

  function problems(schema: Schema | undefined, value: unknown, int64AsString = false): string[] {
    expect(schema, 'a schema').toBeDefined();
    const components = asJsonSchema(document.components, int64AsString);
    const validate = ajv.compile({ ...(asJsonSchema(schema, int64AsString) as Schema), components });
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) =>
      `${instancePath} ${message ?? ''}`.trim(),
    );
  }

  /** Parameters are what stands between slashes and colons; a verb stays. */
  const normal = (path: string) => path.replaceAll(/\{\w+\}|(?<=\/):\w+/g, '{}');
  function operationOf(name: EndpointName): Operation | undefined {
    const { method, url } = endpoints[name];
    const path = Object.keys(document.paths).find((each) => normal(each) === normal(url));
    return path === undefined ? undefined : document.paths[path]?.[method.toLowerCase()];
  }
  const requestSchema = (name: EndpointName) =>
    operationOf(name)?.requestBody?.content['application/json']?.schema;
  const responseSchema = (name: EndpointName, status: number) =>
    operationOf(name)?.responses[String(status)]?.content?.['application/json']?.schema;

  const fill = (name: EndpointName, more: Record<string, string> = {}) => {
    const values: Record<string, string> = {
      universeId: stage.universeId,
      placeId: stage.placeId,
      version: '1',
      versionNumber: '1',
      repository: 'InExperienceConfig',
      ...more,
    };
    return endpoints[name].url.replaceAll(
      /(?<=\/):(\w+)/g,
      (_, parameter: string) => values[parameter] ?? '',
    );
  };

  /** Calls, and checks what is sent and what is answered against the document. */
  async function checked(
    name: EndpointName,
    {
      body,
      params,
      query = '',
      status = 200,
    }: { body?: unknown; params?: Record<string, string>; query?: string; status?: number } = {},
  ): Promise<unknown> {
    if (body !== undefined && status < 300) expect(problems(requestSchema(name), body)).toEqual([]);
    const answer = await rawCall(stage, endpoints[name].method, `${fill(name, params)}${query}`, body);
    expect([answer.status, answer.text]).toEqual([status, expect.anything()]);
    expect(problems(responseSchema(name, status), answer.json)).toEqual([]);
    return answer.json;
  }

  it.each(live)("has %s with the emulator's scopes and quota", (name) => {
    const operation = operationOf(name);
    expect(operation).toBeDefined();
    expect((operation?.['x-roblox-scopes'] ?? []).map((scope) => scope.name)).toEqual(endpoints[name].scopes);
    expect(operation?.['x-roblox-rate-limits']?.perApiKeyOwner?.maxInPeriod).toBe(endpoints[name].perMinute);
  });

  it('describes game servers, their logs and restarts', async () => {
    const { gameServers } = (await checked('gameServers')) as { gameServers: { jobId: string }[] };
    expect(gameServers).toHaveLength(2);
    const params = { jobId: gameServers[0]!.jobId };
    expect((await checked('gameServerLogs', { params })) as object).toMatchObject({
      gameServerLogs: [{ message: 'x' }],
    });
    await checked('forecastRestart');
    await checked('launchRestart', {
      body: { bleedOffDurationMinutes: 1, places: { [stage.placeId]: { excludeCurrentVersion: true } } },
    });
    await checked('launchRestart', { body: { places: { [stage.placeId]: { versions: [1] } } } });
    await checked('restarts');
    await checked('launchRestart', { body: { bleedOffDurationMinutes: 0 }, status: 400 });
    await checked('restarts', { params: { universeId: '1' }, status: 403 });
    await checked('restartServers', { body: { bleedOffServers: true, bleedOffDurationMinutes: 1 } });
  });

  it('describes Luau tasks and their logs', async () => {
    const script = 'print("hello") return { answer = 42 }';
    for (const name of ['createLuauTask', 'createLuauTaskOfVersion'] as const) {
      const { path } = (await checked(name, { body: { script, timeout: '30s' } })) as { path: string };
      const [, sessionId = '', taskId = ''] =
        /luau-execution-sessions\/([^/]+)\/tasks\/(.+)$/.exec(path) ?? [];
      const params = { sessionId, taskId };
      let task: unknown;
      do task = await checked('luauTask', { params, query: '?view=FULL' });
      while ((task as { state: string }).state === 'PROCESSING');
      expect(task).toMatchObject({ state: 'COMPLETE', output: { results: [{ answer: 42 }] } });
      expect(await checked('luauTaskLogs', { params })).toMatchObject({
        luauExecutionSessionTaskLogs: [{ messages: ['hello'] }],
      });
      await checked('luauTaskLogs', { params, query: '?view=STRUCTURED' });
    }
  });

  it('describes analytics, at once and by operation', async () => {
    const body = {
      metric: 'PeakConcurrentPlayers',
      granularity: 'OneMinute',
      startTime: new Date(stage.clock.now() - 60_000).toISOString(),
      endTime: new Date(stage.clock.now() + 60_000).toISOString(),
      breakdown: ['PlaceVersion'],
      filter: [{ dimension: 'PlaceVersion', operation: 'In', values: ['1'] }],
    };
    const answered = (await checked('queryMetrics', { body })) as {
      response: { values: { breakdowns: unknown[]; dataPoints: { value: number }[] }[] };
    };
    expect(answered.response.values[0]).toMatchObject({
      breakdowns: [{ dimension: 'PlaceVersion', value: '1' }],
      dataPoints: [
        { value: 6, status: 'Valid' },
        { value: 6, status: 'Valid' },
      ],
    });
    await stage.admin.configure({ analyticsDelayMs: 1_000 });
    await stage.admin.setMetric(stage.universeId, 'ClientCrashRate15m', {
      value: 9,
      status: 'NotStatisticallySignificant',
    });
    const asked = { ...body, metric: 'ClientCrashRate15m', breakdown: [] };
    const pending = (await checked('queryMetrics', { body: asked, status: 202 })) as {
      path: string;
      done: boolean;
    };
    const params = { operationId: pending.path.split('/').at(-1)! };
    await checked('metricOperation', { params, status: 202 });
    stage.clock.advance(1_000);
    const done = (await checked('metricOperation', { params })) as typeof answered;
    expect(done.response.values[0]?.dataPoints[0]).toMatchObject({
      value: 9,
      status: 'NotStatisticallySignificant',
    });
    await stage.admin.configure({ analyticsDelayMs: 0 });
    await checked('queryMetrics', { body: { metric: 'x' }, status: 400 });
    await checked('metricOperation', { params: { operationId: 'none' }, status: 404 });
  });

  it(`describes configs, but for: ${knownErrors.errorsWithoutMember}`, async () => {
    const { draftHash } = (await checked('configDraft')) as { draftHash: string };
    const staged = (await checked('updateConfigDraft', {
      body: { draftHash, entries: { night: 7, dark: true } },
    })) as {
      draftHash: string;
    };
    await checked('updateConfigDraft', { body: { draftHash, entries: { night: 8 } }, status: 400 });
    await checked('configDraft');
    const publishing = {
      draftHash: staged.draftHash,
      message: 'night 7',
      deploymentStrategy: 'GradualRollout',
    };
    expect(await checked('publishConfig', { body: publishing })).toEqual({ configVersion: 1 });
    expect(await stage.admin.configRollout(stage.universeId)).toEqual({ version: 1, share: 0 });
    stage.clock.advance(7.5 * 60_000);
    expect(await stage.admin.configRollout(stage.universeId)).toEqual({ version: 1, share: 0.5 });
    expect(await checked('config')).toMatchObject({ entries: { night: 7, dark: true } });
    const overwritten = (await checked('overwriteConfigDraft', { body: { entries: { night: 8 } } })) as {
      draftHash: string;
    };
    await checked('publishConfig', { body: { draftHash: overwritten.draftHash } });
    expect(await checked('config')).toMatchObject({ metadata: { configVersion: 2 }, entries: { night: 8 } });
    const { revisions } = (await checked('configRevisions', { query: '?MaxPageSize=5' })) as {
      revisions: { revisionId: string; version: number }[];
    };
    expect(revisions.map(({ version }) => version)).toEqual([2, 1]);
    const { revisionId } = revisions[1]!;
    await checked('restoreConfigRevision', { params: { revisionId } });
    expect(await checked('config')).toMatchObject({ entries: { night: 8 } });
    await checked('publishConfig', { body: {} });
    expect(await checked('config')).toMatchObject({ entries: { night: 7, dark: true } });
    await checked('restoreConfigRevision', { params: { revisionId: 'none' }, status: 404 });
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`key${index}`, index]));
    expect(await checked('updateConfigDraft', { body: { entries: many }, status: 400 })).toEqual({});
  });

  it(`describes what goes with a publish, but for: ${knownErrors.messageWithoutContent}`, async () => {
    expect(await checked('snapshotDataStores', { body: {} })).toMatchObject({ newSnapshotTaken: true });
    const again = (await checked('snapshotDataStores', { body: {} })) as { newSnapshotTaken: boolean };
    expect(again.newSnapshotTaken).toBe(false);
    stage.clock.advance(86_400_000);
    expect(await checked('snapshotDataStores', { body: {} })).toMatchObject({ newSnapshotTaken: true });

    const note = { title: 'Night 7', description: 'run 1' };
    expect(await checked('describeVersion', { body: note })).toMatchObject({
      placeVersion: { hasNotes: true },
    });
    const history = await rawCall(stage, 'GET', `/place-version-history-api/v1/${stage.placeId}/history`);
    expect((history.json as { placeVersions: unknown[] }).placeVersions).toMatchObject([note]);
    await checked('describeVersion', { body: note, params: { version: '9' }, status: 400 });

    await stage.admin.openTeamCreate(stage.placeId, [{ id: '77', name: 'Builder' }]);
    expect(await checked('teamCreateMembers', { query: '?limit=100' })).toMatchObject({
      data: [{ id: 77, name: 'Builder' }],
    });
    await stage.admin.openTeamCreate(stage.placeId, []);
    expect(await checked('teamCreateMembers')).toEqual({ data: [] });

    const message = { topic: 'restart', message: 'soon' };
    expect(problems(requestSchema('publishMessage'), message)).toEqual([]);
    const sent = await rawCall(stage, 'POST', fill('publishMessage'), message);
    expect([sent.status, sent.text]).toEqual([200, '']);
    expect(responseSchema('publishMessage', 200)).toBeUndefined();
    expect(await stage.admin.messages(stage.universeId)).toMatchObject([message]);
    const long = await rawCall(stage, 'POST', fill('publishMessage'), {
      topic: 'x'.repeat(81),
      message: 'x',
    });
    expect(long.status).toBe(400);
  });

  it(`describes asset versions, but for: ${knownErrors.int64AsString}; ${knownErrors.versionsWithoutToken}`, async () => {
    const form = new FormData();
    const asset = {
      assetType: 'Model',
      displayName: 'well',
      description: '',
      creationContext: { creator: { userId: '1' } },
    };
    form.set('request', JSON.stringify(asset));
    form.set('fileContent', new Blob([glbBytes()], { type: 'model/gltf-binary' }), 'well.glb');
    const post = async (path: string, body: FormData) => {
      const answer = await fetch(new URL(path, stage.emulator.url), {
        method: 'POST',
        body,
        headers: { 'x-api-key': stage.key },
      });
      return { status: answer.status, json: await answer.json() };
    };
    const { path } = (await post('/assets/v1/assets', form)).json as { path: string };
    stage.clock.advance(10_000);
    const made = (await rawCall(stage, 'GET', `/assets/v1/${path}`)).json as {
      response: { assetId: string };
    };
    const params = { assetId: made.response.assetId };

    const back = new FormData();
    back.set('assetVersion', `assets/${params.assetId}/versions/1`);
    const rolled = await post(fill('rollbackAsset', params), back);
    expect(rolled).toMatchObject({ status: 200, json: { path: `assets/${params.assetId}/versions/2` } });
    expect(problems(responseSchema('rollbackAsset', 200), rolled.json, true)).toEqual([]);
    const listed = await rawCall(stage, 'GET', fill('assetVersions', params));
    expect(problems(responseSchema('assetVersions', 200), listed.json, true)).toEqual([]);
    expect(problems(responseSchema('assetVersions', 200), listed.json)).toContain(
      '/0/creationContext/creator/userId must be integer',
    );
    expect(listed.json).toHaveLength(2);
    back.set('assetVersion', `assets/${params.assetId}/versions/9`);
    expect((await post(fill('rollbackAsset', params), back)).status).toBe(404);
  });
});
