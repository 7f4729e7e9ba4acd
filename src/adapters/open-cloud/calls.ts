/**
 * What may be done after a call broke off or answered 5xx. `safe`: call again, it changes nothing, or nothing more.
 * `reconcilable`: it may have happened, and reading tells whether it did; only then call again. `never`: it may have
 * happened and nothing tells.
 */
export type RetryClass = 'safe' | 'reconcilable' | 'never';

export type CallDescription = {
  method: 'GET' | 'POST' | 'PATCH';
  /** Path with its parameters in braces. */
  path: string;
  /** What the key must be allowed to do. */
  scopes: readonly string[];
  /** Calls a minute that all keys of one owner share; undefined where none is documented. */
  perMinute: number | undefined;
  retry: RetryClass;
  /** Most time for one try, in seconds. Uploads get long ones: a slow line must not make an outcome unknown. */
  timeoutSeconds: number;
};

/** Every call that Graveshift makes to Open Cloud. docs/open-cloud.md shows this table; a test compares them. */
export const openCloudCalls = {
  publishPlace: {
    method: 'POST',
    path: '/universes/v1/{universeId}/places/{placeId}/versions',
    scopes: ['universe-places:write'],
    perMinute: 30,
    retry: 'reconcilable',
    timeoutSeconds: 600,
  },
  listPlaceVersions: {
    method: 'GET',
    path: '/place-version-history-api/v1/{placeId}/history',
    scopes: ['universe.place:read'],
    perMinute: 1000,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  locatePlaceVersion: {
    method: 'GET',
    path: '/asset-delivery-api/v1/assetId/{assetId}/version/{versionNumber}',
    scopes: ['legacy-asset:manage'],
    perMinute: 1000,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  downloadContent: {
    method: 'GET',
    path: '{location}',
    scopes: [],
    perMinute: undefined,
    retry: 'safe',
    timeoutSeconds: 300,
  },
  createAsset: {
    method: 'POST',
    path: '/assets/v1/assets',
    scopes: ['asset:read', 'asset:write'],
    perMinute: 120,
    retry: 'never',
    timeoutSeconds: 600,
  },
  getOperation: {
    method: 'GET',
    path: '/assets/v1/operations/{operationId}',
    scopes: ['asset:read'],
    perMinute: 300,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  getAsset: {
    method: 'GET',
    path: '/assets/v1/assets/{assetId}',
    scopes: ['asset:read'],
    perMinute: 120,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  getUniverse: {
    method: 'GET',
    path: '/cloud/v2/universes/{universeId}',
    scopes: [],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  getPlace: {
    method: 'GET',
    path: '/cloud/v2/universes/{universeId}/places/{placeId}',
    scopes: [],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  introspectKey: {
    method: 'POST',
    path: '/api-keys/v1/introspect',
    scopes: [],
    perMinute: undefined,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  describePlaceVersion: {
    method: 'POST',
    path: '/place-version-history-api/v1/{placeId}/version/{versionNumber}/notes',
    scopes: ['universe.place:write'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  listTeamCreateMembers: {
    method: 'GET',
    path: '/legacy-develop/v1/places/{placeId}/teamcreate/active_session/members',
    scopes: ['legacy-team-collaboration:manage'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  snapshotDataStores: {
    method: 'POST',
    path: '/cloud/v2/universes/{universeId}/data-stores:snapshot',
    scopes: ['universe-datastores.control:snapshot'],
    perMinute: 60,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  forecastRestart: {
    method: 'GET',
    path: '/server-management/v1/universes/{universeId}/restarts:forecast',
    scopes: ['universe:read'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  restartServers: {
    method: 'POST',
    path: '/server-management/v1/universes/{universeId}/restarts',
    scopes: ['universe:write'],
    perMinute: 100,
    retry: 'reconcilable',
    timeoutSeconds: 60,
  },
  restartUniverse: {
    method: 'POST',
    path: '/cloud/v2/universes/{universeId}:restartServers',
    scopes: ['universe:write'],
    perMinute: 30,
    retry: 'safe',
    timeoutSeconds: 60,
  },
  listRestarts: {
    method: 'GET',
    path: '/server-management/v1/universes/{universeId}/restarts',
    scopes: ['universe:read'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  listGameServers: {
    method: 'GET',
    path: '/server-management/v1/universes/{universeId}/places/{placeId}/versions/{versionNumber}/game-servers',
    scopes: ['universe:read'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  listServerLogs: {
    method: 'GET',
    path: '/server-management/v1/universes/{universeId}/places/{placeId}/versions/{versionNumber}/game-servers/{jobId}/logs',
    scopes: ['universe:read'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  createLuauTask: {
    method: 'POST',
    path: '/cloud/v2/universes/{universeId}/places/{placeId}/versions/{versionNumber}/luau-execution-session-tasks',
    scopes: ['universe.place.luau-execution-session:write'],
    perMinute: 5,
    retry: 'never',
    timeoutSeconds: 120,
  },
  getLuauTask: {
    method: 'GET',
    path: '/cloud/v2/universes/{universeId}/places/{placeId}/versions/{versionNumber}/luau-execution-sessions/{sessionId}/tasks/{taskId}',
    scopes: ['universe.place.luau-execution-session:read', 'universe.place.luau-execution-session:write'],
    perMinute: 200,
    retry: 'safe',
    timeoutSeconds: 120,
  },
  listLuauTaskLogs: {
    method: 'GET',
    path: '/cloud/v2/universes/{universeId}/places/{placeId}/versions/{versionNumber}/luau-execution-sessions/{sessionId}/tasks/{taskId}/logs',
    scopes: ['universe.place.luau-execution-session:read', 'universe.place.luau-execution-session:write'],
    perMinute: 45,
    retry: 'safe',
    timeoutSeconds: 120,
  },
  queryMetric: {
    method: 'POST',
    path: '/analytics-query-api/v1/universes/{universeId}/metrics',
    scopes: ['universe.analytics:read'],
    perMinute: 30,
    retry: 'safe',
    timeoutSeconds: 60,
  },
  getMetricOperation: {
    method: 'GET',
    path: '/analytics-query-api/v1/universes/{universeId}/operations/metrics/{operationId}',
    scopes: ['universe.analytics:read'],
    perMinute: 3000,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  getConfig: {
    method: 'GET',
    path: '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}',
    scopes: ['universe:read'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  getConfigDraft: {
    method: 'GET',
    path: '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/draft',
    scopes: ['universe:read'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  updateConfigDraft: {
    method: 'PATCH',
    path: '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/draft',
    scopes: ['universe:write'],
    perMinute: 50,
    retry: 'reconcilable',
    timeoutSeconds: 30,
  },
  publishConfig: {
    method: 'POST',
    path: '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/publish',
    scopes: ['universe:write'],
    perMinute: 10,
    retry: 'reconcilable',
    timeoutSeconds: 60,
  },
  listConfigRevisions: {
    method: 'GET',
    path: '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/revisions',
    scopes: ['universe:read'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  restoreConfigRevision: {
    method: 'POST',
    path: '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/revisions/{revisionId}/restore',
    scopes: ['universe:write'],
    perMinute: 10,
    retry: 'safe',
    timeoutSeconds: 60,
  },
  listAssetVersions: {
    method: 'GET',
    path: '/assets/v1/assets/{assetId}/versions',
    scopes: ['asset:read'],
    perMinute: 100,
    retry: 'safe',
    timeoutSeconds: 30,
  },
  rollbackAsset: {
    method: 'POST',
    path: '/assets/v1/assets/{assetId}/versions:rollback',
    scopes: ['asset:read', 'asset:write'],
    perMinute: 100,
    retry: 'reconcilable',
    timeoutSeconds: 60,
  },
  publishMessage: {
    method: 'POST',
    path: '/cloud/v2/universes/{universeId}:publishMessage',
    scopes: ['universe-messaging-service:publish'],
    perMinute: 5000,
    retry: 'never',
    timeoutSeconds: 30,
  },
} as const satisfies Record<string, CallDescription>;

export type CallName = keyof typeof openCloudCalls;

export function describeCall(call: CallName): CallDescription {
  return openCloudCalls[call];
}
