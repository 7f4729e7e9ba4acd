import { z } from 'zod';

import { type ArtifactStore, artifactRefSchema } from '../domain/artifact.js';
import { assetManifestSchema, type NightAsset } from '../domain/asset.js';
import { gateResultSchema } from '../domain/gate.js';

/** What the query `approvals` shows of a candidate, as far as a person wants to see it. */
export const candidateSchema = z.object({
  commit: z.string(),
  branch: z.string(),
  stat: z.object({ files: z.number(), insertions: z.number(), deletions: z.number() }),
  place: artifactRefSchema,
  scripts: z.number(),
  instances: z.number(),
  gates: z.array(gateResultSchema),
  /** Absent in runs of before there was one. */
  codeReport: artifactRefSchema.optional(),
  manifests: z.array(artifactRefSchema),
  /** Absent in runs of before there were any. */
  pictures: z
    .array(z.object({ name: z.string().regex(/^[a-z0-9-]+\.(svg|png)$/), picture: artifactRefSchema }))
    .default([]),
});
export type CandidateView = z.infer<typeof candidateSchema>;

/** The part of a release's candidate that says what the matrix makes of its gates. */
export const gatesSchema = z.object({
  rows: z.array(
    z.object({
      gate: z.string(),
      policy: z.enum(['required', 'advisory', 'off', 'must-not-fail']),
      verdict: z.enum(['pass', 'fail', 'inconclusive', 'missing']),
      blocks: z.boolean(),
      summary: z.string(),
    }),
  ),
});

/** The assets that the manifests name. @throws GraveshiftError where the store does not have them */
export async function readAssets(
  artifacts: ArtifactStore,
  manifests: CandidateView['manifests'],
): Promise<NightAsset[]> {
  const texts = await Promise.all(manifests.map((manifest) => artifacts.get(manifest)));
  return texts.flatMap(
    (bytes) => assetManifestSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).assets,
  );
}
