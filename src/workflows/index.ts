export { assetBatch } from './asset-batch.js';
export { deploy } from './deploy.js';
export { emergencyRollback } from './emergency-rollback.js';
export { feature } from './feature.js';
export { horrorNight } from './horror-night.js';
export { place } from './place.js';
export { proceduralContent } from './procedural-content.js';
