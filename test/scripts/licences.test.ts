import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { isAllowed, judgeLicences } from '../../scripts/lib/licences.mjs';

const packageRoot = path.resolve(import.meta.dirname, '../..');

describe('the licence check', () => {
  it.each([
    'MIT',
    'BSD-3-Clause',
    '(MIT OR GPL-3.0-only)',
    'GPL-2.0-only OR (MIT AND ISC)',
    'MIT AND Apache-2.0',
    'Apache-2.0 WITH LLVM-exception',
  ])('accepts %s', (expression) => {
    expect(isAllowed(expression)).toBe(true);
  });

  it.each([
    'GPL-3.0-only',
    'AGPL-3.0-or-later',
    'MIT AND GPL-3.0-only',
    '(MIT OR ISC) AND LGPL-3.0-or-later',
    'UNKNOWN',
    'UNLICENSED',
    'Custom: https://example.com',
    'SEE LICENSE IN LICENSE.md',
    'MIT OR',
    '(MIT',
    'MIT ISC',
    '',
  ])('refuses %j', (expression) => {
    expect(isAllowed(expression)).toBe(false);
  });

  it('names what it refuses, and holds an exception to the licence that it was made for', () => {
    const exceptions = [{ package: 'native-*', licence: 'LGPL-3.0-or-later', reason: 'a shared library' }];
    const { accepted, refused } = judgeLicences(
      {
        'fine@1.0.0': { licenses: 'MIT*' },
        '@scope/both@2.0.0': { licenses: ['MIT', 'ISC'] },
        'native-linux@1.0.0': { licenses: 'LGPL-3.0-or-later' },
        'native-darwin@2.0.0': { licenses: 'GPL-3.0-only' },
        'silent@1.0.0': {},
      },
      exceptions,
    );
    expect(refused).toEqual([
      { id: 'native-darwin@2.0.0', licence: 'GPL-3.0-only' },
      { id: 'silent@1.0.0', licence: 'UNKNOWN' },
    ]);
    expect([...accepted.keys()]).toEqual(['MIT', 'MIT AND ISC', 'LGPL-3.0-or-later']);
  });
});

describe('THIRD_PARTY.md', () => {
  it('names exactly the packages whose code is in the workflow bundle', async (context) => {
    const bundle = path.join(packageRoot, 'dist', 'workflow-bundle.js');
    if (!existsSync(bundle)) context.skip('needs the workflow bundle: run "npm run build"');
    const code = await readFile(bundle, 'utf8');
    // webpack heads each module with its path; the innermost node_modules names the package.
    const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]*node_modules\/[^"]*)"/gm)].map(
      (match) => match[1]!,
    );
    const bundled = modules.map(
      (file) => /^(?:@[^/]+\/)?[^/]+/.exec(file.split('node_modules/').at(-1)!)![0],
    );
    expect(bundled.length).toBeGreaterThan(50);

    const document = await readFile(path.join(packageRoot, 'THIRD_PARTY.md'), 'utf8');
    const named = [...document.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]);
    expect(named).toEqual([...new Set(bundled)].sort());
  });
});
