import type { CallOptions, Clock, OpenCloudClient } from '../adapters/open-cloud/index.js';
import { describeCall, openCloudCalls, type CallName } from '../adapters/open-cloud/index.js';
import type { PublishIntent } from '../domain/activities.js';
import { GraveshiftError, invalidInput } from '../domain/failure.js';
import type { PublishTarget } from '../domain/project.js';

/** To publish, to read the history, and to upload assets; reading contents is asked for only when an outcome is unknown. */
const neededScopes = [
  ...openCloudCalls.publishPlace.scopes,
  ...openCloudCalls.listPlaceVersions.scopes,
  ...openCloudCalls.createAsset.scopes,
];

/**
 * Proves, by reading only, that the key is good for the target and that universe, place and owner are as configured.
 *
 * @param calls what the key must be allowed beside publishing and uploading
 * @throws GraveshiftError `AccessDenied` or `InvalidInput`
 */
export async function proveTarget(
  client: OpenCloudClient,
  target: PublishTarget,
  options: CallOptions,
  calls: readonly CallName[] = [],
): Promise<void> {
  await proveKey(client, target, options, calls);
  const at = `environments.${target.environment}`;
  const universe = await found(client.getUniverse(target.universeId, options), {
    field: `${at}.universeId`,
    value: target.universeId,
    remedy: `expected the id of a universe on ${target.host} that the key can see`,
  });
  const { creator } = universe;
  if (creator !== undefined && (creator.type !== target.creator.type || creator.id !== target.creator.id)) {
    throw invalidInput('The environment', [
      {
        field: `${at}.creator`,
        value: `${target.creator.type} ${target.creator.id}`,
        remedy: `universe ${target.universeId} belongs to ${creator.type} ${creator.id}: write that`,
      },
    ]);
  }
  await found(client.getPlace(target.universeId, target.placeId, options), {
    field: `${at}.places.${target.placeName}.placeId`,
    value: target.placeId,
    remedy: `expected the id of a place in universe ${target.universeId}`,
  });
}

async function proveKey(
  client: OpenCloudClient,
  target: PublishTarget,
  options: CallOptions,
  calls: readonly CallName[],
): Promise<void> {
  const key = await client.introspectKey(options);
  if (key.expired || !key.enabled) {
    const state = key.expired ? 'has expired' : 'is disabled';
    const since = key.expiresAt === undefined ? '' : ` (expiry ${key.expiresAt})`;
    throw new GraveshiftError(
      'AccessDenied',
      `The Open Cloud key for "${target.environment}" ${state}${since}: renew it on the Creator Hub. ` +
        'A key that nobody uses for 60 days expires by itself.',
      { details: { environment: target.environment } },
    );
  }
  const needs = new Set([...neededScopes, ...calls.flatMap((call) => describeCall(call).scopes)]);
  const lacking = [...needs].filter(
    (needed) =>
      !key.scopes.some(
        ({ scope, universeIds }) =>
          scope === needed && (universeIds === undefined || universeIds.includes(target.universeId)),
      ),
  );
  if (lacking.length > 0) {
    throw new GraveshiftError(
      'AccessDenied',
      `The Open Cloud key for "${target.environment}" lacks ${lacking.join(' and ')} for universe ` +
        `${target.universeId}: add it on the Creator Hub.`,
      { details: { environment: target.environment, scopes: lacking } },
    );
  }
}

async function found<Resource>(
  reading: Promise<Resource>,
  problem: { field: string; value: string; remedy: string },
): Promise<Resource> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GraveshiftError && (error.details.status === 404 || error.details.status === 400)) {
      throw invalidInput('The environment', [problem]);
    }
    throw error;
  }
}

/** A lease that a newer one has replaced must not publish: its holder was taken for dead, and may be late. */
export function refuseStaleLease(intent: PublishIntent, highestLease: number): void {
  if (intent.lease >= highestLease) return;
  throw new GraveshiftError(
    'LeaseLost',
    `Run ${intent.runId} holds lease ${String(intent.lease)} of place ${intent.target.placeId}, and lease ` +
      `${String(highestLease)} was given since: another run publishes now. Nothing was sent; ask for a new lease.`,
    { details: { lease: intent.lease, highestLease, placeId: intent.target.placeId } },
  );
}

export const isoTime = (clock: Clock) => new Date(clock.now()).toISOString();
