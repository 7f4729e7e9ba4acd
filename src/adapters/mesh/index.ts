export { renderContactSheet, type ContactSheetEntry, type ContactSheetOptions } from './contact-sheet.js';
export { createFileAssetIndex } from './file-asset-index.js';
export { loadGeometryKernel, type GeometryKernel } from './geometry-kernel.js';
export { readGlb, writeGlb } from './glb.js';
export type { MeshPrimitive, SurfaceMaterial } from './mesh-primitive.js';
export { createProceduralGenerator, proceduralRecipes, type RecipeCard } from './procedural/index.js';
export { renderThumbnail, thumbnailPixels } from './thumbnail.js';
export { validateMesh, type MeshRule, type WantedMesh } from './validate.js';
