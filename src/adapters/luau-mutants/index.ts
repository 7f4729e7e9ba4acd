export { applyMutation, findMutations, type Mutation } from './mutations.js';
export { sampleMutations } from './sample.js';
