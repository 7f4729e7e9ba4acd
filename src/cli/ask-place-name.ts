import { input } from '@inquirer/prompts';

import type { CliContext } from './context.js';

/** A rollback's second confirmation: the place's name, typed again. Undefined where nothing was typed. */
export async function askPlaceName(
  context: CliContext,
  place: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const typed = await input(
    { message: `Type the name of the place to put back (${place}):` },
    { input: context.stdin, output: context.stderr, ...(signal && { signal }) },
  );
  return typed === '' ? undefined : typed;
}
