import type { NightAsset } from '../../domain/asset.js';

/** One asset in a record under `assets/graveshift`: enough to know where it comes from, and to make it again. */
export function assetRecord(asset: NightAsset) {
  return {
    id: asset.id,
    role: asset.role,
    recipe: asset.recipe,
    generator: asset.generator,
    key: asset.key,
    mesh: asset.mesh.sha256,
    provenance: asset.provenance.sha256,
    triangles: asset.triangles,
    sizeStuds: asset.sizeStuds,
    assetId: asset.assetId,
    moderation: asset.moderation,
  };
}
