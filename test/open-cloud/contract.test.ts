import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { Ajv } from 'ajv';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CallName } from '../../src/adapters/open-cloud/index.js';
import { openCloudCalls } from '../../src/adapters/open-cloud/index.js';
import * as build from '../../src/adapters/open-cloud/requests.js';
import type { OpenCloudRequest } from '../../src/adapters/open-cloud/requests.js';
import { endpoints } from '../../src/emulator/endpoints.js';
import type { Stage } from './harness.js';
import { glbBytes, openStage, placeBytes } from './harness.js';

type Schema = Record<string, unknown>;
type Operation = {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  'x-roblox-scopes'?: { name: string }[];
  'x-roblox-rate-limits'?: { perApiKeyOwner?: { maxInPeriod: number } };
};
type Document = { paths: Record<string, Record<string, Operation>>; components: Schema };

/**
 * Where Open Cloud itself differs from its document, so that we do too. Each row is checked: one that the document
 * mends fails here, and goes.
 */
const knownErrors = {
  publishWithoutBody: 'publish: the document has no request body',
  publishText: 'publish: the answer is JSON and labelled text/plain',
  int64AsString: 'assets: int64 ids (assetId, userId, groupId) travel as strings',
  writeOnlyRequired: 'cloud/v2: templateRootPlace and templatePlace are required in answers, and write-only',
  introspectMissing: 'api-keys introspect is not in the document; the guide describes it',
  deliveryWithoutSchema: 'asset delivery: the answer has no schema',
} as const;

const documentPath =
  process.env.GRAVESHIFT_OPENAPI ?? resolve(import.meta.dirname, '../../../shared/opencloud/openapi.json');
const present = existsSync(documentPath);
if (!present) {
  console.warn(`Skipped: there is no OpenAPI document at ${documentPath}; name one in GRAVESHIFT_OPENAPI`);
}

describe.skipIf(!present)('the official OpenAPI document', () => {
  let document: Document;
  let stage: Stage;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });

  beforeAll(async () => {
    document = JSON.parse(readFileSync(documentPath, 'utf8')) as Document;
    stage = await openStage();
  });
  afterAll(() => stage.close());

  /** OpenAPI 3.0 says `nullable` where JSON Schema says a type of null; strings stand for int64 where asked. */
  function asJsonSchema(schema: unknown, int64AsString: boolean): unknown {
    if (Array.isArray(schema)) return schema.map((item) => asJsonSchema(item, int64AsString));
    if (schema === null || typeof schema !== 'object') return schema;
    const copy = Object.fromEntries(
      Object.entries(schema).map(([name, value]) => [name, asJsonSchema(value, int64AsString)]),
    );
    if (typeof copy.required === 'boolean') delete copy.required;
    if (int64AsString && copy.format === 'int64') return { type: ['integer', 'string'], pattern: '^[0-9]+$' };
    if (copy.nullable === true && typeof copy.type === 'string') copy.type = [copy.type, 'null'];
    return copy;
  }

  function problems(schema: Schema, value: unknown, int64AsString = false): string[] {
    const components = asJsonSchema(document.components, int64AsString);
    const validate = ajv.compile({ ...(asJsonSchema(schema, int64AsString) as Schema), components });
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) =>
      `${instancePath} ${message ?? ''}`.trim(),
    );
  }

  /** Parameters without their names: `{id}` here, `:id` in the emulator, where `::` stands for a colon. */
  const normal = (path: string) => path.replaceAll(/\{\w+\}|(?<=\/):\w+/g, '{}').replaceAll('::', ':');
  function operationOf(method: string, template: string): Operation | undefined {
    const path = Object.keys(document.paths).find((each) => normal(each) === normal(template));
    return path === undefined ? undefined : document.paths[path]?.[method.toLowerCase()];
  }

  const asset = { displayName: 'well', description: 'a well', creator: { type: 'user' as const, id: '1' } };
  const requests: Partial<Record<CallName, () => OpenCloudRequest>> = {
    publishPlace: () =>
      build.publishPlaceRequest(stage.universeId, stage.placeId, placeBytes('x'), 'Published'),
    listPlaceVersions: () => build.listPlaceVersionsRequest(stage.placeId, 10, undefined),
    locatePlaceVersion: () => build.locatePlaceVersionRequest(stage.placeId, 1),
    createAsset: () => build.createAssetRequest({ ...asset, glb: glbBytes() }),
    getUniverse: () => build.getUniverseRequest(stage.universeId),
    getPlace: () => build.getPlaceRequest(stage.universeId, stage.placeId),
  };

  const documented = Object.entries(openCloudCalls).filter(
    ([name]) => name !== 'introspectKey' && name !== 'downloadContent',
  );

  it.each(documented)(
    'has %s with our scopes and quota, and so has the emulator',
    (_, { method, path, scopes, perMinute }) => {
      const operation = operationOf(method, path);
      expect(operation).toBeDefined();
      expect((operation?.['x-roblox-scopes'] ?? []).map(({ name }) => name)).toEqual(scopes);
      expect(operation?.['x-roblox-rate-limits']?.perApiKeyOwner?.maxInPeriod).toBe(perMinute);
      const emulated = Object.values(endpoints).find(
        (endpoint) => endpoint.method === method && normal(endpoint.url) === normal(path),
      );
      expect(emulated).toMatchObject({ scopes, perMinute });
    },
  );

  it.each(Object.keys(requests) as CallName[])('accepts the query of %s', (name) => {
    const built = requests[name]!();
    const { method, path } = openCloudCalls[name];
    const parameters = operationOf(method, path)?.parameters ?? [];
    const url = new URL(built.path, 'http://localhost');
    for (const [key, value] of url.searchParams) {
      const parameter = parameters.find((each) => each.in === 'query' && each.name === key);
      expect(parameter, `query parameter ${key}`).toBeDefined();
      expect(
        problems(parameter!.schema, parameter!.schema.type === 'integer' ? Number(value) : value),
      ).toEqual([]);
    }
    const missing = parameters.filter(
      (each) => each.in === 'query' && each.required === true && !url.searchParams.has(each.name),
    );
    expect(missing).toEqual([]);
  });

  async function answerTo(built: OpenCloudRequest, key = stage.key) {
    const response = await request(new URL(built.path, stage.emulator.url), {
      method: built.method,
      headers: { ...built.headers, 'x-api-key': key },
      body: (built.body as Uint8Array | undefined) ?? null,
    });
    const text = await response.body.text();
    return {
      status: String(response.statusCode),
      mediaType: String(response.headers['content-type']).split(';')[0]!,
      text,
    };
  }
  const schemaOf = (name: CallName, status: string, mediaType: string) => {
    const { method, path } = openCloudCalls[name];
    return operationOf(method, path)?.responses[status]?.content?.[mediaType]?.schema;
  };

  it(`describes publishing, but for: ${knownErrors.publishWithoutBody}; ${knownErrors.publishText}`, async () => {
    const { method, path } = openCloudCalls.publishPlace;
    expect(operationOf(method, path)?.requestBody).toBeUndefined();
    const answer = await answerTo(requests.publishPlace!());
    expect(answer).toMatchObject({ status: '200', mediaType: 'text/plain' });
    expect(problems(schemaOf('publishPlace', '200', 'text/plain')!, answer.text)).toEqual([]);
    expect(JSON.parse(answer.text)).toEqual({ versionNumber: 1 });
  });

  it('describes the version history and its errors', async () => {
    const found = await answerTo(requests.listPlaceVersions!());
    expect(found.status).toBe('200');
    expect(problems(schemaOf('listPlaceVersions', '200', found.mediaType)!, JSON.parse(found.text))).toEqual(
      [],
    );
    const under = await stage.admin.createKey({ scopes: [] });
    for (const [key, status] of [
      ['wrong', '401'],
      [under, '403'],
    ] as const) {
      const refused = await answerTo(requests.listPlaceVersions!(), key);
      expect(refused.status).toBe(status);
      expect(
        problems(schemaOf('listPlaceVersions', status, refused.mediaType)!, JSON.parse(refused.text)),
      ).toEqual([]);
    }
    const bad = await answerTo({
      ...requests.listPlaceVersions!(),
      path: `/place-version-history-api/v1/${stage.placeId}/history?pageSize=x`,
    });
    expect(bad.status).toBe('400');
    expect(problems(schemaOf('listPlaceVersions', '400', bad.mediaType)!, JSON.parse(bad.text))).toEqual([]);
  });

  it(`describes assets, but for: ${knownErrors.int64AsString}`, async () => {
    const built = requests.createAsset!();
    const { method, path } = openCloudCalls.createAsset;
    const form = operationOf(method, path)!.requestBody!.content['multipart/form-data']!.schema;
    const metadata = /\r\n\r\n(\{.*\})\r\n/.exec(
      Buffer.from(built.body as Uint8Array).toString('latin1'),
    )![1]!;
    const sent = { request: JSON.parse(metadata) as unknown, fileContent: 'bytes' };
    expect(problems(form, sent, true)).toEqual([]);
    expect(problems(form, sent)).toEqual(['/request/creationContext/creator/userId must be integer']);

    const created = await answerTo(built);
    expect(
      problems(schemaOf('createAsset', '200', created.mediaType)!, JSON.parse(created.text), true),
    ).toEqual([]);
    stage.clock.advance(5_000);
    const operation = JSON.parse(created.text) as { path: string };
    const done = await answerTo(build.getOperationRequest(operation.path));
    expect(problems(schemaOf('getOperation', '200', done.mediaType)!, JSON.parse(done.text), true)).toEqual(
      [],
    );
    const { response } = JSON.parse(done.text) as { response: { assetId: string } };
    const read = await answerTo(build.getAssetRequest(response.assetId));
    expect(problems(schemaOf('getAsset', '200', read.mediaType)!, JSON.parse(read.text), true)).toEqual([]);
    expect(problems(schemaOf('getAsset', '200', read.mediaType)!, JSON.parse(read.text))).toContain(
      '/assetId must be integer',
    );

    const refused = await answerTo(build.createAssetRequest({ ...asset, glb: Buffer.from('no glb') }));
    expect(refused.status).toBe('400');
    expect(problems(schemaOf('createAsset', '400', refused.mediaType)!, JSON.parse(refused.text))).toEqual(
      [],
    );
  });

  it.each([
    ['getUniverse', "must have required property 'templateRootPlace'"],
    ['getPlace', "must have required property 'templatePlace'"],
  ] as const)(`describes %s, but for: ${knownErrors.writeOnlyRequired}`, async (name, problem) => {
    const answer = await answerTo(requests[name]!());
    expect(answer.status).toBe('200');
    expect(problems(schemaOf(name, '200', answer.mediaType)!, JSON.parse(answer.text))).toEqual([problem]);
  });

  it(`leaves out: ${knownErrors.introspectMissing}; ${knownErrors.deliveryWithoutSchema}`, () => {
    expect(operationOf('POST', openCloudCalls.introspectKey.path)).toBeUndefined();
    const { method, path } = openCloudCalls.locatePlaceVersion;
    expect(operationOf(method, path)?.responses['200']?.content).toBeUndefined();
  });
});
