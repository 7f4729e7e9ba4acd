import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { completeLockfile, missingOptionalPackages } from '../../scripts/lib/lockfile.mjs';

type Lockfile = { packages: Record<string, { version?: string; resolved?: string; link?: boolean }> };

describe('package-lock.json', () => {
  it('holds the optional packages of every platform, with versions and without addresses', async () => {
    const lockfile = JSON.parse(await readFile('package-lock.json', 'utf8')) as Lockfile;
    expect(missingOptionalPackages(lockfile)).toEqual([]);
    const entries = Object.entries(lockfile.packages).filter(([name]) => name !== '');
    expect(entries.filter(([, { version }]) => version === undefined)).toEqual([]);
    expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('gets what npm left out, each only for its own platform', () => {
    const lockfile = {
      packages: {
        '': {},
        'node_modules/tool': {
          version: '1.2.3',
          optionalDependencies: { 'tool-linux-x64-musl': '1.2.3', 'tool-win32-x64': '1.2.3' },
        },
      },
    };
    expect(completeLockfile(lockfile)).toEqual(['tool-linux-x64-musl@1.2.3', 'tool-win32-x64@1.2.3']);
    expect(lockfile.packages).toMatchObject({
      'node_modules/tool-linux-x64-musl': {
        version: '1.2.3',
        os: ['linux'],
        cpu: ['x64'],
        libc: ['musl'],
        optional: true,
      },
      'node_modules/tool-win32-x64': { version: '1.2.3', os: ['win32'], cpu: ['x64'], optional: true },
    });
    expect(missingOptionalPackages(lockfile)).toEqual([]);
  });

  it('says which package it cannot place', () => {
    const lockfile = {
      packages: { '': {}, 'node_modules/tool': { optionalDependencies: { fsevents: '~2.3.3' } } },
    };
    expect(() => completeLockfile(lockfile)).toThrow('fsevents@~2.3.3');
  });
});
