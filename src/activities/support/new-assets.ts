import { z } from 'zod';

import type { ArtifactStore } from '../../domain/artifact.js';
import type { CulpritAsset } from '../../domain/culprits.js';
import type { ProjectFiles } from '../../domain/project.js';

/** What a night, a feature or a content set commits of its assets; read leniently, because any version may have written it. */
const recordSchema = z.object({
  night: z.number().optional(),
  assets: z.array(
    z.object({ id: z.string(), generator: z.string(), mesh: z.string(), provenance: z.string() }),
  ),
});
type AssetRecord = z.infer<typeof recordSchema>;

/** The parts of a provenance that say what to look at first; the rest is in the store. */
const originSchema = z.object({
  version: z.string().optional(),
  model: z.string().optional(),
  recipe: z.string().optional(),
  seed: z.number().optional(),
  prompt: z.string().optional(),
});

const recordPath = /^assets\/graveshift\/(?:.+\/)?([a-z0-9-]+)\.json$/i;

/** The assets whose meshes the bad commit has and the good one has not. */
export async function readNewAssets(
  { git, artifacts }: { git: Pick<ProjectFiles, 'read'>; artifacts: ArtifactStore },
  project: string,
  between: { good: string; bad: string; changed: readonly string[] },
): Promise<CulpritAsset[]> {
  const paths = [...new Set(between.changed)].filter((path) => recordPath.test(path)).sort();
  const found: CulpritAsset[] = [];
  for (const path of paths) {
    const after = parseRecord(await git.read(project, between.bad, path));
    const before = parseRecord(await git.read(project, between.good, path));
    const known = new Set(before?.assets.map(({ mesh }) => mesh));
    for (const { id, generator, mesh, provenance } of after?.assets ?? []) {
      if (known.has(mesh)) continue;
      const origin = await readOrigin(artifacts, provenance);
      found.push({ of: nameOf(path, after), id, generator, origin });
    }
  }
  return found;
}

/** `night 3`, or the name of the feature or content. */
function nameOf(path: string, record: AssetRecord | undefined): string {
  return record?.night === undefined ? (recordPath.exec(path)?.[1] ?? path) : `night ${record.night}`;
}

function parseRecord(bytes: Uint8Array | undefined): AssetRecord | undefined {
  return parseJson(recordSchema, bytes);
}

async function readOrigin(artifacts: ArtifactStore, sha256: string): Promise<CulpritAsset['origin']> {
  const bytes = (await artifacts.has({ sha256 })) ? await artifacts.get({ sha256 }) : undefined;
  const origin = parseJson(originSchema, bytes) ?? {};
  return Object.fromEntries(
    Object.entries(origin).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

/** Undefined for what is not there, and for what somebody edited out of shape. */
function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array | undefined,
): z.output<Schema> | undefined {
  if (bytes === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
