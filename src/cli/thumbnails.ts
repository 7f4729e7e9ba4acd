import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { ArtifactStore } from '../domain/artifact.js';
import type { NightAsset } from '../domain/asset.js';
import type { CandidateView } from './candidate.js';

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

/** Lays the pictures of a candidate out beside the thumbnails. @returns their files; those that are elsewhere are left out */
export async function exportPictures(
  artifacts: ArtifactStore,
  pictures: CandidateView['pictures'],
  folder: string,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const { name, picture } of pictures) {
    if (!(await artifacts.has(picture))) continue;
    const file = path.join(folder, name);
    await copyFile(artifacts.locate(picture), file);
    files.push(file);
  }
  return files;
}
