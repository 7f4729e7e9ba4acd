import type { CallOptions } from './caller.js';

/** A note beside a place's version, seen on the Creator Hub. */
export type VersionNote = { title: string; description: string };

/** What a restart would do to one place's servers now. */
export type RestartForecast = {
  placeId: string;
  playersImpacted: number;
  playersTotal: number;
  serversImpacted: number;
  serversTotal: number;
  /** Servers by place version. */
  serversPerVersion: Record<number, number>;
  playersPerVersion: Record<number, number>;
};

/** Which servers of a place are restarted: those of these versions, or all that do not run the newest one. */
export type RestartFilter = { versions: number[] } | { excludeCurrentVersion: true };

export type RestartStatus = {
  restartId: string;
  scheduledAt: string;
  places: Record<
    string,
    { state: 'delaying' | 'restarting' | 'succeeded'; serversLeft: number; playersLeft: number }
  >;
};

export type GameServer = {
  jobId: string;
  placeVersion: number;
  /** `active` and `pending` ones still run; the others have ended, and how. */
  status:
    | 'active'
    | 'pending'
    | 'shut_down'
    | 'restarted'
    | 'roblox_restarted'
    | 'crashed'
    | 'out_of_memory'
    | 'moderated'
    | 'unspecified';
  createdAt: string;
  endedAt?: string;
  /** Absent on a fresh server. */
  frameRate?: number;
  memoryBytes?: number;
  players: number;
};

export type ServerLogEntry = {
  at: string;
  severity: 'debug' | 'info' | 'warning' | 'error';
  message: string;
  stackTrace?: string;
  /** How often the same message came in the same moment, this one included. */
  count: number;
};

export type LuauTask = {
  /** Names the task in later calls. */
  path: string;
  state: 'queued' | 'processing' | 'cancelled' | 'complete' | 'failed';
  error?: { code: string; message: string };
  /** What the script returned. */
  results: unknown[];
};

/** Names of the analytics that a release is watched by (Open Cloud's own). */
export type MetricQuery = {
  metric: string;
  granularity: 'OneMinute' | 'HalfHour' | 'OneHour';
  /** ISO 8601, UTC. */
  from: string;
  to: string;
  /** Such as `{dimension: 'PlaceVersion', values: ['7']}`. */
  filters: { dimension: string; values: string[] }[];
  breakdown: string[];
};

export type MetricSeries = {
  breakdown: Record<string, string>;
  points: { at: string; value: number; status: 'valid' | 'projected' | 'not-significant' }[];
};

export type ConfigValues = Record<string, unknown>;
export type ConfigDraft = { hash: string; entries: ConfigValues };
export type ConfigRevision = {
  revisionId: string;
  version: number;
  at: string;
  message?: string;
  /** By key; null where there was none before, or is none after. */
  changes: Record<string, { before: unknown; after: unknown }>;
};
export type RolloutStrategy = 'Immediate' | 'GradualRollout';

/** The calls that test, announce, watch and steer what runs; `docs/open-cloud.md` lists scopes, quotas and retries. */
export interface LiveOperations {
  /** Experimental at Roblox: `false` where the endpoint does not answer for this place (404 or 403). */
  describePlaceVersion(
    placeId: string,
    version: number,
    note: VersionNote,
    options?: CallOptions,
  ): Promise<boolean>;
  /** Who has the place open in Team Create now. */
  listTeamCreateMembers(placeId: string, options?: CallOptions): Promise<{ userId: string; name: string }[]>;
  /** One a UTC day; a second one answers the first one's time. */
  snapshotDataStores(
    universeId: string,
    options?: CallOptions,
  ): Promise<{ taken: boolean; latestAt: string }>;

  forecastRestart(universeId: string, options?: CallOptions): Promise<RestartForecast[]>;
  /** @param bleedOffMinutes 1 … 240: how long players may stay before their server closes; 0 closes them at once */
  restartServers(
    universeId: string,
    places: Record<string, RestartFilter>,
    bleedOffMinutes: number,
    options?: CallOptions,
  ): Promise<{ restartId: string; players: number; servers: number }>;
  listRestarts(universeId: string, options?: CallOptions): Promise<RestartStatus[]>;
  /** All pages: those that run and those that ended lately. */
  listGameServers(
    universeId: string,
    placeId: string,
    version: number,
    options?: CallOptions,
  ): Promise<GameServer[]>;
  /** The newest entries, at most `limit`. */
  listServerLogs(
    universeId: string,
    placeId: string,
    version: number,
    jobId: string,
    limit: number,
    options?: CallOptions,
  ): Promise<ServerLogEntry[]>;

  /** Runs Luau against a place version in the cloud; no physics, and the place's own scripts do not run. */
  createLuauTask(
    universeId: string,
    placeId: string,
    version: number,
    task: { script: string; timeoutSeconds: number },
    options?: CallOptions,
  ): Promise<LuauTask>;
  getLuauTask(path: string, options?: CallOptions): Promise<LuauTask>;
  /** All pages, oldest first. */
  listLuauTaskLogs(path: string, options?: CallOptions): Promise<string[]>;

  /** Asks, polls where the answer takes time, and answers the series. */
  queryMetric(universeId: string, query: MetricQuery, options?: CallOptions): Promise<MetricSeries[]>;

  /** Values that are published now, with the repository's version. */
  getConfig(universeId: string, options?: CallOptions): Promise<{ version: number; entries: ConfigValues }>;
  getConfigDraft(universeId: string, options?: CallOptions): Promise<ConfigDraft>;
  /** Sets keys in the draft, over what it holds. @throws GraveshiftError `DeploymentFailure` when the hash is not the draft's */
  updateConfigDraft(
    universeId: string,
    change: { entries: ConfigValues; draftHash: string },
    options?: CallOptions,
  ): Promise<{ draftHash: string }>;
  publishConfig(
    universeId: string,
    publish: { draftHash: string; message: string; strategy: RolloutStrategy },
    options?: CallOptions,
  ): Promise<{ version: number }>;
  /** Newest first. */
  listConfigRevisions(universeId: string, limit: number, options?: CallOptions): Promise<ConfigRevision[]>;
  /** Stages the revision in the draft; it takes effect when it is published. */
  restoreConfigRevision(
    universeId: string,
    revisionId: string,
    options?: CallOptions,
  ): Promise<{ draftHash: string }>;

  /** Newest first. */
  listAssetVersions(
    assetId: string,
    limit: number,
    options?: CallOptions,
  ): Promise<{ version: number; at?: string }[]>;
  rollbackAsset(assetId: string, version: number, options?: CallOptions): Promise<{ version: number }>;
  /** To running servers; the topic 80 characters, the message 1 KiB at most. */
  publishMessage(
    universeId: string,
    message: { topic: string; message: string },
    options?: CallOptions,
  ): Promise<void>;
}
