import { createHash } from 'node:crypto';

import type { CallOptions, OpenCloudClient, PlaceVersion } from '../adapters/open-cloud/index.js';
import type { PlaceRelease } from '../domain/deploy-activities.js';
import { GraveshiftError } from '../domain/failure.js';
import type { PlaceAudit, PlaceVersionRecord, UnrecordedVersion } from '../domain/place.js';
import type { PublishTarget } from '../domain/project.js';
import type { IntentLog, RecordedIntent } from '../domain/publish-log.js';
import type { PlaceStamp } from './open-cloud-reconcile.js';
import type { FreezeLog } from './place.js';

export type AuditDependencies = {
  client: OpenCloudClient;
  intents: IntentLog;
  places: FreezeLog;
  releases: {
    live(host: PublishTarget['host'], placeId: string): Promise<PlaceRelease | undefined>;
    lastStable(host: PublishTarget['host'], placeId: string): Promise<PlaceRelease | undefined>;
    history(host: PublishTarget['host'], placeId: string): Promise<{ version: number }[]>;
  };
  readStamp: (place: Uint8Array) => PlaceStamp | undefined;
  now: () => string;
};

/** Versions looked into at most: each costs a download. */
const mostReadings = 10;
const historyLimit = 200;

/**
 * Compares the place's version history with the ledger. An intent whose outcome was open and whose version is found
 * becomes `landed`; every other version that nobody recorded is named.
 */
export async function auditPlace(
  { client, intents, places, releases, readStamp, now }: AuditDependencies,
  { host, placeId }: Pick<PublishTarget, 'host' | 'placeId'>,
  options: CallOptions,
): Promise<PlaceAudit> {
  const [{ versions }, known, frozen] = await Promise.all([
    client.listPlaceVersions(placeId, { limit: historyLimit }, options),
    intents.list(host, placeId),
    places.frozen(host, placeId),
  ]);
  const landed = new Set(
    known.flatMap(({ state, version }) => (state === 'landed' && version ? [version] : [])),
  );
  const since = Math.min(...known.map(({ lastVersion }) => lastVersion));
  const strangers = versions.filter(({ version }) => version > since && !landed.has(version));

  const unrecorded: UnrecordedVersion[] = [];
  let unreadable = strangers.length > mostReadings;
  const settled: PlaceAudit['settled'] = [];
  for (const version of strangers.slice(0, mostReadings)) {
    const reading = await readVersion(client, placeId, version, { known, readStamp, options });
    unreadable ||= reading.content === 'unreadable';
    const open = reading.intents.filter((intent) => intent.state === 'sent' || intent.state === 'unknown');
    const [intent] = open;
    if (open.length === 1 && intent && !(await intents.isBeingSent(intent.runId, intent.sha256))) {
      await intents.mark(intent.runId, intent.sha256, 'landed', version.version);
      intent.state = 'landed';
      settled.push({ runId: intent.runId, outcome: 'landed', version: version.version });
    } else {
      unrecorded.push(describe(version, reading));
    }
  }

  const released = new Set((await releases.history(host, placeId)).map(({ version }) => version));
  for (const { state, version, runId } of known) {
    if (state === 'landed' && version !== undefined && !released.has(version)) {
      unrecorded.push({
        version,
        published: true,
        content: 'ours',
        note: `published by ${runId}, which has not recorded it as a release: it goes on, or was lost before it could`,
      });
    } else if (state === 'sent' || state === 'unknown') {
      settled.push({ runId, outcome: unreadable ? 'ambiguous' : 'absent' });
    }
  }

  const [live, stable] = await Promise.all([
    releases.live(host, placeId),
    releases.lastStable(host, placeId),
  ]);
  const head = versions[0]?.version;
  const newestPublished = versions.find(({ isPublished }) => isPublished)?.version;
  return {
    host,
    placeId,
    at: now(),
    ...(head !== undefined && { head }),
    ...(live && { live: inShort(live) }),
    ...(stable && { stable: inShort(stable) }),
    ...(frozen && { frozen }),
    unrecorded,
    settled,
    highestLease: await intents.highestLease(host, placeId),
    inStep: newestPublished === live?.version,
  };
}

type Reading = { content: UnrecordedVersion['content']; how: 'bytes' | 'stamp'; intents: RecordedIntent[] };

/** Whose content the version has: that of an intent by its bytes, else by the build's stamp. */
async function readVersion(
  client: OpenCloudClient,
  placeId: string,
  { version }: PlaceVersion,
  {
    known,
    readStamp,
    options,
  }: { known: RecordedIntent[]; readStamp: AuditDependencies['readStamp']; options: CallOptions },
): Promise<Reading> {
  let bytes: Uint8Array;
  try {
    bytes = await client.downloadPlaceVersion(placeId, version, options);
  } catch (error) {
    // An outage passes, and the activity is tried again; a refusal stays.
    if (error instanceof GraveshiftError && !error.retryable)
      return { content: 'unreadable', how: 'bytes', intents: [] };
    throw error;
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const sameBytes = known.filter((intent) => intent.sha256 === sha256);
  if (sameBytes.length > 0) return { content: 'ours', how: 'bytes', intents: sameBytes };
  const stamp = readStamp(bytes);
  const sameStamp = known.filter(({ commit, digest }) => stamp?.commit === commit && stamp.digest === digest);
  return { content: sameStamp.length > 0 ? 'ours' : 'other', how: 'stamp', intents: sameStamp };
}

function describe(
  { version, isPublished, createdBy, createdTime }: PlaceVersion,
  { content, how, intents }: Reading,
): UnrecordedVersion {
  const runs = [...new Set(intents.map(({ runId }) => runId))].join(', ');
  const notes = {
    ours:
      how === 'bytes'
        ? `the very bytes of ${runs}: a publish that landed after it was given up, or bytes published again by hand`
        : `the stamp of ${runs} with other bytes: saved from Studio after it was published`,
    other: 'nothing of ours: published from Studio or by another tool',
    unreadable: 'its content may not be read: give the key legacy-asset:manage',
  };
  return {
    version,
    published: isPublished,
    content,
    note: notes[content],
    ...(createdBy !== undefined && createdBy !== null && { createdBy }),
    ...(createdTime !== undefined && { createdAt: createdTime }),
  };
}

function inShort({ version, runId, place, commit, tag }: PlaceRelease): PlaceVersionRecord {
  return { version, runId, sha256: place.sha256, commit, tag };
}
