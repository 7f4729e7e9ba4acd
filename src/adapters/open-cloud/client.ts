import type { Dispatcher } from 'undici';
import type { z } from 'zod';

import { GraveshiftError } from '../../domain/failure.js';
import type { QuotaLedger } from '../../domain/quota.js';
import { parseAnswer, unzip } from './answers.js';
import type { CallOptions } from './caller.js';
import { createCaller } from './caller.js';
import type { CallName } from './calls.js';
import { createCircuitBreaker } from './circuit-breaker.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { Clock } from './clock.js';
import { systemClock } from './clock.js';
import { failureOfContent } from './failures.js';
import { createLiveOperations } from './live-client.js';
import type { LiveOperations } from './live-operations.js';
import { createQuotaGate, openGate } from './quota-gate.js';
import * as build from './requests.js';
import { isPlace } from './requests.js';
import type { NewAsset, PlaceContent, VersionType } from './requests.js';
import { createTransport } from './transport.js';
import * as wire from './wire.js';

export type PlaceVersions = {
  /** Newest first. */
  versions: wire.PlaceVersion[];
  /** False when there are more than the limit. */
  complete: boolean;
};

export interface OpenCloudClient extends LiveOperations {
  /**
   * A streamed place is sent piece by piece, in constant memory.
   * @throws GraveshiftError `DeploymentFailure`, `AccessDenied`, `ServiceUnavailable`: no effect; `OutcomeUnknown`
   */
  publishPlace(
    universeId: string,
    placeId: string,
    content: Uint8Array | PlaceContent,
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

export function createOpenCloudClient(dependencies: {
  /** Such as `https://apis.roblox.com`. */
  baseUrl: string;
  /** Asked before each call, so that a key can change while the worker runs. */
  apiKey: () => string | Promise<string>;
  dispatcher?: Dispatcher;
  /** Most time for one try of a call, where the table's is not right for the line: in milliseconds. */
  timeoutMs?: (call: CallName) => number;
  clock?: Clock;
  /** Counts the calls of all processes; without one, only the answers of Open Cloud hold a call back. */
  quotas?: QuotaLedger;
  /** Shared by the clients of one host. */
  breaker?: CircuitBreaker;
  /** Told once when the quota's ledger fails; a warning of the process by default. */
  warn?: (message: string) => void;
}): OpenCloudClient {
  const {
    apiKey,
    clock = systemClock,
    quotas,
    warn = (message: string) => {
      process.emitWarning(message);
    },
  } = dependencies;
  const breaker = dependencies.breaker ?? createCircuitBreaker(clock);
  const transport = createTransport(dependencies.baseUrl, dependencies);
  const gate =
    quotas === undefined
      ? openGate
      : createQuotaGate({ host: new URL(dependencies.baseUrl).host, quotas, ownerOf, clock, warn });
  const caller = createCaller({ transport, apiKey, clock, gate, breaker });
  const { call } = caller;

  async function ownerOf(key: string): Promise<string | undefined> {
    const answer = await transport.exchange(build.introspectKeyRequest(key), undefined);
    if (answer.status !== 200) return undefined;
    return parseAnswer('introspectKey', answer, wire.introspectionSchema).authorizedUserId;
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
    const answer = await caller.fetch(build.downloadContentRequest(location), options);
    const bytes = unzip(answer);
    // Whose version it is, its bytes decide: a page that came instead must not pass for somebody else's place.
    if (!isPlace(bytes)) throw failureOfContent('downloadContent', answer, 'not a place file');
    return bytes;
  }

  return {
    ...createLiveOperations(caller),
    publishPlace: (universeId, placeId, content, versionType, options) =>
      call(
        () => build.publishPlaceRequest(universeId, placeId, content, versionType),
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
