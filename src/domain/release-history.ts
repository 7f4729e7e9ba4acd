import type { ArtifactRef } from './artifact.js';
import type { ReleaseStatus } from './release.js';

type Published = { place: Pick<ArtifactRef, 'sha256'>; status: ReleaseStatus };

/** What a version may become: being taken back is final, and nothing goes live again without a new version. */
const nextStatuses: Record<ReleaseStatus, readonly ReleaseStatus[]> = {
  live: ['live', 'stable', 'superseded', 'rolled-back'],
  stable: ['stable', 'rolled-back'],
  // Kept by its watch, and replaced before that was written down.
  superseded: ['superseded', 'stable', 'rolled-back'],
  'rolled-back': ['rolled-back'],
};

export function canBecome(status: ReleaseStatus, next: ReleaseStatus): boolean {
  return nextStatuses[status].includes(next);
}

/**
 * What a rollback goes back to: the newest version that was kept, whose bytes were not taken back since, and that has
 * other bytes than the one to be rolled back.
 *
 * @param history of one place, the newest first
 * @param bad what is to be rolled back
 */
export function findLastStable<Release extends Published>(
  history: readonly Release[],
  bad?: Pick<Published, 'place'>,
): Release | undefined {
  const takenBack = new Set(bad === undefined ? [] : [bad.place.sha256]);
  for (const release of history) {
    if (release.status === 'rolled-back') takenBack.add(release.place.sha256);
    if (release.status === 'stable' && !takenBack.has(release.place.sha256)) return release;
  }
  return undefined;
}

/** The version by which these bytes were taken back, where none of them is live or was kept since. */
export function findRollbackOf<Release extends Published>(
  history: readonly Release[],
  placeSha256: string,
): Release | undefined {
  const judged = history.find(({ place, status }) => place.sha256 === placeSha256 && status !== 'superseded');
  return judged?.status === 'rolled-back' ? judged : undefined;
}
