import type { AssetSpec, SizeStuds } from '../../../domain/asset.js';
import { GraveshiftError } from '../../../domain/failure.js';
import { flatShaded } from '../flat-shading.js';
import type { GeometryKernel } from '../geometry-kernel.js';
import { linearFromHex, type MeshPrimitive, type SurfaceMaterial } from '../mesh-primitive.js';
import { createRandom, type Random } from '../random.js';
import { looks, type MaterialName } from './materials.js';
import type { Model } from './model.js';
import type { Recipe, RecipeInput } from './recipe.js';
import { inWorkshop, type Solid, type Workshop } from './workshop.js';

/** Tried from the first on, until the mesh fits its budget. */
const detailLevels = [1, 0.8, 0.62, 0.5, 0.36, 0.24, 0.12] as const;

/** Shares of the model's longest side that edges are merged within when less detail alone does not fit. */
const roughTolerances = [0.004, 0.008, 0.015, 0.025, 0.04, 0.06] as const;

/** Merges slivers that single precision could not tell apart. */
const fineTolerance = 2e-5;

/** A recipe is not built further from its proportions than this; the rest is stretched. */
const mostDistortion = 2.2;

type Body = { material: MaterialName; solid: Solid };

/**
 * Builds the recipe with as much detail as the budget allows, and fits it to the wanted size: centred on x and z,
 * standing on y = 0, looking to -z.
 *
 * @throws GraveshiftError `AssetGenerationFailure` when not even its coarsest form fits
 */
export function buildPrimitives(
  kernel: GeometryKernel,
  recipe: Recipe,
  spec: AssetSpec,
  parameters: RecipeInput['parameters'],
): { primitives: MeshPrimitive[]; detail: number } {
  const size = buildingSize(recipe.defaultSizeStuds, spec.sizeStuds);
  let fewest = Infinity;
  for (const detail of detailLevels) {
    const attempt = inWorkshop(kernel, detail, (workshop) => {
      // The same stream at each level: less detail is the same house, with fewer boards.
      const random = createRandom(spec.seed, recipe.name);
      const model = recipe.build({ workshop, random, size, parameters }).turn(0, 180, 0);
      const bodies = unite(workshop, model);
      const fitting =
        detail === detailLevels.at(-1) ? coarsen(workshop, bodies, spec.triangleBudget) : bodies;
      const triangles = countTriangles(fitting);
      fewest = Math.min(fewest, triangles);
      if (triangles > spec.triangleBudget) return undefined;
      return exportBodies(fit(fitting, spec.sizeStuds), random.fork('tint'));
    });
    if (attempt) return { primitives: attempt, detail };
  }
  throw new GraveshiftError(
    'AssetGenerationFailure',
    `The recipe "${recipe.name}" cannot make "${spec.id}" with ${spec.triangleBudget} triangles: its coarsest form has ${fewest}. ` +
      'Raise the triangle budget or choose a simpler recipe.',
    { details: { asset: spec.id, rule: 'triangles', coarsest: fewest } },
  );
}

/** The wanted proportions at the default scale, so that a plank is as wide as a plank. */
function buildingSize(standard: SizeStuds, wanted: SizeStuds): SizeStuds {
  const volume = (size: SizeStuds) => size.x * size.y * size.z;
  const scale = Math.cbrt(volume(standard) / volume(wanted));
  const side = (axis: keyof SizeStuds) =>
    Math.min(mostDistortion, Math.max(1 / mostDistortion, (wanted[axis] * scale) / standard[axis])) *
    standard[axis];
  return { x: side('x'), y: side('y'), z: side('z') };
}

function unite(workshop: Workshop, model: Model): Body[] {
  const groups = new Map<MaterialName, Solid[]>();
  for (const { material, solid } of model.parts)
    groups.set(material, [...(groups.get(material) ?? []), solid]);
  const bodies = [...groups].map(([material, solids]) => ({ material, solid: workshop.union(solids) }));
  return simplified(workshop, bodies, fineTolerance);
}

function simplified(workshop: Workshop, bodies: readonly Body[], share: number): Body[] {
  const [minimum, maximum] = boundsOfBodies(bodies);
  const longest = Math.max(...maximum.map((value, axis) => value - (minimum[axis] ?? 0)));
  return bodies
    .map(({ material, solid }) => ({ material, solid: workshop.simplify(solid, longest * share) }))
    .filter(({ solid }) => !solid.manifold.isEmpty() && solid.manifold.volume() > 0);
}

function coarsen(workshop: Workshop, bodies: readonly Body[], budget: number): Body[] {
  let best = [...bodies];
  for (const tolerance of roughTolerances) {
    if (countTriangles(best) <= budget) break;
    const next = simplified(workshop, bodies, tolerance);
    if (next.length > 0) best = next;
  }
  return best;
}

const countTriangles = (bodies: readonly Body[]): number =>
  bodies.reduce((sum, { solid }) => sum + solid.manifold.numTri(), 0);

function boundsOfBodies(bodies: readonly Body[]): [minimum: number[], maximum: number[]] {
  const boxes = bodies.map(({ solid }) => solid.manifold.boundingBox());
  const along = (axis: number, end: 'min' | 'max') => boxes.map((box) => box[end][axis] ?? 0);
  return [
    [0, 1, 2].map((axis) => Math.min(...along(axis, 'min'))),
    [0, 1, 2].map((axis) => Math.max(...along(axis, 'max'))),
  ];
}

function fit(bodies: readonly Body[], wanted: SizeStuds): Body[] {
  const [[left = 0, bottom = 0, front = 0], [right = 0, top = 0, back = 0]] = boundsOfBodies(bodies);
  return bodies.map(({ material, solid }) => ({
    material,
    solid: solid
      .move(-(left + right) / 2, -bottom, -(front + back) / 2)
      .stretch(wanted.x / (right - left), wanted.y / (top - bottom), wanted.z / (back - front)),
  }));
}

function exportBodies(bodies: readonly Body[], random: Random): MeshPrimitive[] {
  return bodies.map(({ material, solid }) => {
    const mesh = solid.manifold.getMesh();
    return {
      material: tinted(material, random.fork(material)),
      ...flatShaded(mesh.vertProperties, mesh.triVerts),
    };
  });
}

/** No two of a kind have quite the same colour. */
function tinted(name: MaterialName, random: Random): SurfaceMaterial {
  const look = looks[name];
  const glow = 'glow' in look ? look.glow : 0;
  const brightness = glow > 0 ? 1 : random.between(0.86, 1.14);
  const warmth = glow > 0 ? 0 : random.around(0.05);
  const [red, green, blue] = linearFromHex(look.color);
  const channel = (value: number) => Math.min(1, Number((value * brightness).toFixed(4)));
  return {
    name,
    color: [channel(red * (1 + warmth)), channel(green), channel(blue * (1 - warmth))],
    metallic: look.metallic,
    roughness: look.roughness,
    glow,
  };
}
