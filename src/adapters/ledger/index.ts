export { createLedger, type Ledger } from './ledger.js';
export type { ManifestRecord } from './manifests.js';
export { asPlaceRelease, type ReleaseRecord } from './release-record.js';
export type { ReleaseMark } from './releases.js';
export type { RunRecord, RunStep } from './runs.js';
