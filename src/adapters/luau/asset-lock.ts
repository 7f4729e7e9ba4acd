import { assetLockKey, assetLockSchema, type AssetLock, type NightAsset } from '../../domain/asset.js';
import { invalidInput } from '../../domain/failure.js';
import { parseInput } from '../../domain/parse-input.js';
import type { PublishTarget } from '../../domain/project.js';

/** Path of the lock file in the project. */
export const assetLockPath = 'assets.lock.json';

/** @throws GraveshiftError `InvalidInput` when the project's lock file is not one */
export function parseAssetLock(text: string): AssetLock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidInput(assetLockPath, [
      {
        field: assetLockPath,
        value: error instanceof Error ? error.message : String(error),
        remedy: 'mend the JSON (a merge conflict?), or restore the file from an earlier commit',
      },
    ]);
  }
  return parseInput(assetLockSchema, assetLockPath, value);
}

/**
 * The lock with this night's assets. Entries of other hosts, creators and nights stay; one that moderation
 * rejected is not locked, so that it is made again.
 */
export function mergeAssetLock(
  existing: AssetLock | undefined,
  assets: readonly NightAsset[],
  target: Pick<PublishTarget, 'host' | 'creator'>,
): AssetLock {
  const merged = new Map(Object.entries(existing?.assets ?? {}));
  for (const asset of assets) {
    const key = assetLockKey(target.host, target.creator, asset.mesh.sha256);
    if (asset.moderation === 'rejected') merged.delete(key);
    else merged.set(key, { assetId: asset.assetId, name: asset.id });
  }
  const sorted = [...merged].sort(([a], [b]) => (a < b ? -1 : 1));
  return { version: 1, assets: Object.fromEntries(sorted) };
}
