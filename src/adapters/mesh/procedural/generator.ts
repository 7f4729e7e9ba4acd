import { setImmediate } from 'node:timers/promises';

import type { AssetSpec, GeneratedMesh, MeshGenerator, SizeStuds } from '../../../domain/asset.js';
import { digestOf } from '../../../domain/canonical-json.js';
import { GraveshiftError, invalidInput } from '../../../domain/failure.js';
import { holdGeometryKernel, type KernelHolder } from '../geometry-kernel.js';
import { writeGlb } from '../glb.js';
import { renderThumbnail } from '../thumbnail.js';
import { validateMesh } from '../validate.js';
import { buildPrimitives } from './finish.js';
import { parseParameters, type Recipe } from './recipe.js';
import { recipes } from './recipes.js';

/** Change it with every change that could change a mesh: it is part of each mesh's cache key. */
const version = '1';

const name = 'procedural';

const licence =
  'Made by the recipes of Graveshift; no model, mesh or texture of others went into it. Yours to use as you like.';

/** A longer, thinner mesh than this cannot be told from a line, and single precision tears it. */
const mostElongation = 100;

/**
 * The generator that needs no GPU and no model: solid modelling by hand-written recipes. Deterministic: equal
 * specs give equal bytes.
 */
export function createProceduralGenerator(): MeshGenerator {
  const kernel = holdGeometryKernel();
  return {
    name,
    version,
    async generate(spec: AssetSpec, { signal }: { signal: AbortSignal }): Promise<GeneratedMesh> {
      const recipe = findRecipe(spec);
      requireProportions(spec);
      const parameters = parseParameters(recipe, spec.parameters);
      const loaded = await kernel.load();
      // Modelling and rendering keep the thread busy: between them timers, heartbeats and cancellation get their turn.
      const breathe = async () => {
        await setImmediate();
        signal.throwIfAborted();
      };
      await breathe();
      const { primitives, detail } = modelled(kernel, spec, () =>
        buildPrimitives(loaded, recipe, spec, parameters),
      );
      await breathe();
      const specDigest = digestOf(spec);
      const glb = await writeGlb(primitives, {
        name: spec.id,
        generator: `graveshift ${name} ${version}`,
        extras: {
          generator: name,
          generatorVersion: version,
          recipe: recipe.name,
          seed: spec.seed,
          specDigest,
        },
      });
      const { statistics, primitives: written } = await validateMesh(glb, spec, loaded);
      await breathe();
      const thumbnailPng = renderThumbnail(written);
      signal.throwIfAborted();
      const provenance = { recipe: recipe.name, parameters, seed: spec.seed, detail, licence };
      return { glb, thumbnailPng, statistics, provenance };
    },
  };
}

/** Turns what the kernel throws into the failure that it is, and lets nobody use that kernel again. */
function modelled<Result>(kernel: KernelHolder, spec: AssetSpec, build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    if (error instanceof GraveshiftError) throw error;
    kernel.discard();
    throw new GraveshiftError(
      'AssetGenerationFailure',
      `The recipe "${spec.recipe}" failed for "${spec.id}" (seed ${spec.seed}): ` +
        `${error instanceof Error ? error.message : String(error)}. Try another seed, and report this one.`,
      { details: { asset: spec.id, rule: 'modelling' }, cause: error },
    );
  }
}

function findRecipe(spec: AssetSpec): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === spec.recipe);
  if (recipe) return recipe;
  throw invalidInput(`The asset "${spec.id}"`, [
    {
      field: 'recipe',
      value: JSON.stringify(spec.recipe),
      remedy: `expected one of ${recipes.map((known) => known.name).join(', ')}`,
    },
  ]);
}

function requireProportions({ id, sizeStuds }: { id: string; sizeStuds: SizeStuds }): void {
  const sides = [sizeStuds.x, sizeStuds.y, sizeStuds.z];
  if (Math.max(...sides) <= mostElongation * Math.min(...sides)) return;
  throw invalidInput(`The asset "${id}"`, [
    {
      field: 'sizeStuds',
      value: sides.join(' × '),
      remedy: `expected a longest side of at most ${mostElongation} times the shortest one`,
    },
  ]);
}
