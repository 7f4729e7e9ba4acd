import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { expect, it } from 'vitest';

import type { CallDescription } from '../../src/adapters/open-cloud/index.js';
import { openCloudCalls } from '../../src/adapters/open-cloud/index.js';

it('docs/open-cloud.md shows the table of calls as it is', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/open-cloud.md'), 'utf8');
  const table = /<!-- calls -->([^]*?)<!-- \/calls -->/.exec(page)?.[1] ?? '';
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const expected = Object.entries<CallDescription>(openCloudCalls).map(([name, call]) => [
    `\`${name}\``,
    `\`${call.method} ${call.path}\``,
    call.scopes.length === 0 ? '–' : call.scopes.map((scope) => `\`${scope}\``).join(' '),
    call.perMinute === undefined ? '–' : String(call.perMinute),
    call.retry,
    String(call.timeoutSeconds),
  ]);
  expect(rows).toEqual(expected);
});
