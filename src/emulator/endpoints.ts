/** Which of Open Cloud's ways of writing an error a service uses. */
export type ErrorStyle =
  'gateway' | 'cloud' | 'assets' | 'operation' | 'server-management' | 'configs' | 'analytics';

/** A call of the emulated API: what a key needs for it, how often its owner may make it, how it says no. */
export type Endpoint = {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` for a parameter; a verb such as `:restartServers` stands as it is. */
  url: string;
  scopes: readonly string[];
  /** In fixed windows of 60 s for each owner; undefined where none is documented. */
  perMinute: number | undefined;
  style: ErrorStyle;
};

/** Written from the public reference, on purpose apart from the client's table: each checks the other. */
export const endpoints = {
  publish: {
    name: 'publish',
    method: 'POST',
    url: '/universes/v1/:universeId/places/:placeId/versions',
    scopes: ['universe-places:write'],
    perMinute: 30,
    style: 'gateway',
  },
  history: {
    name: 'history',
    method: 'GET',
    url: '/place-version-history-api/v1/:placeId/history',
    scopes: ['universe.place:read'],
    perMinute: 1000,
    style: 'operation',
  },
  delivery: {
    name: 'delivery',
    method: 'GET',
    url: '/asset-delivery-api/v1/assetId/:assetId/version/:versionNumber',
    scopes: ['legacy-asset:manage'],
    perMinute: 1000,
    style: 'gateway',
  },
  createAsset: {
    name: 'createAsset',
    method: 'POST',
    url: '/assets/v1/assets',
    scopes: ['asset:read', 'asset:write'],
    perMinute: 120,
    style: 'assets',
  },
  operation: {
    name: 'operation',
    method: 'GET',
    url: '/assets/v1/operations/:operationId',
    scopes: ['asset:read'],
    perMinute: 300,
    style: 'assets',
  },
  asset: {
    name: 'asset',
    method: 'GET',
    url: '/assets/v1/assets/:assetId',
    scopes: ['asset:read'],
    perMinute: 120,
    style: 'assets',
  },
  universe: {
    name: 'universe',
    method: 'GET',
    url: '/cloud/v2/universes/:universeId',
    scopes: [],
    perMinute: 100,
    style: 'cloud',
  },
  place: {
    name: 'place',
    method: 'GET',
    url: '/cloud/v2/universes/:universeId/places/:placeId',
    scopes: [],
    perMinute: 100,
    style: 'cloud',
  },
  gameServers: {
    name: 'gameServers',
    method: 'GET',
    url: '/server-management/v1/universes/:universeId/places/:placeId/versions/:versionNumber/game-servers',
    scopes: ['universe:read'],
    perMinute: 100,
    style: 'server-management',
  },
  gameServerLogs: {
    name: 'gameServerLogs',
    method: 'GET',
    url: '/server-management/v1/universes/:universeId/places/:placeId/versions/:versionNumber/game-servers/:jobId/logs',
    scopes: ['universe:read'],
    perMinute: 100,
    style: 'server-management',
  },
  launchRestart: {
    name: 'launchRestart',
    method: 'POST',
    url: '/server-management/v1/universes/:universeId/restarts',
    scopes: ['universe:write'],
    perMinute: 100,
    style: 'server-management',
  },
  restarts: {
    name: 'restarts',
    method: 'GET',
    url: '/server-management/v1/universes/:universeId/restarts',
    scopes: ['universe:read'],
    perMinute: 100,
    style: 'server-management',
  },
  forecastRestart: {
    name: 'forecastRestart',
    method: 'GET',
    url: '/server-management/v1/universes/:universeId/restarts:forecast',
    scopes: ['universe:read'],
    perMinute: 100,
    style: 'server-management',
  },
  restartServers: {
    name: 'restartServers',
    method: 'POST',
    url: '/cloud/v2/universes/:universeId:restartServers',
    scopes: ['universe:write'],
    perMinute: 30,
    style: 'cloud',
  },
  createLuauTask: {
    name: 'createLuauTask',
    method: 'POST',
    url: '/cloud/v2/universes/:universeId/places/:placeId/luau-execution-session-tasks',
    scopes: ['universe.place.luau-execution-session:write'],
    perMinute: 40,
    style: 'cloud',
  },
  createLuauTaskOfVersion: {
    name: 'createLuauTaskOfVersion',
    method: 'POST',
    url: '/cloud/v2/universes/:universeId/places/:placeId/versions/:version/luau-execution-session-tasks',
    scopes: ['universe.place.luau-execution-session:write'],
    perMinute: 5,
    style: 'cloud',
  },
  luauTask: {
    name: 'luauTask',
    method: 'GET',
    url: '/cloud/v2/universes/:universeId/places/:placeId/versions/:version/luau-execution-sessions/:sessionId/tasks/:taskId',
    scopes: ['universe.place.luau-execution-session:read', 'universe.place.luau-execution-session:write'],
    perMinute: 200,
    style: 'cloud',
  },
  luauTaskLogs: {
    name: 'luauTaskLogs',
    method: 'GET',
    url: '/cloud/v2/universes/:universeId/places/:placeId/versions/:version/luau-execution-sessions/:sessionId/tasks/:taskId/logs',
    scopes: ['universe.place.luau-execution-session:read', 'universe.place.luau-execution-session:write'],
    perMinute: 45,
    style: 'cloud',
  },
  config: {
    name: 'config',
    method: 'GET',
    url: '/creator-configs-public-api/v1/configs/universes/:universeId/repositories/:repository',
    scopes: ['universe:read'],
    perMinute: 100,
    style: 'configs',
  },
  configDraft: {
    name: 'configDraft',
    method: 'GET',
    url: '/creator-configs-public-api/v1/configs/universes/:universeId/repositories/:repository/draft',
    scopes: ['universe:read'],
    perMinute: 100,
    style: 'configs',
  },
  updateConfigDraft: {
    name: 'updateConfigDraft',
    method: 'PATCH',
    url: '/creator-configs-public-api/v1/configs/universes/:universeId/repositories/:repository/draft',
    scopes: ['universe:write'],
    perMinute: 50,
    style: 'configs',
  },
  overwriteConfigDraft: {
    name: 'overwriteConfigDraft',
    method: 'PUT',
    url: '/creator-configs-public-api/v1/configs/universes/:universeId/repositories/:repository/draft:overwrite',
    scopes: ['universe:write'],
    perMinute: 50,
    style: 'configs',
  },
  publishConfig: {
    name: 'publishConfig',
    method: 'POST',
    url: '/creator-configs-public-api/v1/configs/universes/:universeId/repositories/:repository/publish',
    scopes: ['universe:write'],
    perMinute: 10,
    style: 'configs',
  },
  configRevisions: {
    name: 'configRevisions',
    method: 'GET',
    url: '/creator-configs-public-api/v1/configs/universes/:universeId/repositories/:repository/revisions',
    scopes: ['universe:read'],
    perMinute: 100,
    style: 'configs',
  },
  restoreConfigRevision: {
    name: 'restoreConfigRevision',
    method: 'POST',
    url: '/creator-configs-public-api/v1/configs/universes/:universeId/repositories/:repository/revisions/:revisionId/restore',
    scopes: ['universe:write'],
    perMinute: 10,
    style: 'configs',
  },
  queryMetrics: {
    name: 'queryMetrics',
    method: 'POST',
    url: '/analytics-query-api/v1/universes/:universeId/metrics',
    scopes: ['universe.analytics:read'],
    perMinute: 30,
    style: 'analytics',
  },
  metricOperation: {
    name: 'metricOperation',
    method: 'GET',
    url: '/analytics-query-api/v1/universes/:universeId/operations/metrics/:operationId',
    scopes: ['universe.analytics:read'],
    perMinute: 3000,
    style: 'analytics',
  },
  snapshotDataStores: {
    name: 'snapshotDataStores',
    method: 'POST',
    url: '/cloud/v2/universes/:universeId/data-stores:snapshot',
    scopes: ['universe-datastores.control:snapshot'],
    perMinute: 60,
    style: 'cloud',
  },
  publishMessage: {
    name: 'publishMessage',
    method: 'POST',
    url: '/cloud/v2/universes/:universeId:publishMessage',
    scopes: ['universe-messaging-service:publish'],
    perMinute: 5000,
    style: 'cloud',
  },
  teamCreateMembers: {
    name: 'teamCreateMembers',
    method: 'GET',
    url: '/legacy-develop/v1/places/:placeId/teamcreate/active_session/members',
    scopes: ['legacy-team-collaboration:manage'],
    perMinute: 100,
    style: 'gateway',
  },
  describeVersion: {
    name: 'describeVersion',
    method: 'POST',
    url: '/place-version-history-api/v1/:placeId/version/:version/notes',
    scopes: ['universe.place:write'],
    perMinute: 100,
    style: 'operation',
  },
  assetVersions: {
    name: 'assetVersions',
    method: 'GET',
    url: '/assets/v1/assets/:assetId/versions',
    scopes: ['asset:read'],
    perMinute: 100,
    style: 'assets',
  },
  rollbackAsset: {
    name: 'rollbackAsset',
    method: 'POST',
    url: '/assets/v1/assets/:assetId/versions:rollback',
    scopes: ['asset:read', 'asset:write'],
    perMinute: 100,
    style: 'assets',
  },
} as const satisfies Record<string, Endpoint>;

/** The URL as the router writes it: a colon that begins no parameter is doubled, and ends the parameter before it. */
export const routeUrl = ({ url }: Endpoint): string =>
  url.replaceAll(/(\/:\w+)?(?<!\/):(\w+)/g, (_, parameter: string | undefined, verb: string) =>
    parameter === undefined ? `::${verb}` : `${parameter}([^:/]+)::${verb}`,
  );
