import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { OpenRun } from '../../src/adapters/ledger/runs.js';
import type { PublishIntent } from '../../src/domain/activities.js';

/** A folder of its own for one test file's ledgers. */
export async function makeFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'graveshift-ledger-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A clock that goes on by one second each time it is read. */
export function tickingClock(): () => Date {
  let now = Date.UTC(2026, 9, 31, 22);
  return () => new Date((now += 1000));
}

export function runNamed(runId: string, changes: Partial<OpenRun> = {}): OpenRun {
  return {
    runId,
    workflowId: `village/${runId}`,
    pipeline: 'horrorNight',
    project: 'village',
    subject: 'night:3',
    requestedBy: 'ada',
    input: { night: 3 },
    ...changes,
  };
}

export function intentOf(runId: string, changes: Partial<PublishIntent> = {}): PublishIntent {
  return {
    runId,
    project: 'village',
    target: {
      environment: 'staging',
      host: 'emulator',
      universeId: '100',
      creator: { type: 'user', id: '1' },
      placeName: 'start',
      placeId: '200',
      rojoProject: 'default.project.json',
    },
    place: { sha256: 'a'.repeat(64), bytes: 1234, mediaType: 'application/x-roblox-place' },
    commit: 'c'.repeat(40),
    digest: 'd'.repeat(64),
    lease: 1,
    ...changes,
  };
}
