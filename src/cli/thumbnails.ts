import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { ArtifactStore } from '../domain/artifact.js';
import type { NightAsset } from '../domain/asset.js';

/** Lays the thumbnails out as files that a picture viewer opens: in the store they have hashes for names. */
export async function exportThumbnails(
  artifacts: ArtifactStore,
  assets: readonly NightAsset[],
  folder: string,
): Promise<Map<string, string>> {
  await mkdir(folder, { recursive: true });
  const files = new Map<string, string>();
  for (const { id, thumbnail } of assets) {
    const file = path.join(folder, `${id}.png`);
    // Reading first would check the hash; a picture that is damaged says so itself.
    await copyFile(artifacts.locate(thumbnail), file);
    files.set(id, file);
  }
  return files;
}
