export { apiKeyVariables, resolveApiKey } from './api-key.js';
export type { KeySource } from './api-key.js';
export { describeCall, openCloudCalls } from './calls.js';
export type { CallDescription, CallName, RetryClass } from './calls.js';
export { createCircuitBreaker } from './circuit-breaker.js';
export type { CircuitBreaker } from './circuit-breaker.js';
export { createOpenCloudClient } from './client.js';
export type { CallOptions, Wait } from './caller.js';
export type { OpenCloudClient, PlaceVersions } from './client.js';
export { systemClock } from './clock.js';
export type { Clock } from './clock.js';
export type {
  ConfigDraft,
  ConfigRevision,
  ConfigValues,
  GameServer,
  LiveOperations,
  LuauTask,
  MetricQuery,
  MetricSeries,
  RestartFilter,
  RestartForecast,
  RestartStatus,
  RolloutStrategy,
  ServerLogEntry,
  VersionNote,
} from './live-operations.js';
export { isBinaryPlace } from './requests.js';
export type { NewAsset, PlaceContent, VersionType } from './requests.js';
export type {
  AssetOperation,
  KeyIntrospection,
  OpenCloudAsset,
  Place,
  PlaceVersion,
  Universe,
} from './wire.js';
