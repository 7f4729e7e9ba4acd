import type { ColumnType, Kysely } from 'kysely';

import type { RunState } from '../../domain/activities.js';
import type { Environment } from '../../domain/project.js';
import type { PublishIntentState } from '../../domain/publish-log.js';
import type { ReleaseStatus } from '../../domain/release.js';

/**
 * The ledger's tables, as `migrations.ts` makes them. Times are ISO 8601 in UTC, documents are JSON, both as text: so
 * every database sorts and keeps them the same way.
 */
export type Tables = {
  runs: RunsTable;
  claims: ClaimsTable;
  steps: StepsTable;
  leases: LeasesTable;
  intents: IntentsTable;
  uploads: UploadsTable;
  releases: ReleasesTable;
  manifests: ManifestsTable;
  places: PlacesTable;
  quotas: QuotasTable;
  model_calls: ModelCallsTable;
};

export type Database = Kysely<Tables>;

/** Written once, never updated. */
type Fixed<T> = ColumnType<T, T, never>;

type RunsTable = {
  id: Fixed<string>;
  workflow_id: Fixed<string>;
  pipeline: Fixed<string>;
  project: Fixed<string>;
  subject: Fixed<string>;
  requested_by: Fixed<string>;
  input: Fixed<string>;
  state: RunState;
  summary: string | null;
  cost_usd: number;
  started_at: Fixed<string>;
  finished_at: string | null;
};

type ClaimsTable = {
  project: Fixed<string>;
  subject: Fixed<string>;
  run_id: Fixed<string>;
  claimed_at: Fixed<string>;
};

type StepsTable = {
  run_id: Fixed<string>;
  position: Fixed<number>;
  id: Fixed<string>;
  state: Fixed<string>;
  started_at: Fixed<string>;
  finished_at: Fixed<string | null>;
};

type LeasesTable = { host: Fixed<Environment['host']>; place_id: Fixed<string>; lease: number };

type TargetColumns = {
  project: Fixed<string>;
  environment: Fixed<string>;
  host: Fixed<Environment['host']>;
  universe_id: Fixed<string>;
  place_name: Fixed<string>;
  place_id: Fixed<string>;
  place_sha256: Fixed<string>;
  place_bytes: Fixed<number>;
  place_media_type: Fixed<string>;
  commit_sha: Fixed<string>;
  change_set_digest: Fixed<string>;
  lease: number;
};

type IntentsTable = TargetColumns & {
  run_id: Fixed<string>;
  last_version: Fixed<number>;
  state: PublishIntentState;
  version: number | null;
  recorded_at: Fixed<string>;
  updated_at: string;
};

type UploadsTable = {
  host: Fixed<Environment['host']>;
  creator_type: Fixed<string>;
  creator_id: Fixed<string>;
  sha256: Fixed<string>;
  run_id: string | null;
  operation: string | null;
  asset_id: string | null;
  updated_at: string;
};

type ReleasesTable = TargetColumns & {
  run_id: Fixed<string>;
  version: Fixed<number>;
  night: Fixed<number | null>;
  tag: string;
  gates: Fixed<string>;
  approvals: Fixed<string>;
  released_at: Fixed<string>;
  status: ReleaseStatus;
  status_reason: string | null;
  status_at: string | null;
  /** Digest of the sealed manifest. */
  manifest: string | null;
  /** Rojo that built the place; null for what was recorded before it was asked for. */
  rojo_version: Fixed<string | null>;
};

type ManifestsTable = {
  digest: Fixed<string>;
  release_digest: Fixed<string>;
  project: Fixed<string>;
  place_name: Fixed<string>;
  version: Fixed<string>;
  tag: Fixed<string>;
  run_id: Fixed<string>;
  night: Fixed<number | null>;
  commit_sha: Fixed<string>;
  place_sha256: Fixed<string>;
  bytes: Fixed<number>;
  created_at: Fixed<string>;
};

type PlacesTable = {
  host: Fixed<Environment['host']>;
  place_id: Fixed<string>;
  frozen_by: string | null;
  frozen_reason: string | null;
  frozen_at: string | null;
  updated_at: string;
};

type QuotasTable = {
  host: Fixed<string>;
  owner: Fixed<string>;
  endpoint: Fixed<string>;
  window_ends_at: string;
  window_ms: number;
  call_limit: number;
  taken: number;
  urgent_taken: number;
};

type ModelCallsTable = {
  id: Fixed<string>;
  run_id: Fixed<string>;
  prompt_hash: Fixed<string>;
  model: Fixed<string>;
  usd: number;
  input_tokens: number | null;
  output_tokens: number | null;
  sent_at: Fixed<string>;
  ended_at: string | null;
};
