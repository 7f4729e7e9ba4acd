import type { PublishIntent } from '../../domain/activities.js';

/** The columns that intents and releases share. */
export function targetColumns({ project, target, place, commit, digest, lease }: PublishIntent) {
  return {
    project,
    environment: target.environment,
    host: target.host,
    universe_id: target.universeId,
    place_name: target.placeName,
    place_id: target.placeId,
    place_sha256: place.sha256,
    place_bytes: place.bytes,
    place_media_type: place.mediaType,
    commit_sha: commit,
    change_set_digest: digest,
    lease,
  };
}
