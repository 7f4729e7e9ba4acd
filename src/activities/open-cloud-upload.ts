import type { CallOptions, Clock, OpenCloudClient } from '../adapters/open-cloud/index.js';
import type { AssetActivities } from '../domain/activities.js';
import type { ArtifactStore } from '../domain/artifact.js';
import type { AssetLock, GeneratedAsset, UploadedAsset } from '../domain/asset.js';
import { assetLockKey } from '../domain/asset.js';
import { GraveshiftError } from '../domain/failure.js';
import type { PublishTarget } from '../domain/project.js';
import type { UploadLog } from '../domain/publish-log.js';
import { activitySignal, warn } from './support/context.js';

/** Reads the project's `assets.lock.json` at a commit; undefined where it has none. */
export type AssetLockReader = { read(project: string, commit: string): Promise<AssetLock | undefined> };

const firstPollMs = 250;
const longestPollMs = 5_000;
/** Operations take seconds; after this the activity ends, and its next attempt goes on polling. */
const longestOperationMs = 5 * 60_000;

/** google.rpc codes, and HTTP's, of operation errors that pass by themselves. */
const passingCodes = new Set(['4', '8', '10', '13', '14', '429', '500', '502', '503', '504']);

/** Uploads meshes as Models, each once for a creator on a host. */
export function createUploadAsset(dependencies: {
  clientFor: (target: PublishTarget) => Promise<OpenCloudClient>;
  artifacts: ArtifactStore;
  uploads: UploadLog;
  assetLock: AssetLockReader;
  clock: Clock;
}): AssetActivities['uploadAsset'] {
  const { clientFor, artifacts, uploads, assetLock, clock } = dependencies;

  return async ({ project, baseCommit, runId, asset, target }) => {
    const { host, creator } = target;
    const { sha256 } = asset.mesh;
    const signal = activitySignal();
    const options: CallOptions = signal === undefined ? {} : { signal };

    const client = await clientFor(target);
    const before = await uploads.find(host, creator, sha256);
    const locked = (await assetLock.read(project, baseCommit))?.assets[assetLockKey(host, creator, sha256)];
    const knownId = locked?.assetId ?? before?.assetId;
    const known = knownId === undefined ? undefined : await existing(client, knownId, options);
    if (known !== undefined) return accepted(asset, known);
    const operation =
      before?.operation ?? (await create(client, { runId, asset, target }, before !== undefined));
    const uploaded = await finish(client, operation, { runId, asset, target }, options);
    await uploads.done(host, creator, sha256, uploaded.assetId);
    return accepted(asset, uploaded);
  };

  async function create(
    client: OpenCloudClient,
    { runId, asset, target }: { runId: string; asset: GeneratedAsset; target: PublishTarget },
    again: boolean,
  ): Promise<string> {
    const { host, creator } = target;
    const { sha256 } = asset.mesh;
    if (again) {
      // Nothing lists what a create that broke off has made, and a second copy of a mesh harms nobody.
      warn('An earlier upload of this mesh broke off: it is created again, and may exist twice', {
        asset: asset.id,
        sha256,
      });
    }
    const glb = await artifacts.get(asset.mesh);
    await uploads.begin(host, creator, sha256, runId);
    try {
      const { path } = await client.createAsset({
        displayName: asset.id.slice(0, 50),
        description: `${asset.recipe} for run ${runId}; mesh ${sha256}`.slice(0, 1000),
        creator,
        glb,
      });
      await uploads.operation(host, creator, sha256, path);
      return path;
    } catch (error) {
      if (error instanceof GraveshiftError && error.kind === 'OutcomeUnknown') {
        throw new GraveshiftError(
          'ServiceUnavailable',
          `${error.message} Asset ${asset.id} is created again: a second copy harms nobody.`,
          { details: error.details, cause: error },
        );
      }
      throw error;
    }
  }

  async function finish(
    client: OpenCloudClient,
    path: string,
    { runId, asset, target }: { runId: string; asset: GeneratedAsset; target: PublishTarget },
    options: CallOptions,
  ): Promise<UploadedAsset> {
    const forget = () => uploads.begin(target.host, target.creator, asset.mesh.sha256, runId);
    const deadline = clock.now() + longestOperationMs;
    for (let wait = firstPollMs; ; wait = Math.min(wait * 2, longestPollMs)) {
      const operation = await client.getOperation(path, options).catch(async (error: unknown) => {
        // Operations are kept for a while only; a lost one cannot be waited for.
        if (error instanceof GraveshiftError && error.details.status === 404) {
          await forget();
          throw new GraveshiftError(
            'ServiceUnavailable',
            `Open Cloud no longer knows ${path} for asset ${asset.id}: it is created again.`,
            { details: { operation: path } },
          );
        }
        throw error;
      });
      if (operation.error !== undefined) {
        const { code, message } = operation.error;
        await forget();
        const passing = code !== undefined && passingCodes.has(String(code));
        throw new GraveshiftError(
          passing ? 'ServiceUnavailable' : 'AssetRejected',
          `Open Cloud did not make an asset of ${asset.id}: ${message}${code === undefined ? '' : ` (${String(code)})`}. ` +
            (passing ? 'It is created again.' : 'Change its recipe or parameters, or leave it out.'),
          { details: { asset: asset.id, operation: path, code } },
        );
      }
      if (operation.done && operation.asset !== undefined) {
        const { assetId, moderation } = operation.asset;
        return { assetId, moderation };
      }
      if (clock.now() >= deadline) {
        throw new GraveshiftError(
          'ServiceUnavailable',
          `Open Cloud has not finished ${path} for asset ${asset.id} in ${String(longestOperationMs / 60_000)} minutes. ` +
            'It goes on there; the next attempt waits for it.',
          { details: { asset: asset.id, operation: path } },
        );
      }
      await clock.sleep(wait, options.signal);
    }
  }
}

/** An asset under review counts: it is loaded once it is approved, and a placeholder stands there until then. */
function accepted(asset: GeneratedAsset, uploaded: UploadedAsset): UploadedAsset {
  if (uploaded.moderation !== 'rejected') return uploaded;
  throw new GraveshiftError(
    'AssetRejected',
    `Roblox's moderation rejected asset ${uploaded.assetId} (${asset.id}): replace it, or appeal on the Creator Hub. ` +
      'Do not upload it again: repeated rejections count against the account.',
    { details: { asset: asset.id, assetId: uploaded.assetId } },
  );
}

/** The asset as it is now; undefined when somebody deleted it: then the mesh is uploaded again. */
async function existing(
  client: OpenCloudClient,
  knownId: string,
  options: CallOptions,
): Promise<UploadedAsset | undefined> {
  try {
    const { assetId, moderation } = await client.getAsset(knownId, options);
    return { assetId, moderation };
  } catch (error) {
    if (error instanceof GraveshiftError && error.details.status === 404) return undefined;
    throw error;
  }
}
