import { gunzipSync } from 'node:zlib';

import type { z } from 'zod';

import { GraveshiftError } from '../../domain/failure.js';
import type { CallName } from './calls.js';
import { failureOfContent } from './failures.js';
import { parseJson } from './json.js';
import type { Answer } from './transport.js';

/** Reads a 2xx answer; one without content is undefined to the schema. */
export function parseAnswer<Schema extends z.ZodType>(
  call: CallName,
  answer: Answer,
  schema: Schema,
): z.output<Schema> {
  const text = answer.body.toString('utf8').trim();
  let value: unknown;
  try {
    value = text === '' ? undefined : parseJson(text);
  } catch {
    throw failureOfContent(call, answer, `not JSON (${String(answer.body.byteLength)} bytes)`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw failureOfContent(
    call,
    answer,
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`,
  );
}

/** Content comes gzipped, with or without the header that says so. */
export function unzip(answer: Answer): Uint8Array {
  const { body } = answer;
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  try {
    return gunzipSync(body, { maxOutputLength: 512 * 1024 * 1024 });
  } catch (error) {
    throw failureOfContent('downloadContent', answer, error instanceof Error ? error.message : String(error));
  }
}

/** A service may quote what it was sent; the key must not leave this module in an error. */
export function withoutSecret(error: unknown, key: string): unknown {
  if (!(error instanceof GraveshiftError)) return error;
  const hide = (text: string) => text.replaceAll(key, '[redacted]');
  return new GraveshiftError(error.kind, hide(error.message), {
    details: Object.fromEntries(
      Object.entries(error.details).map(([name, value]) => [
        name,
        typeof value === 'string' ? hide(value) : value,
      ]),
    ),
  });
}
