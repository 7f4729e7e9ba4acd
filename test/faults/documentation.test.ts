import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { expect, it } from 'vitest';

import { describeCall, openCloudCalls, type CallName } from '../../src/adapters/open-cloud/index.js';
import { endpointOf, faults } from './faults.js';

it('docs/reliability.md has an outcome for each call under each fault, and none is broken', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/reliability.md'), 'utf8');
  const table = /<!-- faults -->([^]*?)<!-- \/faults -->/.exec(page)?.[1] ?? '';
  const [head = [], , ...rows] = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(head).toEqual(['call', 'made by', 'retry', ...faults.map(({ name }) => name)]);
  const calls = Object.keys(openCloudCalls) as CallName[];
  expect(rows.map(([call, , retry]) => [call, retry])).toEqual(
    calls.map((call) => [`\`${call}\``, describeCall(call).retry]),
  );
  for (const [index, [call, , , ...outcomes]] of rows.entries()) {
    const isCounted = endpointOf(describeCall(calls[index]!)) !== undefined;
    faults.forEach((fault, column) => {
      const isPlayed = isCounted || !('quotaUsedUp' in fault);
      const expected = isPlayed ? /^(passed|found|again|noted|refused|asks)( \d+)?$/ : /^–$/;
      expect(outcomes[column], `${String(call)} under ${fault.name}`).toMatch(expected);
    });
  }
});
