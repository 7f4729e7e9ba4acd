import { createHash } from 'node:crypto';

import type { CallOptions, OpenCloudClient } from '../adapters/open-cloud/index.js';
import type { OpenCloudActivities, PublishIntent } from '../domain/activities.js';
import { GraveshiftError } from '../domain/failure.js';
import type { IntentLog } from '../domain/publish-log.js';

export type PlaceStamp = { commit: string; digest: string };
export type Reconciliation = Awaited<ReturnType<OpenCloudActivities['reconcilePublish']>>;

/** More versions than this in one reconciliation window, and a person should look. */
const mostVersions = 50;

type Reading = { is: 'same bytes' | 'same stamp' | 'other' } | { is: 'unreadable'; why: string };

/**
 * Looks for the intent among the versions after the last one seen. Only a version's content can say whose it is:
 * people publish from Studio in between. Equal bytes prove more than an equal stamp, which a later save in Studio
 * keeps.
 */
export async function reconcile(
  dependencies: {
    client: OpenCloudClient;
    intents: IntentLog;
    readStamp: (place: Uint8Array) => PlaceStamp | undefined;
    now: () => string;
  },
  intent: PublishIntent,
  lastVersion: number,
  options: CallOptions,
): Promise<Reconciliation> {
  const { client, intents, readStamp, now } = dependencies;
  const { host, placeId } = intent.target;
  const recorded = await intents.recordedVersions(host, placeId);
  const ours = recorded.find(({ runId, sha256 }) => runId === intent.runId && sha256 === intent.place.sha256);
  if (ours !== undefined) {
    return {
      outcome: 'landed',
      version: ours.version,
      evidence: `version ${String(ours.version)} was recorded`,
    };
  }

  const { versions, complete } = await client.listPlaceVersions(
    placeId,
    { afterVersion: lastVersion, limit: mostVersions },
    options,
  );
  const seen = `after version ${String(lastVersion)} of place ${placeId}, at ${now()}`;
  if (!complete) {
    return {
      outcome: 'ambiguous',
      evidence: `more than ${String(mostVersions)} versions ${seen}: too many to compare`,
    };
  }
  const others = new Set(recorded.map(({ version }) => version));
  const candidates = versions.filter(({ version }) => !others.has(version));
  if (candidates.length === 0)
    return { outcome: 'absent', evidence: `no version that is not recorded ${seen}` };

  const readings: { version: number; reading: Reading }[] = [];
  for (const { version } of candidates) {
    readings.push({ version, reading: await read(client, readStamp, intent, version, options) });
  }
  const withReading = (wanted: Reading['is']) =>
    readings.filter(({ reading }) => reading.is === wanted).map(({ version }) => version);
  const unreadable = withReading('unreadable');
  if (unreadable.length > 0) {
    const [why] = readings.flatMap(({ reading }) => (reading.is === 'unreadable' ? [reading.why] : []));
    return {
      outcome: 'ambiguous',
      evidence:
        `${named(unreadable)} ${seen}: the content cannot be read, so nothing tells whose it is. ${why ?? ''} ` +
        'Or look in the version history.',
    };
  }
  const matches =
    withReading('same bytes').length > 0 ? withReading('same bytes') : withReading('same stamp');
  const [match] = matches;
  if (match === undefined) {
    return {
      outcome: 'absent',
      evidence: `${named(candidates.map(({ version }) => version))} ${seen}: published by somebody else`,
    };
  }
  const how = readings.find(({ version }) => version === match)?.reading.is ?? 'same stamp';
  if (matches.length > 1) {
    return {
      outcome: 'ambiguous',
      evidence: `${named(matches)} ${seen} have the ${how} as this run's place`,
    };
  }
  return { outcome: 'landed', version: match, evidence: `version ${String(match)} has the ${how}` };
}

async function read(
  client: OpenCloudClient,
  readStamp: (place: Uint8Array) => PlaceStamp | undefined,
  intent: PublishIntent,
  version: number,
  options: CallOptions,
): Promise<Reading> {
  let bytes: Uint8Array;
  try {
    bytes = await client.downloadPlaceVersion(intent.target.placeId, version, options);
  } catch (error) {
    // An outage passes, and the activity is tried again; a refusal stays.
    if (error instanceof GraveshiftError && !error.retryable) return { is: 'unreadable', why: error.message };
    throw error;
  }
  if (createHash('sha256').update(bytes).digest('hex') === intent.place.sha256) {
    return { is: 'same bytes' };
  }
  const stamp = readStamp(bytes);
  return { is: stamp?.commit === intent.commit && stamp.digest === intent.digest ? 'same stamp' : 'other' };
}

const named = (versions: number[]) =>
  versions.length === 1 ? `version ${String(versions[0])}` : `versions ${versions.join(', ')}`;
