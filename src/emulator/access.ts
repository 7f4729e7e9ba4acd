import { createHash } from 'node:crypto';

import type { Endpoint } from './endpoints.js';
import { Refusal } from './refusal.js';
import type { EmulatorState, StoredKey } from './state.js';

export const hashOfKey = (key: string) => createHash('sha256').update(key).digest('hex');

/** @throws Refusal 401 for a key that is missing, unknown or expired */
export function findKey(state: Readonly<EmulatorState>, key: string | undefined, now: number): StoredKey {
  const stored = key === undefined ? undefined : state.keys[hashOfKey(key)];
  if (stored === undefined) throw new Refusal(401, 'Invalid API Key');
  if (isExpired(stored, now)) throw new Refusal(401, 'Invalid API Key: it has expired');
  return stored;
}

export const isExpired = (key: StoredKey, now: number) =>
  key.expiresAt !== undefined && Date.parse(key.expiresAt) <= now;

/** @throws Refusal 403 for a key that lacks a scope of the endpoint */
export function requireScopes(key: StoredKey, endpoint: Endpoint): void {
  const lacking = endpoint.scopes.filter((scope) => !key.scopes.includes(scope));
  if (lacking.length > 0) throw new Refusal(403, 'Insufficient scope to perform the operation.');
}

/** @throws Refusal 403 for a key that is limited to other universes */
export function requireUniverse(key: StoredKey, universeId: string): void {
  if (key.universeIds !== undefined && !key.universeIds.includes(universeId)) {
    throw new Refusal(403, 'The API key does not have access to this universe.');
  }
}
