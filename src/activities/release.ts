import { asPlaceRelease, type Ledger } from '../adapters/ledger/index.js';
import type { GitProjects } from '../adapters/git/index.js';
import { assetLockPath, parseAssetLock } from '../adapters/luau/index.js';
import type { GitActivities } from '../domain/activities.js';
import type { ArtifactStore } from '../domain/artifact.js';
import { assetLockKey } from '../domain/asset.js';
import { canonicalJson } from '../domain/canonical-json.js';
import type { DeployCandidate, ReleaseActivities } from '../domain/deploy-activities.js';
import { invalidInput } from '../domain/failure.js';
import { parseInput } from '../domain/parse-input.js';
import type { PublishTarget } from '../domain/project.js';
import { versionOfTag } from '../domain/release-version.js';
import { releaseDigest, releaseManifestSchema, type ReleaseContent } from '../domain/release.js';
import { findStaged, refuseLostWork, requireFit, stagingOf } from './release-candidate.js';
import { activitySignal } from './support/context.js';

export type ReleaseDependencies = {
  /** Reads and validates the project as every run does. */
  snapshotProject: GitActivities['snapshotProject'];
  git: Pick<
    GitProjects,
    | 'read'
    | 'resolveCommits'
    | 'findCommit'
    | 'isAncestor'
    | 'commitsMissing'
    | 'tags'
    | 'promoteToMain'
    | 'revertTo'
    | 'joinBranch'
  >;
  ledger: Pick<Ledger, 'releases' | 'manifests'>;
  artifacts: ArtifactStore;
};

const manifestMediaType = 'application/json';

export function createReleaseActivities({
  snapshotProject,
  git,
  ledger,
  artifacts,
}: ReleaseDependencies): ReleaseActivities {
  /** The target's meshes in the project's lock file at the commit, by name. */
  async function readAssets(
    project: string,
    commit: string,
    { host, creator }: PublishTarget,
  ): Promise<ReleaseContent['assets']> {
    const bytes = await git.read(project, commit, assetLockPath);
    if (!bytes) return [];
    const { assets } = parseAssetLock(new TextDecoder().decode(bytes));
    const prefix = assetLockKey(host, creator, '');
    return Object.entries(assets)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { assetId, name }]) => ({ id: name, assetId, sha256: key.slice(prefix.length) }))
      .sort((a, b) => (a.id === b.id ? (a.sha256 < b.sha256 ? -1 : 1) : a.id < b.id ? -1 : 1));
  }

  /** Versions of the place that tags in Git name: the game may have had its own numbers before. */
  async function taggedVersions(project: string, placeName: string): Promise<string[]> {
    const known = await git.tags(project, { signal: activitySignal() });
    return known.flatMap(({ name }) => versionOfTag(placeName, name) ?? []);
  }

  return {
    async findCandidate({ project: name, from, to, place, version }): Promise<DeployCandidate> {
      const signal = activitySignal();
      const project = await snapshotProject({
        ...(name !== undefined && { project: name }),
        environment: to,
        place,
      });
      const staging = stagingOf(project);
      if (version !== undefined) await refuseTaken(project.name, place, version);
      const staged = await findStaged({ ledger, git, signal }, { project: project.name, staging, from });
      const { host, placeId } = project.target;
      const [history, live] = await Promise.all([
        ledger.releases.history(host, placeId),
        ledger.releases.live(host, placeId),
      ]);
      const { commit, tree } = requireFit({
        staged,
        found: await git.findCommit(project.name, staged.commit, { signal }),
        isNamed: from !== undefined,
        environment: to,
        history,
        live,
        hasBytes: await artifacts.has(staged.place),
        isOlderThanLive:
          live !== undefined &&
          live.commit !== staged.commit &&
          (await git.isAncestor(project.name, staged.commit, live.commit, { signal })),
      });
      const { main, branches } = await git.resolveCommits(project.name, { signal });
      if (!(await git.isAncestor(project.name, commit, main, { signal }))) {
        const missing = await git.commitsMissing(project.name, commit, main, { signal });
        refuseLostWork(staged.tag, branches.main, missing);
      }
      return {
        project,
        content: {
          project: project.name,
          placeName: place,
          commit,
          tree,
          place: staged.place,
          changeDigest: staged.digest,
          ...(staged.night !== undefined && { night: staged.night }),
          ...(staged.rojoVersion !== undefined && { rojoVersion: staged.rojoVersion }),
          assets: await readAssets(project.name, commit, project.target),
          config: {},
        },
        staging,
        staged: { runId: staged.runId, tag: staged.tag, version: staged.version, gates: staged.gates },
        mainCommit: main,
        ...(live !== undefined && { live: asPlaceRelease(live) }),
      };
    },

    async sealRelease({ draft, version, run, approvals, versions, published }) {
      const { project, placeName, night, commit, place } = draft.content;
      const release = releaseDigest(draft);
      const sealed = await ledger.manifests.record(
        {
          release,
          project,
          placeName,
          runId: run.id,
          commit,
          placeSha256: place.sha256,
          alsoTaken: await taggedVersions(project, placeName),
          ...(night !== undefined && { night }),
          ...(version !== undefined && { version }),
        },
        async (choice) => {
          const manifest = parseInput(releaseManifestSchema, 'the release manifest', {
            schema: 1,
            ...draft,
            release,
            ...choice,
            run,
            approvals,
            versions,
          });
          const bytes = Buffer.from(canonicalJson(manifest));
          const { sha256 } = await artifacts.put(bytes, manifestMediaType);
          return { digest: sha256, bytes: bytes.length };
        },
      );
      await ledger.releases.record({
        intent: published.intent,
        version: published.version,
        tag: sealed.tag,
        gates: draft.gates,
        approvals,
        manifest: sealed.digest,
        ...(draft.content.rojoVersion !== undefined && { rojoVersion: draft.content.rojoVersion }),
        ...(night !== undefined && { night }),
      });
      return {
        manifest: { sha256: sealed.digest, bytes: sealed.bytes, mediaType: manifestMediaType },
        version: sealed.version,
        tag: sealed.tag,
      };
    },

    async promoteToMain({ project, expectedMain, ...promotion }) {
      return await git.promoteToMain(project, { ...promotion, expectedMain }, { signal: activitySignal() });
    },

    async joinBranch({ project, ...join }) {
      const tip = await git.joinBranch(project, join, { signal: activitySignal() });
      return tip === undefined ? {} : { tip };
    },

    async revertTo({ project, ...reversion }) {
      return { branches: await git.revertTo(project, reversion, { signal: activitySignal() }) };
    },

    markRelease: (mark) => ledger.releases.mark(mark),
  };

  async function refuseTaken(project: string, placeName: string, version: string): Promise<void> {
    const sealed = (await ledger.manifests.list(project)).some(
      (manifest) => manifest.placeName === placeName && manifest.version === version,
    );
    if (!sealed && !(await taggedVersions(project, placeName)).includes(version)) return;
    throw invalidInput('the release', [
      {
        field: 'version',
        value: `${version}, which ${sealed ? 'another release has' : 'a tag in Git names'} already`,
        remedy: 'expected one that is free, or none for the next one',
      },
    ]);
  }
}
