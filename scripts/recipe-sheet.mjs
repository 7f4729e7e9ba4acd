/** Draws `docs/images/recipes.png`: every recipe of the procedural generator within the budget that a night gives it. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { writeFileAtomically } from './lib/files.mjs';
import { packageRoot } from './lib/package-root.mjs';

const { createProceduralGenerator, proceduralRecipes, renderContactSheet } =
  await import('../dist/adapters/mesh/index.js');
const { triangleBudget } = await import('../dist/domain/night-assets.js');

const generator = createProceduralGenerator();
const { signal } = new globalThis.AbortController();
const entries = [];
for (const { name, role, defaultSizeStuds } of proceduralRecipes) {
  const spec = {
    id: `${role}-${name}`,
    role,
    recipe: name,
    prompt: name,
    sizeStuds: defaultSizeStuds,
    triangleBudget: triangleBudget[role],
    seed: 7,
    parameters: {},
  };
  const { thumbnailPng, statistics } = await generator.generate(spec, { signal });
  entries.push({ thumbnailPng, label: name, caption: `${statistics.triangles} triangles` });
}
const file = path.join(packageRoot, 'docs', 'images', 'recipes.png');
await mkdir(path.dirname(file), { recursive: true });
await writeFileAtomically(file, renderContactSheet(entries, { columns: 8, picturePixels: 156 }));
process.stderr.write(`recipe-sheet: wrote ${path.relative(process.cwd(), file)}\n`);
