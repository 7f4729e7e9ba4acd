import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';

import { invalidInput } from '../domain/failure.js';
import { showValue } from '../domain/show-value.js';
import type { CliContext } from './context.js';

/** The object that `--input` gives: JSON, `@file`, or `-` for standard input. */
export async function readInput(
  source: string,
  context: Pick<CliContext, 'stdin' | 'cwd'>,
): Promise<Record<string, unknown>> {
  const text = await textOf(source, context);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(showValue(text), `expected JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw wrong(showValue(value), 'expected one JSON object, such as {"night":3}');
}

async function textOf(source: string, { stdin, cwd }: Pick<CliContext, 'stdin' | 'cwd'>): Promise<string> {
  if (source === '-') return await readText(stdin);
  if (!source.startsWith('@')) return source;
  const file = path.resolve(cwd, source.slice(1));
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw wrong(
      file,
      `expected a file that can be read: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`,
    );
  }
}

function wrong(value: string, remedy: string): Error {
  return invalidInput('the input', [{ field: '--input', value, remedy }]);
}
