import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';

import type { CallName } from '../../src/adapters/open-cloud/index.js';
import { openCloudCalls } from '../../src/adapters/open-cloud/index.js';
import * as build from '../../src/adapters/open-cloud/live-requests.js';
import type { OpenCloudRequest } from '../../src/adapters/open-cloud/requests.js';

type Schema = Record<string, unknown>;
type Operation = {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};
type Document = { paths: Record<string, Record<string, Operation>>; components: Schema };

const documentPath =
  process.env.GRAVESHIFT_OPENAPI ?? resolve(import.meta.dirname, '../../../shared/opencloud/openapi.json');

const task = 'universes/1/places/2/versions/7/luau-execution-sessions/s/tasks/t';
const requests = {
  describePlaceVersion: build.describePlaceVersionRequest('2', 7, { title: 'a', description: 'b' }),
  listTeamCreateMembers: build.listTeamCreateMembersRequest('2'),
  snapshotDataStores: build.snapshotDataStoresRequest('1'),
  forecastRestart: build.forecastRestartRequest('1'),
  restartServers: build.restartServersRequest('1', { '2': { excludeCurrentVersion: true } }, 240),
  restartUniverse: build.restartUniverseRequest('1', ['2'], 60),
  listRestarts: build.listRestartsRequest('1'),
  listGameServers: build.listGameServersRequest('1', '2', 7, 'next'),
  listServerLogs: build.listServerLogsRequest(
    { universeId: '1', placeId: '2', version: 7, jobId: 'job' },
    100,
    'next',
  ),
  createLuauTask: build.createLuauTaskRequest('1', '2', 7, { script: 'return 1', timeoutSeconds: 300 }),
  getLuauTask: build.getLuauTaskRequest(task),
  listLuauTaskLogs: build.listLuauTaskLogsRequest(task, 'next'),
  queryMetric: build.queryMetricRequest('1', {
    metric: 'ClientCrashRate15m',
    granularity: 'OneMinute',
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-01T01:00:00Z',
    filters: [{ dimension: 'PlaceVersion', values: ['7'] }],
    breakdown: ['PlaceVersion'],
  }),
  getMetricOperation: build.getMetricOperationRequest('1', 'universes/1/operations/metrics/op'),
  getConfig: build.getConfigRequest('1'),
  getConfigDraft: build.getConfigDraftRequest('1'),
  updateConfigDraft: build.updateConfigDraftRequest('1', { entries: { dark: true }, draftHash: 'h' }),
  publishConfig: build.publishConfigRequest('1', {
    draftHash: 'h',
    message: 'on',
    strategy: 'GradualRollout',
  }),
  listConfigRevisions: build.listConfigRevisionsRequest('1', 50, 0),
  restoreConfigRevision: build.restoreConfigRevisionRequest('1', 'r'),
  listAssetVersions: build.listAssetVersionsRequest('5', 50, 'next'),
  rollbackAsset: build.rollbackAssetRequest('5', 2),
  publishMessage: build.publishMessageRequest('1', { topic: 'a', message: 'b' }),
} satisfies Partial<Record<CallName, OpenCloudRequest>>;

/** Where a request differs from the document on purpose; one that the document mends fails here, and goes. */
const knownDifferences: Partial<Record<CallName, string[]>> = {
  // int64 ids travel as strings, as protobuf's JSON has them: a number would lose digits.
  restartUniverse: ['/placeIds/0 must be integer'],
  // The document has no body here; services of this family answer 415 to a POST without one.
  restoreConfigRevision: ['no body is described'],
};

describe.skipIf(!existsSync(documentPath))('the official OpenAPI document', () => {
  const document = existsSync(documentPath)
    ? (JSON.parse(readFileSync(documentPath, 'utf8')) as Document)
    : { paths: {}, components: {} };
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });

  /** OpenAPI 3.0 says `nullable` where JSON Schema says a type of null. */
  function asJsonSchema(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map(asJsonSchema);
    if (schema === null || typeof schema !== 'object') return schema;
    const copy = Object.fromEntries(
      Object.entries(schema).map(([name, value]) => [name, asJsonSchema(value)]),
    );
    if (typeof copy.required === 'boolean') delete copy.required;
    if (copy.nullable === true && typeof copy.type === 'string') copy.type = [copy.type, 'null'];
    delete copy.nullable;
    return copy;
  }

  function problems(schema: Schema, value: unknown): string[] {
    const validate = ajv.compile({
      ...(asJsonSchema(schema) as Schema),
      components: asJsonSchema(document.components),
    });
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) =>
      `${instancePath} ${message ?? ''}`.trim(),
    );
  }

  function operationOf(call: CallName): Operation {
    const { method, path } = openCloudCalls[call];
    const normal = (template: string) => template.replaceAll(/\{\w+\}/g, '{}');
    const found = Object.keys(document.paths).find((each) => normal(each) === normal(path));
    return document.paths[found ?? '']![method.toLowerCase()]!;
  }

  function bodyProblems(operation: Operation, { headers, body }: OpenCloudRequest): string[] {
    if (body === undefined) return operation.requestBody === undefined ? [] : ['a body is described'];
    if (operation.requestBody === undefined) return ['no body is described'];
    const [mediaType = ''] = (headers['content-type'] ?? '').split(';');
    const text = Buffer.from(body as Uint8Array).toString('utf8');
    const sent: unknown =
      mediaType === 'multipart/form-data'
        ? Object.fromEntries(
            [...text.matchAll(/name="(\w+)"\r\n\r\n(.*)\r\n/g)].map(([, name, value]) => [name, value]),
          )
        : JSON.parse(text);
    const described = operation.requestBody.content[mediaType];
    return described === undefined ? [`${mediaType} is not described`] : problems(described.schema, sent);
  }

  it.each(Object.entries(requests) as [CallName, OpenCloudRequest][])(
    'accepts the query and the body of %s',
    (call, request) => {
      const operation = operationOf(call);
      const url = new URL(request.path, 'http://localhost');
      for (const [name, value] of url.searchParams) {
        const parameter = operation.parameters?.find((each) => each.in === 'query' && each.name === name);
        expect(parameter, `query parameter ${name}`).toBeDefined();
        const typed = parameter!.schema.type === 'integer' ? Number(value) : value;
        expect(problems(parameter!.schema, typed)).toEqual([]);
      }
      expect(url.pathname).not.toContain('%7B');
      expect(bodyProblems(operation, request)).toEqual(knownDifferences[call] ?? []);
    },
  );
});
