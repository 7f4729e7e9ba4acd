import { createHash } from 'node:crypto';

import type { NightAsset } from '../../src/domain/asset.js';
import type { ContentPlan } from '../../src/domain/content/config.js';
import { planContent } from '../../src/domain/content/plan.js';
import { contentRequestSchema } from '../../src/domain/content/request.js';
import { seasonSchema } from '../../src/domain/project.js';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const refOf = (text: string) => ({
  sha256: hashOf(text),
  bytes: text.length,
  mediaType: 'model/gltf-binary',
});

export const planOf = (request: unknown): ContentPlan =>
  planContent(contentRequestSchema.parse(request), seasonSchema.parse({}));

/** What the assets' steps of a pipeline hand over. */
export function uploaded(plan: ContentPlan): NightAsset[] {
  return plan.assets.map((spec, index) => ({
    id: spec.id,
    role: spec.role,
    recipe: spec.recipe,
    generator: 'procedural',
    key: hashOf(`key ${spec.id}`),
    mesh: refOf(`mesh ${spec.id}`),
    thumbnail: refOf(`thumbnail ${spec.id}`),
    provenance: refOf(`provenance ${spec.id}`),
    triangles: 400,
    sizeStuds: spec.sizeStuds,
    reused: false,
    costUsd: 0,
    assetId: String(9000 + index),
    moderation: 'approved',
  }));
}
