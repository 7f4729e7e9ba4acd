import type { CallOptions, Clock, OpenCloudClient, PlaceContent } from '../adapters/open-cloud/index.js';
import { isBinaryPlace } from '../adapters/open-cloud/index.js';
import type { AssetActivities, OpenCloudActivities, PublishIntent } from '../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import { GraveshiftError } from '../domain/failure.js';
import type { PublishTarget } from '../domain/project.js';
import type { IntentLog, UploadLog } from '../domain/publish-log.js';
import { activitySignal, warn } from './support/context.js';
import { isoTime, proveTarget, refuseStaleLease } from './open-cloud-preflight.js';
import type { PlaceStamp } from './open-cloud-reconcile.js';
import { reconcile } from './open-cloud-reconcile.js';
import type { AssetLockReader } from './open-cloud-upload.js';
import { createUploadAsset } from './open-cloud-upload.js';

export type { AssetLockReader, PlaceStamp };

export type OpenCloudDependencies = {
  clientFor: (target: PublishTarget) => Promise<OpenCloudClient>;
  artifacts: ArtifactStore;
  intents: IntentLog;
  uploads: UploadLog;
  assetLock: AssetLockReader;
  /** What the build stamped into a place; undefined for a place that we did not build. */
  readStamp: (place: Uint8Array) => PlaceStamp | undefined;
  clock: Clock;
};

/** How far back a publish looks for versions that it does not know. */
const shownVersions = 10;

/** Well within the time after which the ledger takes a sender for dead. */
const touchEveryMs = 2000;

/** Publishing, what became of it, and uploading assets. */
export function createOpenCloudActivities(
  dependencies: OpenCloudDependencies,
): OpenCloudActivities & Pick<AssetActivities, 'uploadAsset'> {
  const { clientFor, artifacts, intents, readStamp, clock } = dependencies;

  return {
    uploadAsset: createUploadAsset(dependencies),

    async checkTarget({ target }) {
      await proveTarget(await clientFor(target), target, callOptions());
    },

    async preparePublish({ intent }) {
      const client = await clientFor(intent.target);
      const options = callOptions(intent);
      if (!(await artifacts.has(intent.place))) {
        throw new GraveshiftError(
          'ArtifactMissing',
          `The place ${intent.place.sha256} is not in the artifact store: build it again.`,
          { details: { sha256: intent.place.sha256 } },
        );
      }
      await proveTarget(client, intent.target, options);
      refuseStaleLease(intent, await intents.highestLease(intent.target.host, intent.target.placeId));
      const { host, placeId } = intent.target;
      const { versions } = await client.listPlaceVersions(placeId, { limit: shownVersions }, options);
      const recorded = await intents.recordedVersions(host, placeId);
      await intents.record(intent, versions[0]?.version ?? 0);
      const unrecorded = unrecordedSince(versions, recorded);
      return {
        lastVersion: (await recordOf(intents, intent)).lastVersion,
        ...(unrecorded.length > 0 && { unrecorded }),
      };
    },

    async publishPlace({ intent, versionType }) {
      const { runId, target, place } = intent;
      const { state, version } = await recordOf(intents, intent);
      if (state === 'landed' && version !== undefined) return { version };
      if (state !== 'recorded' && state !== 'failed') throw alreadySent(intent);
      refuseStaleLease(intent, await intents.highestLease(target.host, target.placeId));
      const content = await openPlace(artifacts, place);
      const client = await clientFor(target);
      await intents.mark(runId, place.sha256, 'sent');
      const versionNumber = await whileTouching(intent, () => publish(client, intent, content, versionType));
      try {
        await intents.mark(runId, place.sha256, 'landed', versionNumber);
      } catch (error) {
        throw new GraveshiftError(
          'OutcomeUnknown',
          `Version ${String(versionNumber)} of place ${target.placeId} was published, but could not be recorded: ` +
            'reconcile before anything else is published.',
          { details: { placeId: target.placeId, version: versionNumber }, cause: error },
        );
      }
      // Not waited for: the version is live, and its answer is what the run needs now.
      void describeVersion(client, intent, versionNumber);
      return { version: versionNumber };
    },

    async reconcilePublish({ intent, lastVersion }) {
      const client = await clientFor(intent.target);
      const now = () => isoTime(clock);
      const { runId, place } = intent;
      const beingSent = await intents.isBeingSent(runId, place.sha256);
      const found = await reconcile(
        { client, intents, readStamp, now },
        intent,
        lastVersion,
        callOptions(intent),
      );
      // Asked before the history was read: what its sender may still do then cannot be seen in it.
      if (found.outcome === 'absent' && beingSent) {
        return { outcome: 'sending', evidence: `${found.evidence}; another process is sending it` };
      }
      // An absent version frees the intent for another try; an ambiguous one keeps it shut until a person decides.
      if (found.outcome === 'landed') await intents.mark(runId, place.sha256, 'landed', found.version);
      if (found.outcome === 'absent') await intents.mark(runId, place.sha256, 'failed');
      return found;
    },
  };

  /** Shows others that this process lives and is sending, by the ledger: it may have lost Temporal meanwhile. */
  async function whileTouching<T>({ runId, place }: PublishIntent, send: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => {
      intents.touch(runId, place.sha256).catch((reason: unknown) => {
        warn('The ledger was not told that a publish is still on its way', { runId, reason: String(reason) });
      });
    }, touchEveryMs);
    try {
      return await send();
    } finally {
      clearInterval(timer);
    }
  }

  async function publish(
    client: OpenCloudClient,
    intent: PublishIntent,
    content: PlaceContent,
    versionType: 'Saved' | 'Published',
  ): Promise<number> {
    const { runId, target, place } = intent;
    try {
      const { universeId, placeId } = target;
      const answer = await client.publishPlace(
        universeId,
        placeId,
        content,
        versionType,
        callOptions(intent),
      );
      return answer.versionNumber;
    } catch (error) {
      const failure = failureOfPublish(error);
      const state = failure.kind === 'OutcomeUnknown' ? 'unknown' : 'failed';
      // Where this cannot be written the intent stays `sent`, which is as cautious: the failure is what matters.
      await intents.mark(runId, place.sha256, state).catch((reason: unknown) => {
        warn('What became of the publish could not be recorded', { runId, state, reason: String(reason) });
      });
      throw failure;
    }
  }
}

/** The stored place, checked as a whole before any of it is sent, and never in memory as a whole. */
async function openPlace(artifacts: ArtifactStore, place: ArtifactRef): Promise<PlaceContent> {
  const pieces = await artifacts.open(place);
  let binary = false;
  for await (const first of pieces) {
    binary = isBinaryPlace(first);
    break;
  }
  return { bytes: place.bytes, binary, open: () => pieces };
}

/** Says on the Creator Hub what the version is. Experimental at Roblox, and no reason to fail what is live. */
async function describeVersion(
  client: OpenCloudClient,
  intent: PublishIntent,
  version: number,
): Promise<void> {
  const { runId, commit, place, target } = intent;
  const note = {
    title: runId,
    description: `Published by Graveshift, run ${runId}: commit ${commit}, SHA-256 ${place.sha256}`,
  };
  try {
    await client.describePlaceVersion(target.placeId, version, note, callOptions(intent));
  } catch (error) {
    warn('The version got no note', { placeId: target.placeId, version, reason: String(error) });
  }
}

/**
 * Versions after our newest one that nobody recorded: a person's, or a publish that landed after it was given up. Before
 * our first version everything is somebody else's, and no news.
 */
function unrecordedSince(
  versions: readonly { version: number }[],
  recorded: readonly { version: number }[],
): number[] {
  const newest = Math.max(0, ...recorded.map(({ version }) => version));
  return newest === 0 ? [] : versions.map(({ version }) => version).filter((version) => version > newest);
}

/** Whether it had an effect is what the caller must know: anything that does not say so may have had one. */
function failureOfPublish(error: unknown): GraveshiftError {
  if (error instanceof GraveshiftError) {
    return error.kind === 'ServiceUnavailable'
      ? new GraveshiftError('DeploymentFailure', error.message, { details: error.details, cause: error })
      : error;
  }
  // The client cuts nothing off: a cancellation ends a wait after an answer that had no effect.
  if (activitySignal()?.aborted === true) {
    return new GraveshiftError('DeploymentFailure', 'The publish was cancelled before it was sent.', {
      cause: error,
    });
  }
  return new GraveshiftError('OutcomeUnknown', `The publish broke off: ${String(error)}. Reconcile first.`, {
    cause: error,
  });
}

function callOptions(intent?: Pick<PublishIntent, 'urgent'>): CallOptions {
  const signal = activitySignal();
  return { ...(signal && { signal }), ...(intent?.urgent === true && { urgent: true }) };
}

async function recordOf(intents: IntentLog, intent: PublishIntent) {
  const found = await intents.find(intent.runId, intent.place.sha256);
  if (found !== undefined) return found;
  throw new GraveshiftError(
    'DeploymentFailure',
    `Run ${intent.runId} has not recorded that it publishes place ${intent.place.sha256}: prepare the publish first.`,
    { details: { runId: intent.runId, sha256: intent.place.sha256 } },
  );
}

function alreadySent({ runId, place, target }: PublishIntent): GraveshiftError {
  return new GraveshiftError(
    'OutcomeUnknown',
    `Run ${runId} has already sent place ${place.sha256} to ${target.placeId}, and its answer was lost: ` +
      'reconcile before it is sent again.',
    { details: { runId, sha256: place.sha256, placeId: target.placeId } },
  );
}
