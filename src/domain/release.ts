import { z } from 'zod';

import { artifactRefSchema, sha256Schema } from './artifact.js';
import { digestOf } from './canonical-json.js';
import { gateResultSchema } from './gate.js';

const commitSchema = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

/** What players get: everything that makes this release this release, and nothing else. */
export const releaseContentSchema = z.strictObject({
  project: z.string(),
  /** Name of the place in `graveshift.json`, such as `start`. */
  placeName: z.string(),
  commit: commitSchema,
  /** Git's tree of the commit. */
  tree: commitSchema,
  place: artifactRefSchema,
  /** Digest of the change set that the commit carries; absent for a commit that a person made. */
  changeDigest: sha256Schema.optional(),
  rojoVersion: z.string().optional(),
  night: z.int().positive().optional(),
  assets: z.array(z.strictObject({ id: z.string(), assetId: z.string(), sha256: sha256Schema })),
  /** In-experience config keys that switch the release's content on, with both values. */
  config: z.record(z.string(), z.strictObject({ on: z.json(), off: z.json() })),
});
export type ReleaseContent = z.infer<typeof releaseContentSchema>;

/** The content with the checks that it passed: what people approve, by its digest. */
export const releaseDraftSchema = z.strictObject({
  content: releaseContentSchema,
  gates: z.array(gateResultSchema),
});
export type ReleaseDraft = z.infer<typeof releaseDraftSchema>;

export function releaseDigest(draft: ReleaseDraft): string {
  return digestOf(draft);
}

/** `1.4.0`: MAJOR.MINOR.PATCH of semver.org, without pre-release and build parts. */
export const releaseVersionSchema = z
  .string()
  .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, 'expected MAJOR.MINOR.PATCH, such as 1.4.0');

/** The whole record of a release: canonical JSON in the artifact store, named by the SHA-256 of its bytes. */
export const releaseManifestSchema = releaseDraftSchema.extend({
  schema: z.literal(1),
  /** Digest of the draft: what the approvals are for. */
  release: sha256Schema,
  version: releaseVersionSchema,
  tag: z.string(),
  run: z.strictObject({ id: z.string(), workflowId: z.string(), pipeline: z.string() }),
  approvals: z.array(
    z.strictObject({
      by: z.string(),
      at: z.string(),
      reason: z.string().optional(),
      /** Fingerprint of the SSH key that signed; absent for an unsigned approval that the policy let count. */
      key: z.string().optional(),
    }),
  ),
  /** What the environments' places got, by environment. */
  versions: z.record(
    z.string(),
    z.strictObject({
      host: z.enum(['emulator', 'roblox']),
      universeId: z.string(),
      placeId: z.string(),
      version: z.int().positive(),
    }),
  ),
  sealedAt: z.string(),
});
export type ReleaseManifest = z.infer<typeof releaseManifestSchema>;

/** How a published version fared. `stable`: kept after its watch; what a rollback goes back to. */
export const releaseStatuses = ['live', 'stable', 'superseded', 'rolled-back'] as const;
export type ReleaseStatus = (typeof releaseStatuses)[number];
