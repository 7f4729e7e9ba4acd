import { createHash } from 'node:crypto';

import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import { asPlaceRelease, type Ledger, type ReleaseRecord } from '../adapters/ledger/index.js';
import type { OpenCloudClient } from '../adapters/open-cloud/index.js';
import {
  missingConfig,
  parseProjectConfig,
  projectConfigPath,
  selectTarget,
} from '../adapters/projects/project-config.js';
import type { ProjectRegistry } from '../adapters/projects/registry.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import type { RescueActivities } from '../domain/deploy-activities.js';
import { GraveshiftError, invalidInput } from '../domain/failure.js';
import { leasePriorities, placeWorkflowId } from '../domain/place.js';
import { releaseManifestSchema } from '../domain/release.js';
import type { ProjectFiles, ProjectSnapshot, PublishTarget } from '../domain/project.js';
import type { PlaceStamp } from './open-cloud-reconcile.js';
import type { LeaseLog } from './place.js';
import { auditPlace } from './place-audit.js';
import { activitySignal, warn } from './support/context.js';

export type RescueDependencies = {
  client: () => Client;
  registry: ProjectRegistry;
  projectFiles: ProjectFiles;
  ledger: Pick<Ledger, 'releases' | 'listRuns' | 'intents' | 'places'> & LeaseLog;
  artifacts: ArtifactStore;
  clientFor: (target: PublishTarget) => Promise<OpenCloudClient>;
  readStamp: (place: Uint8Array) => PlaceStamp | undefined;
};

/** Queue of the rescue workers beside the main one (workflows/support/stations.ts). */
const rescueSuffix = '-rescue';
const mostRuns = 200;

/** What a rollback needs before and beside its publish. It reads what this machine has: no Git server need answer. */
export function createRescueActivities({
  client,
  registry,
  projectFiles,
  ledger,
  artifacts,
  clientFor,
  readStamp,
}: RescueDependencies): Pick<
  RescueActivities,
  'previousRelease' | 'planRollback' | 'seizePlace' | 'stopOthers'
> {
  return {
    async previousRelease({ host, placeId, before }) {
      const history = await ledger.releases.history(host, placeId);
      const good = previousOf(history, before);
      return good ? { good: asPlaceRelease(good) } : {};
    },

    async planRollback({ project: named, environment, place, to, drill }) {
      const { name } = await registry.resolve(named);
      const recorded = (await ledger.releases.list({ project: name, environment })).filter(
        ({ placeName }) => placeName === place,
      );
      const [newest] = recorded;
      if (!newest) throw nothingPublished(name, environment, place);
      const project = await snapshotAt(name, newest, environment, place);
      const { host, placeId } = project.target;
      const history = await ledger.releases.history(host, placeId);
      const live = history.find(({ status }) => status !== 'rolled-back');
      // A deploy in the middle of its publish is what is to be undone: what was live before it is good.
      await settleOpenPublishes(project.target, live);
      const bad = (await isBeingReplaced(project.target, live)) ? undefined : live;
      const good = await goodRelease(name, project.target, history, { to, bad, drill });
      const { place: bytes, source } = await bytesOf(project.target, good);
      return {
        project,
        good: { ...asPlaceRelease(good), place: bytes },
        ...(bad && bad.place.sha256 !== good.place.sha256 && { bad: asPlaceRelease(bad) }),
        config: bad === undefined ? {} : await configBefore(bad),
        bytes: source,
      };
    },

    async seizePlace({ host, placeId, runId, workflowId }) {
      const lease = await ledger.nextLease(host, placeId);
      // The number alone fences everybody off; the entity is told so that it gives the place to nobody meanwhile.
      const taskQueue = activityInfo().taskQueue.replace(new RegExp(`${rescueSuffix}$`), '');
      await client()
        .workflow.signalWithStart('place', {
          workflowId: placeWorkflowId(host, placeId),
          taskQueue,
          args: [{ host, placeId }],
          signal: 'seizeLease',
          signalArgs: [{ runId, workflowId, priority: leasePriorities.rollback, lease }],
          staticSummary: `Who may publish to place ${placeId} (${host})`,
        })
        .catch((error: unknown) => warn('The place entity was not told', { placeId, error: String(error) }));
      return { lease };
    },

    async stopOthers({ project, environment, place, except }) {
      const running = await ledger.listRuns({ project, state: 'running', limit: mostRuns });
      const subject = `deploy:${environment}:${place}`;
      const others = running.filter((run) => run.subject === subject && !except.includes(run.workflowId));
      const stopped: string[] = [];
      for (const { workflowId } of others) {
        try {
          await client().workflow.getHandle(workflowId).cancel();
          stopped.push(workflowId);
        } catch (error) {
          // It has ended meanwhile, or its cluster is lost: the lease number holds it off either way.
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
      }
      return { stopped };
    },
  };

  /** The project as its newest release had it: read from the worker's clone, which has that commit. */
  async function snapshotAt(
    name: string,
    { commit }: ReleaseRecord,
    environment: string,
    place: string,
  ): Promise<ProjectSnapshot> {
    const bytes = await projectFiles.read(name, commit, projectConfigPath);
    if (!bytes) throw missingConfig(commit);
    const config = parseProjectConfig(new TextDecoder().decode(bytes), name);
    return { name, baseCommit: commit, config, target: selectTarget(config, environment, place) };
  }

  /** A publish whose answer was lost may be what players have: the place's history tells. */
  async function settleOpenPublishes(target: PublishTarget, live: ReleaseRecord | undefined): Promise<void> {
    const { host, placeId } = target;
    const newest = live?.version ?? 0;
    const open = (await ledger.intents.list(host, placeId)).filter(
      ({ state, lastVersion }) => (state === 'unknown' || state === 'sent') && lastVersion >= newest,
    );
    if (open.length === 0) return;
    const signal = activitySignal();
    const dependencies = {
      client: await clientFor(target),
      intents: ledger.intents,
      places: ledger.places,
      releases: ledger.releases,
      readStamp,
      now: () => new Date().toISOString(),
    };
    await auditPlace(dependencies, target, { urgent: true, ...(signal && { signal }) });
  }

  /** Whether a version is on top of the release, or on its way there, that is not recorded as a release yet. */
  async function isBeingReplaced(
    { host, placeId }: PublishTarget,
    live: ReleaseRecord | undefined,
  ): Promise<boolean> {
    const newest = live?.version ?? 0;
    const isReleased = new Set((await ledger.releases.history(host, placeId)).map(({ version }) => version));
    for (const { state, version = 0, runId, sha256 } of await ledger.intents.list(host, placeId)) {
      if (state === 'landed' && version > newest && !isReleased.has(version)) return true;
      if (state === 'sent' && (await ledger.intents.isBeingSent(runId, sha256))) return true;
    }
    return false;
  }

  async function goodRelease(
    project: string,
    { host, placeId }: PublishTarget,
    history: readonly ReleaseRecord[],
    { to, bad, drill }: { to: string | undefined; bad: ReleaseRecord | undefined; drill: boolean },
  ): Promise<ReleaseRecord> {
    if (to !== undefined) {
      const named = await ledger.releases.find(project, to, { host, placeId });
      if (named) return named;
      throw invalidInput('the rollback', [
        {
          field: 'to',
          value: `"${to}"`,
          remedy: `expected a release of place ${placeId}: ${history
            .slice(0, 5)
            .map(({ tag }) => tag)
            .join(', ')} (graveshift releases)`,
        },
      ]);
    }
    const stable = await ledger.releases.lastStable(host, placeId, bad);
    const good = stable ?? previousOf(history, bad?.place.sha256);
    if (good) return good;
    throw invalidInput(drill ? 'the drill' : 'the rollback', [
      {
        field: 'place',
        value: `place ${placeId}, whose only release is ${bad?.tag ?? 'taken back already'}`,
        remedy:
          'there is nothing to go back to: publish a mended release, or name one of another place with "to"',
      },
    ]);
  }

  /** The config keys that the release switched on, as they were without it. */
  async function configBefore({ manifest, tag }: ReleaseRecord): Promise<Record<string, unknown>> {
    if (manifest === undefined) return {};
    try {
      const bytes = await artifacts.get({ sha256: manifest });
      const { content } = releaseManifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      return Object.fromEntries(Object.entries(content.config).map(([key, { off }]) => [key, off]));
    } catch (error) {
      // The place goes back either way; a person is told what to look at.
      warn('The manifest cannot be read: configs stay as they are', { tag, manifest, error: String(error) });
      return {};
    }
  }

  /** The store's bytes where they are what their name says; else the place's own version, where it still is the same. */
  async function bytesOf(
    target: PublishTarget,
    good: ReleaseRecord,
  ): Promise<{ place: ArtifactRef; source: 'stored' | 'downloaded' }> {
    try {
      // Checked piece by piece: a place may have 100 MB.
      await artifacts.open(good.place);
      return { place: good.place, source: 'stored' };
    } catch (error) {
      const kind = error instanceof GraveshiftError ? error.kind : undefined;
      if (kind !== 'ArtifactMissing' && kind !== 'ArtifactCorrupt') throw error;
      warn('The store has lost the bytes of a release', { tag: good.tag, sha256: good.place.sha256, kind });
    }
    const signal = activitySignal();
    const openCloud = await clientFor(target);
    const bytes = await openCloud
      .downloadPlaceVersion(target.placeId, good.version, { urgent: true, ...(signal && { signal }) })
      .catch((error: unknown) => {
        // An outage passes, and the activity is tried again; a refusal stays.
        throw error instanceof GraveshiftError && !error.retryable ? bytesGone(target, good, error) : error;
      });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const stamp = readStamp(bytes);
    // Roblox may write a place anew: the stamp in it says as surely what it is.
    if (sha256 !== good.place.sha256 && (stamp?.commit !== good.commit || stamp.digest !== good.digest)) {
      throw bytesGone(target, good);
    }
    return { place: await artifacts.put(bytes, good.place.mediaType), source: 'downloaded' };
  }
}

function bytesGone(
  { placeId }: PublishTarget,
  { tag, place, version }: ReleaseRecord,
  refusal?: GraveshiftError,
): GraveshiftError {
  const found = refusal ? `cannot be downloaded (${refusal.message})` : 'holds something else';
  return new GraveshiftError(
    'ArtifactMissing',
    `The bytes of ${tag} (${place.sha256}) are not in the store, and version ${version} of place ${placeId} ${found}: ` +
      'roll back to another release with "to". Nothing was changed.',
    { details: { tag, version }, ...(refusal && { cause: refusal }) },
  );
}

/** The newest release with other bytes that nobody took back, where none was watched to be stable. */
function previousOf(
  history: readonly ReleaseRecord[],
  sha256: string | undefined,
): ReleaseRecord | undefined {
  const takenBack = new Set(sha256 === undefined ? [] : [sha256]);
  return history.find((release) => {
    if (release.status === 'rolled-back') takenBack.add(release.place.sha256);
    return !takenBack.has(release.place.sha256);
  });
}

function nothingPublished(project: string, environment: string, place: string): GraveshiftError {
  return invalidInput('the rollback', [
    {
      field: 'place',
      value: `"${place}" of ${environment}`,
      remedy: `Graveshift has published nothing there for ${project}: see "graveshift releases --environment ${environment}"`,
    },
  ]);
}
