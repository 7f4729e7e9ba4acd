import { readFile } from 'node:fs/promises';

import { GraveshiftError } from '../../domain/failure.js';
import type { PublishTarget } from '../../domain/project.js';

export type KeySource = Pick<PublishTarget, 'host' | 'environment'>;

/** The variables that may hold the key, the most exact first; each has a `_FILE` twin that names a file. */
export function apiKeyVariables({ host, environment }: KeySource): string[] {
  const suffix = environment.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  const names =
    host === 'emulator' ? ['GRAVESHIFT_EMULATOR_KEY'] : [`ROBLOX_API_KEY_${suffix}`, 'ROBLOX_API_KEY'];
  return names.flatMap((name) => [name, `${name}_FILE`]);
}

/**
 * Finds the Open Cloud key for an environment. Real keys are never taken for the emulator, nor the other way round.
 * @throws GraveshiftError `AccessDenied` that names the variables, never a key
 */
export async function resolveApiKey(
  source: KeySource,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const names = apiKeyVariables(source);
  for (const name of names) {
    const value = variables[name]?.trim();
    if (value === undefined || value === '') continue;
    return name.endsWith('_FILE') ? checked(await readKeyFile(name, value), name) : checked(value, name);
  }
  const api = source.host === 'emulator' ? 'the Open Cloud emulator' : 'Open Cloud';
  throw new GraveshiftError(
    'AccessDenied',
    `There is no key of ${api} for the environment "${source.environment}": set one of ${names.join(', ')} ` +
      '(a name ending in _FILE names a file that holds the key).',
    { details: { environment: source.environment, host: source.host, variables: names } },
  );
}

async function readKeyFile(name: string, path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new GraveshiftError(
      'AccessDenied',
      `The key file that ${name} names cannot be read (${code}): check the path and who may read it.`,
      { details: { variable: name, path, code } },
    );
  }
}

function checked(key: string, name: string): string {
  // A header's value; anything else is a damaged copy of a key.
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const problem = key === '' ? 'is empty' : 'holds a space, a line break or a character outside ASCII';
  throw new GraveshiftError(
    'AccessDenied',
    `The key in ${name} ${problem}: copy it again from the Creator Hub.`,
    {
      details: { variable: name },
    },
  );
}
