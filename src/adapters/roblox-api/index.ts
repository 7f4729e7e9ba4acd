export { adviseOnApi, withAdvice } from './advise.js';
export {
  prepareRobloxDefinitions,
  type RobloxDefinitions,
  type RobloxDefinitionsOptions,
} from './definitions.js';
export { describeApi, type DescribeApiOptions } from './describe-api.js';
export { type RobloxApiMetadata, robloxApiMetadataSchema } from './metadata.js';
export type { RobloxApi } from './model.js';
export { relevantClasses } from './relevant-classes.js';
