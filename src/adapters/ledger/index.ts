export { createLedger, type Ledger } from './ledger.js';
export type { ReleaseRecord } from './releases.js';
export type { RunRecord, RunStep } from './runs.js';
