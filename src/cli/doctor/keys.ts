import { apiKeyVariables, resolveApiKey } from '../../adapters/open-cloud/index.js';
import type { ProjectConfig } from '../../domain/project.js';
import type { Variables } from '../context.js';
import { type Check, firstLine } from './check.js';

type KeySource = { host: 'emulator' | 'roblox'; environment: string };

/** Whether each environment's API key is there, and never what it is. */
export async function checkKeys(
  configs: readonly ProjectConfig[],
  env: Variables,
  emulatorKeyFile: string,
): Promise<Check[]> {
  const sources = new Map<string, KeySource>([['emulator', { host: 'emulator', environment: 'staging' }]]);
  for (const { environments } of configs) {
    for (const [environment, { host }] of Object.entries(environments)) {
      if (host === 'roblox') sources.set(`roblox ${environment}`, { host, environment });
    }
  }
  const withEmulatorKey = { GRAVESHIFT_EMULATOR_KEY_FILE: emulatorKeyFile, ...env };
  return await Promise.all(
    [...sources.values()].map((source) =>
      checkKey(source, source.host === 'emulator' ? withEmulatorKey : env),
    ),
  );
}

async function checkKey(source: KeySource, env: Variables): Promise<Check> {
  const isEmulator = source.host === 'emulator';
  const name = isEmulator ? 'key of the emulator' : `key of Open Cloud for ${source.environment}`;
  try {
    await resolveApiKey(source, env);
    const variable = apiKeyVariables(source).find((candidate) => (env[candidate] ?? '').trim() !== '');
    return { name, state: 'ok', found: `present (${variable ?? 'unknown'})` };
  } catch (error) {
    return isEmulator
      ? { name, state: 'note', found: 'not there yet', remedy: '"graveshift up" makes one' }
      : {
          name,
          state: 'missing',
          found: firstLine(error),
          remedy: 'make one in the Creator Hub: https://create.roblox.com/dashboard/credentials',
        };
  }
}
