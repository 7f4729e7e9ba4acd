import { readFile } from 'node:fs/promises';

import { GraveshiftError } from '../../domain/failure.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The value of a variable, or of the file that its twin ending in `_FILE` names.
 * @throws GraveshiftError `AccessDenied` that names the variable, never its value
 */
export async function readVariable(name: string, variables: Variables): Promise<string> {
  const value = variables[name]?.trim();
  if (value !== undefined && value !== '') return value;
  const file = variables[`${name}_FILE`]?.trim();
  const text = file === undefined || file === '' ? '' : await readSecretFile(`${name}_FILE`, file);
  if (text !== '') return text;
  throw new GraveshiftError(
    'AccessDenied',
    `the worker has no ${name}: set it, or ${name}_FILE to the path of a file that holds it`,
    { details: { variable: name } },
  );
}

async function readSecretFile(name: string, path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new GraveshiftError('AccessDenied', `the file that ${name} names cannot be read (${code})`, {
      details: { variable: name, code },
    });
  }
}
