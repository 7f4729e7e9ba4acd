export { buildPlaceFile } from './build.js';
export {
  asRojoReads,
  compareInstances,
  expectInstances,
  type Difference,
  type ExpectedInstance,
} from './compare.js';
export { readDetailedPlace } from './detailed-place.js';
export { describeRojo, findRojo, type RojoTool } from './find-rojo.js';
export { isScript, readPlace, type PlaceInstance } from './place.js';
export { prepareCheckout, type PreparationStep } from './prepare.js';
export type { RojoContext } from './run-rojo.js';
export { readServedTree, type ServedTree } from './serve.js';
export { readSourceMap, type MappedInstance } from './source-map.js';
export { readStamp, stampPlace, withoutStamp, type PlaceStamp } from './stamp.js';
