/**
 * What may be done after a call broke off or answered 5xx. `safe`: call again, it changes nothing. `reconcilable`:
 * it may have happened, and reading tells whether it did; only then call again. `never`: it may have happened and
 * nothing tells.
 */
export type RetryClass = 'safe' | 'reconcilable' | 'never';

export type CallDescription = {
  method: 'GET' | 'POST';
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
} as const satisfies Record<string, CallDescription>;

export type CallName = keyof typeof openCloudCalls;

export function describeCall(call: CallName): CallDescription {
  return openCloudCalls[call];
}
