import { expect, it } from 'vitest';

import { renderRuns } from '../../src/cli/commands/list.js';
import type { RunSummary } from '../../src/client.js';

const run: RunSummary = {
  workflowId: 'demo/night-1-1a2b3c4d',
  runId: 'f0e1',
  pipeline: 'horrorNight',
  status: 'RUNNING',
  state: 'running',
  startedAt: '2026-01-01T00:00:00.000Z',
  // What visibility says of every run that is open.
  historyEvents: 0,
};

it('shows how long a history is once the run is closed, and never a 0 before', () => {
  const closed = { ...run, status: 'COMPLETED', closedAt: '2026-01-01T00:00:40.000Z', historyEvents: 412 };
  const [header, ...rows] = renderRuns([run, closed], Date.parse('2026-01-01T00:01:00.000Z'));
  expect(header).toMatch(/EVENTS$/);
  expect(rows.map((row) => row.split(/\s+/).at(-1))).toEqual(['–', '412']);
});
