import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { resolveApiKey } from '../../src/adapters/open-cloud/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graveshift-api-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const roblox = { host: 'roblox', environment: 'pre-production' } as const;

it('prefers the key of the environment, and trims it', async () => {
  const variables = { ROBLOX_API_KEY: 'general', ROBLOX_API_KEY_PRE_PRODUCTION: ' exact \n' };
  expect(await resolveApiKey(roblox, variables)).toBe('exact');
  expect(await resolveApiKey(roblox, { ROBLOX_API_KEY: 'general' })).toBe('general');
});

it('reads a key from a file', async () => {
  const path = join(folder, 'key');
  await writeFile(path, 'from-file\n');
  expect(await resolveApiKey(roblox, { ROBLOX_API_KEY_FILE: path })).toBe('from-file');
});

it('never takes a real key for the emulator, nor the other way round', async () => {
  const variables = { ROBLOX_API_KEY: 'real', GRAVESHIFT_EMULATOR_KEY: 'local' };
  expect(await resolveApiKey({ host: 'emulator', environment: 'staging' }, variables)).toBe('local');
  await expect(resolveApiKey(roblox, { GRAVESHIFT_EMULATOR_KEY: 'local' })).rejects.toMatchObject({
    kind: 'AccessDenied',
  });
  await expect(
    resolveApiKey({ host: 'emulator', environment: 'staging' }, { ROBLOX_API_KEY: 'real' }),
  ).rejects.toThrow('GRAVESHIFT_EMULATOR_KEY');
});

it('names every variable when there is none, and the one that is damaged without its value', async () => {
  await expect(resolveApiKey(roblox, { ROBLOX_API_KEY: '  ' })).rejects.toThrow(
    'ROBLOX_API_KEY_PRE_PRODUCTION, ROBLOX_API_KEY_PRE_PRODUCTION_FILE, ROBLOX_API_KEY, ROBLOX_API_KEY_FILE',
  );
  const damaged: unknown = await resolveApiKey(roblox, { ROBLOX_API_KEY: 'half\nsecret' }).catch(
    (e: unknown) => e,
  );
  expect(String(damaged)).toContain('The key in ROBLOX_API_KEY holds a space');
  expect(String(damaged)).not.toContain('secret');
  await expect(resolveApiKey(roblox, { ROBLOX_API_KEY_FILE: join(folder, 'none') })).rejects.toThrow(
    'ENOENT',
  );
});
