import type { EmulatorContext } from './context.js';
import type { IncomingBlob } from './incoming-blob.js';
import type { StoredVersion } from './state.js';

/** Adds a version with these bytes to a place, which must exist. Answers its number. */
export async function addVersion(
  { store, now }: Pick<EmulatorContext, 'store' | 'now'>,
  placeId: string,
  blob: IncomingBlob,
  { isPublished, createdBy }: Pick<StoredVersion, 'isPublished' | 'createdBy'>,
): Promise<number> {
  await blob.keep();
  return store.mutate((draft) => {
    const versions = draft.places[placeId]?.versions ?? [];
    const version = (versions.at(-1)?.version ?? 0) + 1;
    versions.push({
      version,
      sha256: blob.sha256,
      bytes: blob.bytes,
      isPublished,
      createdBy,
      createdTime: new Date(now()).toISOString(),
    });
    return version;
  });
}

/** As the version history shows it. */
export const versionAnswer = (version: StoredVersion) => ({
  version: String(version.version),
  title: version.title ?? null,
  description: version.description ?? null,
  contributors: [Number(version.createdBy)],
  isPublished: version.isPublished,
  hasNotes: version.title !== undefined || version.description !== undefined,
  createdTime: version.createdTime,
  createdBy: Number(version.createdBy),
});
