import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseErrorBody } from '../../src/adapters/open-cloud/error-body.js';
import { parseJson } from '../../src/adapters/open-cloud/json.js';
import { retryDelay } from '../../src/adapters/open-cloud/retry.js';
import { operationSchema, versionHistorySchema } from '../../src/adapters/open-cloud/wire.js';

describe('error bodies', () => {
  it.each([
    ['gateway', '{"errors":[{"code":0,"message":"Invalid API Key"}]}', 'Invalid API Key', '0'],
    ['status', '{"code":"NOT_FOUND","message":"No such place"}', 'No such place', 'NOT_FOUND'],
    ['status', '{"error":{"code":5,"message":"gone"}}', 'gone', '5'],
    ['operation', '{"code":403,"error":"INSUFFICIENT_SCOPE","message":"no"}', 'no', 'INSUFFICIENT_SCOPE'],
    ['operation', '{"error":"INTERNAL","message":null}', 'INTERNAL', 'INTERNAL'],
    ['text', 'Invalid file\n content.', 'Invalid file content.', undefined],
    ['text', '"quoted"', 'quoted', undefined],
    ['text', '{"unheard":"of"}', '{"unheard":"of"}', undefined],
    [
      'html',
      '<!DOCTYPE html><html><title>502 Bad\nGateway</title>',
      'a page of HTML titled "502 Bad Gateway"',
      undefined,
    ],
    ['empty', ' ', 'no body', undefined],
  ])('reads the shape %s', (shape, body, message, code) => {
    expect(parseErrorBody(body)).toEqual({ shape, message, ...(code === undefined ? {} : { code }) });
  });

  it('reads problem details with their fields and trace', () => {
    const body =
      '{"type":"about:blank","title":"Invalid","status":400,"errors":{"versionType":["is wrong"]},"traceId":"00-ab"}';
    expect(parseErrorBody(body)).toEqual({
      shape: 'problem',
      message: 'Invalid; versionType: is wrong',
      requestId: '00-ab',
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(parseErrorBody(body).message.length).toBeLessThanOrEqual(350);
      }),
    );
  });
});

describe('ids', () => {
  it('keeps every int64 exactly, and changes no other JSON', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }), (id) => {
        expect(parseJson(`{"a":[${String(id)}],"b":"x ${String(id)}, 1"}`)).toEqual({
          a: [String(id)],
          b: `x ${String(id)}, 1`,
        });
      }),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}/.test(text));
        expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('reads what live services answer, though the reference says otherwise', () => {
    expect(
      operationSchema.parse({
        path: 'operations/1',
        operationId: '1',
        done: true,
        response: {
          assetId: '9007199254740995',
          moderationResult: { moderationState: 'MODERATION_STATE_APPROVED' },
        },
      }),
    ).toEqual({
      path: 'operations/1',
      done: true,
      asset: { assetId: '9007199254740995', moderation: 'approved' },
    });
    for (const nextCursor of ['', null, undefined]) {
      expect(versionHistorySchema.parse({ nextCursor, placeVersions: null })).toEqual({
        nextCursor: undefined,
        placeVersions: [],
      });
    }
  });
});

describe('waits', () => {
  const answer = (status: number, headers: Record<string, string>) => ({
    answer: { status, headers, body: Buffer.alloc(0) },
  });
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each([
    ['the largest reset', { 'x-ratelimit-reset': '3, 41,7', 'retry-after': '5' }, 41_000],
    ['seconds', { 'retry-after': '5' }, 5_000],
    ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, 9_000],
    ['a window at most', { 'retry-after': '86400' }, 65_000],
    ['its own measure without headers', {}, 500],
  ])('after a 429 are %s', (_, headers, delay) => {
    expect(retryDelay('reconcilable', answer(429, headers), 1, 0, now)).toBe(delay);
  });

  it('are bounded in number and in sum', () => {
    expect(retryDelay('safe', answer(503, {}), 6, 0, now)).toBeUndefined();
    expect(retryDelay('safe', answer(429, { 'retry-after': '60' }), 3, 120_000, now)).toBeUndefined();
  });
});
