export { assetLockPath, mergeAssetLock, parseAssetLock } from './asset-lock.js';
export { assetRecord } from './asset-record.js';
export { compileScripts, type LuauCompileError } from './compile-scripts.js';
export { formatLuau } from './format.js';
export {
  assembleCustom,
  customBootstrap,
  customFolders,
  customNameOf,
  customNamesIn,
  dressGenerated,
  type CustomFolders,
} from './generate-custom.js';
export { readFeaturePackage, type FeaturePackage } from './feature-package.js';
export {
  featureModules,
  featurePlayPath,
  featurePlaysFolder,
  featureRecordPath,
  featuresFolder,
  featureTestsFolder,
  generateFeatures,
  type ExistingFeature,
  type GenerateFeaturesInput,
} from './generate-features.js';
export { generateNight, nightSheetsFolder, type GenerateNightInput } from './generate-night.js';
export { toLuauModules, type LuauModule, type Mount } from './instance-tree.js';
export { readLuauPackage, type LuauPackage } from './luau-package.js';
export { unreachableSites } from './map-check.js';
export { bootstrapPath, clientFolder } from './night-package.js';
export { findMount, readRojoMounts } from './rojo-mounts.js';
export { defaultSpecLimits, runSpecs, specSuffix, type SpecOptions } from './run-specs.js';
export type { LuauTestFailure, LuauTestReport } from './spec-result.js';
export { buildSourceMap, scriptsOf } from './source-map.js';
export { stagingScript } from './staging-script.js';
export { generatedMark, testsFolder, testsMount } from './templates.js';
