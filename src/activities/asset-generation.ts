import { asyncLocalStorage } from '@temporalio/activity';
import { z } from 'zod';

import { renderContactSheet } from '../adapters/mesh/index.js';
import type { AssetActivities } from '../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import {
  assetManifestSchema,
  assetSpecSchema,
  type AssetIndex,
  type AssetSpec,
  type GeneratedAsset,
  type MeshGenerator,
  type MeshGeneratorName,
} from '../domain/asset.js';
import { canonicalJson, digestOf } from '../domain/canonical-json.js';
import { GraveshiftError, invalidInput } from '../domain/failure.js';
import { parseInput } from '../domain/parse-input.js';
import { showValue } from '../domain/show-value.js';

export type AssetGenerationActivities = Pick<AssetActivities, 'generateAsset' | 'sealAssets'>;

const contactSheetLayout = { columns: 4, picturePixels: 256 };

/** Makes meshes, each once for a generator, its version and a spec, and closes a batch of them. */
export function createAssetGenerationActivities({
  artifacts,
  index,
  generators,
}: {
  artifacts: ArtifactStore;
  index: AssetIndex;
  generators: readonly MeshGenerator[];
}): AssetGenerationActivities {
  return {
    async generateAsset({ specs, assetId, generator: name }) {
      const generator = findGenerator(generators, name);
      const spec = await findSpec(artifacts, specs, assetId);
      const key = digestOf({ generator: generator.name, version: generator.version, spec });
      const known = await index.find(key);
      if (known && (await isIntact(artifacts, known))) return { ...known, reused: true, costUsd: 0 };
      const asset = await make(generator, spec, key);
      await index.record(asset);
      return asset;
    },

    async sealAssets({ assets }) {
      const pictures = await Promise.all(
        assets.map(async ({ id, thumbnail, triangles }) => ({
          thumbnailPng: await artifacts.get(thumbnail),
          label: id,
          caption: `${triangles} triangles`,
        })),
      );
      const contactSheet = renderContactSheet(pictures, contactSheetLayout);
      return {
        manifest: await putJson(assetManifestSchema.parse({ assets })),
        contactSheet: await artifacts.put(contactSheet, 'image/png'),
      };
    },
  };

  async function make(generator: MeshGenerator, spec: AssetSpec, key: string): Promise<GeneratedAsset> {
    const { glb, thumbnailPng, statistics, provenance } = await generator.generate(spec, {
      signal: cancellationSignal(),
    });
    const mesh = await artifacts.put(glb, 'model/gltf-binary');
    return {
      id: spec.id,
      role: spec.role,
      recipe: spec.recipe,
      generator: generator.name,
      key,
      mesh,
      thumbnail: await artifacts.put(thumbnailPng, 'image/png'),
      // No time in it: the same mesh has the same provenance, whoever makes it again.
      provenance: await putJson({
        ...provenance,
        generator: generator.name,
        version: generator.version,
        specDigest: digestOf(spec),
        meshSha256: mesh.sha256,
        statistics,
      }),
      triangles: statistics.triangles,
      sizeStuds: statistics.sizeStuds,
      reused: false,
      costUsd: 0,
    };
  }

  function putJson(value: unknown): Promise<ArtifactRef> {
    return artifacts.put(new TextEncoder().encode(canonicalJson(value)), 'application/json');
  }
}

/** The activity's cancellation; outside one, as in a script, nothing cancels. */
function cancellationSignal(): AbortSignal {
  return asyncLocalStorage.getStore()?.cancellationSignal ?? new AbortController().signal;
}

function findGenerator(generators: readonly MeshGenerator[], name: MeshGeneratorName): MeshGenerator {
  const generator = generators.find((candidate) => candidate.name === name);
  if (generator) return generator;
  const served = generators.map((candidate) => candidate.name).join(', ');
  throw invalidInput('The request for an asset', [
    {
      field: 'generator',
      value: showValue(name),
      remedy: `this worker serves ${served || 'none'}; name one of them in generators.mesh of graveshift.json, or start a worker that has it`,
    },
  ]);
}

async function findSpec(artifacts: ArtifactStore, specs: ArtifactRef, assetId: string): Promise<AssetSpec> {
  const text = new TextDecoder().decode(await artifacts.get(specs));
  const batch = parseInput(z.array(assetSpecSchema), 'the batch of asset specs', parseJson(text));
  const spec = batch.find(({ id }) => id === assetId);
  if (spec) return spec;
  throw invalidInput('The request for an asset', [
    {
      field: 'assetId',
      value: showValue(assetId),
      remedy: `expected one of the batch: ${batch.map(({ id }) => id).join(', ') || 'it is empty'}`,
    },
  ]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not a batch: the schema says so with the text.
    return text;
  }
}

/** Reads all that the asset refers to; what is missing or damaged is to be made again. */
async function isIntact(
  artifacts: ArtifactStore,
  { mesh, thumbnail, provenance }: GeneratedAsset,
): Promise<boolean> {
  try {
    await Promise.all([mesh, thumbnail, provenance].map((ref) => artifacts.get(ref)));
    return true;
  } catch (error) {
    const gone =
      error instanceof GraveshiftError &&
      (error.kind === 'ArtifactMissing' || error.kind === 'ArtifactCorrupt');
    if (gone) return false;
    throw error;
  }
}
