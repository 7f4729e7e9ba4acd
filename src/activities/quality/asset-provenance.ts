import { z } from 'zod';

import { assetLockPath, parseAssetLock } from '../../adapters/luau/index.js';
import type { Finding, Scan } from '../../adapters/quality/index.js';
import { assetLockKey, moderationStateSchema } from '../../domain/asset.js';
import { parseInput } from '../../domain/parse-input.js';
import type { ReleaseSource } from './release-source.js';

/** Where a night records what its assets are made of: `assets/graveshift/night-8.json`. */
const recordsFolder = 'assets/graveshift';

const recordSchema = z.looseObject({
  assets: z.array(
    z.looseObject({ mesh: z.string(), provenance: z.string(), moderation: moderationStateSchema }),
  ),
});
const provenanceSchema = z.looseObject({ licence: z.string().min(1) });

/**
 * Each asset of the release is locked for the experience's owner, was not rejected by moderation, and its provenance
 * says by which licence it is used.
 */
export async function checkAssets(release: ReleaseSource): Promise<Scan> {
  const { content, project, text } = release;
  if (content.assets.length === 0) return { findings: [], unread: [], note: 'no assets' };
  const lockText = await text(assetLockPath);
  const lock = lockText === undefined ? undefined : parseAssetLock(lockText);
  const records = await readRecords(release);
  const scan: Scan = { findings: [], unread: [], note: `${content.assets.length} assets` };
  for (const { id, assetId, sha256 } of content.assets) {
    const report = (rule: string, message: string, fix: string) =>
      scan.findings.push({
        file: assetLockPath,
        rule,
        message: `${id} (${assetId}) ${message}`,
        fix,
      } satisfies Finding);
    const locked = lock?.assets[assetLockKey(project.target.host, project.target.creator, sha256)];
    if (locked?.assetId !== assetId) {
      report(
        'unlocked-asset',
        `is not locked for the owner of ${project.target.environment}`,
        'make the night again for that owner',
      );
    }
    const record = records.get(sha256);
    if (record?.moderation === 'rejected') {
      report('rejected-asset', 'was rejected by moderation', 'make another one');
    }
    if (record === undefined) {
      report(
        'unlicensed-asset',
        `has no record in ${recordsFolder}`,
        'say there what it is made of, or remove it',
      );
    } else if (!(await release.artifacts.has({ sha256: record.provenance }))) {
      scan.unread.push(`${id}: its provenance ${record.provenance.slice(0, 12)} is not in the store`);
    } else {
      const bytes = await release.artifacts.get({ sha256: record.provenance });
      const parsed = provenanceSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
      if (!parsed.success)
        report(
          'unlicensed-asset',
          'has a provenance without a licence',
          'use a generator whose licence is known',
        );
    }
  }
  return scan;
}

async function readRecords({ git, project, content, text }: ReleaseSource) {
  const records = new Map<string, z.infer<typeof recordSchema>['assets'][number]>();
  const paths = await git.list(project.name, content.commit, recordsFolder);
  for (const path of paths.filter((name) => name.endsWith('.json'))) {
    const { assets } = parseInput(recordSchema, path, JSON.parse((await text(path)) ?? '') as unknown);
    for (const asset of assets) records.set(asset.mesh, asset);
  }
  return records;
}
