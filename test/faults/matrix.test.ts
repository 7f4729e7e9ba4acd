import { writeFile } from 'node:fs/promises';

import { afterAll, describe, expect, it } from 'vitest';

import type { CallName } from '../../src/adapters/open-cloud/index.js';
import { openCloudCalls } from '../../src/adapters/open-cloud/index.js';
import { playCell, type Cell } from './cell.js';
import { faults } from './faults.js';

/** Set by `npm run faults`: where the cells of the whole matrix go. */
const output = process.env.GRAVESHIFT_FAULTS_OUTPUT;
/** What changes something without an idempotency key, and the read that a lost publish is found by. */
const always: readonly CallName[] = [
  'publishPlace',
  'downloadContent',
  'restartServers',
  'updateConfigDraft',
  'publishConfig',
  'createAsset',
];
const calls = output === undefined ? always : (Object.keys(openCloudCalls) as CallName[]);

const cells: Cell[] = [];
afterAll(async () => {
  if (output === undefined) return;
  const names = faults.map(({ name }) => name);
  cells.sort(
    (a, b) =>
      calls.indexOf(a.call) - calls.indexOf(b.call) || names.indexOf(a.fault) - names.indexOf(b.fault),
  );
  await writeFile(output, JSON.stringify(cells, null, 2));
});

describe.each(calls)('%s', (call) => {
  it.concurrent.each(faults)('under $name does as its retry class promises', async (fault) => {
    const cell = await playCell(call, fault);
    if (cell === undefined) return;
    cells.push(cell);
    expect(cell.broken, JSON.stringify(cell)).toEqual([]);
  });
});
