import { gunzipSync } from 'node:zlib';

import type { Dispatcher } from 'undici';
import { z } from 'zod';

import { GraveshiftError } from '../../domain/failure.js';
import type { CallName } from './calls.js';
import { describeCall } from './calls.js';
import type { Clock } from './clock.js';
import { systemClock } from './clock.js';
import { failureOfAnswer, failureOfContent, failureOfTransport } from './failures.js';
import { parseJson } from './json.js';
import * as build from './requests.js';
import type { NewAsset, OpenCloudRequest, VersionType } from './requests.js';
import type { Attempt } from './retry.js';
import { retryDelay } from './retry.js';
import type { Answer } from './transport.js';
import { createTransport, TransportFailure } from './transport.js';
import * as wire from './wire.js';

/** Told at the start of a wait and every few seconds in it, so that an activity can heartbeat. */
export type Wait = { call: CallName; reason: string; remainingMs: number; tries: number };

export type CallOptions = {
  /**
   * Ends waits at once, and requests that change nothing. A publish or a create in flight is not cut off: its
   * outcome would be lost.
   */
  signal?: AbortSignal;
  onWait?: (wait: Wait) => void;
};

export type PlaceVersions = {
  /** Newest first. */
  versions: wire.PlaceVersion[];
  /** False when there are more than the limit. */
  complete: boolean;
};

export interface OpenCloudClient {
  /** @throws GraveshiftError `DeploymentFailure`, `AccessDenied`, `ServiceUnavailable`: no effect; `OutcomeUnknown` */
  publishPlace(
    universeId: string,
    placeId: string,
    bytes: Uint8Array,
    versionType: VersionType,
    options?: CallOptions,
  ): Promise<{ versionNumber: number }>;
  /** The newest versions; with `afterVersion`, only those after it. */
  listPlaceVersions(
    placeId: string,
    query: { afterVersion?: number; limit: number },
    options?: CallOptions,
  ): Promise<PlaceVersions>;
  downloadPlaceVersion(placeId: string, version: number, options?: CallOptions): Promise<Uint8Array>;
  /** @throws GraveshiftError as `publishPlace`; after `OutcomeUnknown` nothing tells whether there is an asset */
  createAsset(asset: NewAsset, options?: CallOptions): Promise<wire.AssetOperation>;
  getOperation(operationPath: string, options?: CallOptions): Promise<wire.AssetOperation>;
  getAsset(assetId: string, options?: CallOptions): Promise<wire.OpenCloudAsset>;
  getUniverse(universeId: string, options?: CallOptions): Promise<wire.Universe>;
  getPlace(universeId: string, placeId: string, options?: CallOptions): Promise<wire.Place>;
  /** What the key may do, and until when. */
  introspectKey(options?: CallOptions): Promise<wire.KeyIntrospection>;
  /** Closes kept connections. */
  close(): Promise<void>;
}

/** Most that the history answers at once. */
const historyPageSize = 50;
const waitSliceMs = 5_000;

export function createOpenCloudClient(dependencies: {
  /** Such as `https://apis.roblox.com`. */
  baseUrl: string;
  /** Asked before each call, so that a key can change while the worker runs. */
  apiKey: () => string | Promise<string>;
  dispatcher?: Dispatcher;
  clock?: Clock;
}): OpenCloudClient {
  const { apiKey, clock = systemClock } = dependencies;
  const transport = createTransport(dependencies.baseUrl, dependencies.dispatcher);

  async function wait(milliseconds: number, notice: Omit<Wait, 'remainingMs'>, options: CallOptions) {
    for (let remainingMs = milliseconds; remainingMs > 0; remainingMs -= waitSliceMs) {
      options.onWait?.({ ...notice, remainingMs });
      await clock.sleep(Math.min(waitSliceMs, remainingMs), options.signal);
    }
  }

  async function attempt(
    request: OpenCloudRequest,
    key: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Attempt> {
    try {
      return { answer: await transport.exchange(request, key, signal) };
    } catch (error) {
      if (error instanceof TransportFailure) return { failure: error };
      throw error;
    }
  }

  /** Sends, and sends again where that is right, until there is a 2xx answer or a failure. */
  async function send(
    request: OpenCloudRequest,
    key: string | undefined,
    options: CallOptions,
  ): Promise<Answer> {
    const { retry } = describeCall(request.call);
    let waitedMs = 0;
    for (let tries = 1; ; tries += 1) {
      options.signal?.throwIfAborted();
      const outcome = await attempt(request, key, retry === 'safe' ? options.signal : undefined);
      if ('answer' in outcome && outcome.answer.status >= 200 && outcome.answer.status < 300)
        return outcome.answer;
      const delay = retryDelay(retry, outcome, tries, waitedMs, clock.now());
      if (delay === undefined) {
        throw 'answer' in outcome
          ? failureOfAnswer(request.call, outcome.answer)
          : failureOfTransport(request.call, outcome.failure);
      }
      const reason =
        'answer' in outcome ? `answered ${String(outcome.answer.status)}` : outcome.failure.message;
      await wait(delay, { call: request.call, reason, tries }, options);
      waitedMs += delay;
    }
  }

  /** Sends with the key and reads the JSON answer. Whatever Open Cloud says, no message carries the key. */
  async function call<Schema extends z.ZodType>(
    describe: (key: string) => OpenCloudRequest,
    schema: Schema,
    options: CallOptions = {},
  ): Promise<z.output<Schema>> {
    const key = await apiKey();
    const request = describe(key);
    try {
      const answer = await send(request, request.call === 'introspectKey' ? undefined : key, options);
      return parseAnswer(request.call, answer, schema);
    } catch (error) {
      throw withoutSecret(error, key);
    }
  }

  async function download(placeId: string, version: number, options: CallOptions): Promise<Uint8Array> {
    const { location } = await call(
      () => build.locatePlaceVersionRequest(placeId, version),
      wire.locationSchema,
      options,
    );
    if (!location.startsWith('https:') && dependencies.baseUrl.startsWith('https:')) {
      throw new GraveshiftError(
        'ServiceUnavailable',
        `Open Cloud named an address without TLS for version ${String(version)} of place ${placeId}: ` +
          'bytes from there prove nothing. Try again later.',
        { details: { placeId, version } },
      );
    }
    // The address is a content server's, not Open Cloud's: it never sees the key.
    const answer = await send(build.downloadContentRequest(location), undefined, options);
    return unzip(answer);
  }

  return {
    publishPlace: (universeId, placeId, bytes, versionType, options) =>
      call(
        () => build.publishPlaceRequest(universeId, placeId, bytes, versionType),
        wire.publishAnswerSchema,
        options,
      ),
    async listPlaceVersions(placeId, { afterVersion = 0, limit }, options) {
      const versions: wire.PlaceVersion[] = [];
      let cursor: string | undefined;
      do {
        const pageSize = Math.min(historyPageSize, limit + 1);
        const page: z.output<typeof wire.versionHistorySchema> = await call(
          () => build.listPlaceVersionsRequest(placeId, pageSize, cursor),
          wire.versionHistorySchema,
          options,
        );
        versions.push(...page.placeVersions.filter(({ version }) => version > afterVersion));
        const reachedKnown = page.placeVersions.some(({ version }) => version <= afterVersion);
        cursor = reachedKnown ? undefined : page.nextCursor;
      } while (cursor !== undefined && versions.length <= limit);
      versions.sort((a, b) => b.version - a.version);
      return {
        versions: versions.slice(0, limit),
        complete: versions.length <= limit && cursor === undefined,
      };
    },
    downloadPlaceVersion: (placeId, version, options = {}) => download(placeId, version, options),
    createAsset: (asset, options) =>
      call(() => build.createAssetRequest(asset), wire.operationSchema, options),
    getOperation: (path, options) =>
      call(() => build.getOperationRequest(path), wire.operationSchema, options),
    getAsset: (assetId, options) => call(() => build.getAssetRequest(assetId), wire.assetSchema, options),
    getUniverse: (universeId, options) =>
      call(() => build.getUniverseRequest(universeId), wire.universeSchema, options),
    getPlace: (universeId, placeId, options) =>
      call(() => build.getPlaceRequest(universeId, placeId), wire.placeSchema, options),
    introspectKey: (options) => call(build.introspectKeyRequest, wire.introspectionSchema, options),
    close: () => transport.close(),
  };
}

function parseAnswer<Schema extends z.ZodType>(
  call: CallName,
  answer: Answer,
  schema: Schema,
): z.output<Schema> {
  let value: unknown;
  try {
    value = parseJson(answer.body.toString('utf8'));
  } catch {
    throw failureOfContent(call, answer, `not JSON (${String(answer.body.byteLength)} bytes)`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw failureOfContent(
    call,
    answer,
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`,
  );
}

/** Content comes gzipped, with or without the header that says so. */
function unzip(answer: Answer): Uint8Array {
  const { body } = answer;
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  try {
    return gunzipSync(body, { maxOutputLength: 512 * 1024 * 1024 });
  } catch (error) {
    throw failureOfContent('downloadContent', answer, error instanceof Error ? error.message : String(error));
  }
}

/** A service may quote what it was sent; the key must not leave this module in an error. */
function withoutSecret(error: unknown, key: string): unknown {
  if (!(error instanceof GraveshiftError)) return error;
  const hide = (text: string) => text.replaceAll(key, '[redacted]');
  return new GraveshiftError(error.kind, hide(error.message), {
    details: Object.fromEntries(
      Object.entries(error.details).map(([name, value]) => [
        name,
        typeof value === 'string' ? hide(value) : value,
      ]),
    ),
  });
}
