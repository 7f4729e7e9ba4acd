export { assetBatch } from './asset-batch.js';
export { horrorNight } from './horror-night.js';
export { place } from './place.js';
