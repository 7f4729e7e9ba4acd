export { countActions, countRunActions, type History, type RunCost } from './actions.js';
export { connectClient, type TemporalConnection } from './connection.js';
export { ensureSearchAttributes } from './search-attributes.js';
export { readRunEvents } from './run-events.js';
export { loadTemporalSettings, type TemporalSettings } from './settings.js';
export { readTimeline, type RunTimeline } from './timeline.js';
