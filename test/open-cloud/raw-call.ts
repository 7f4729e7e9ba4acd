import { request } from 'undici';

import type { Stage } from './harness.js';
import { placeBytes } from './harness.js';

export type RawAnswer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: unknown;
};

/** One call without the client: the emulator must not be judged by the code that it judges. */
export async function rawCall(
  stage: Pick<Stage, 'emulator' | 'key'>,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const answer = await request(new URL(path, stage.emulator.url), {
    method,
    headers: {
      'x-api-key': stage.key,
      ...(body === undefined || Buffer.isBuffer(body) || typeof body === 'string'
        ? {}
        : { 'content-type': 'application/json' }),
      ...headers,
    },
    body:
      body === undefined || Buffer.isBuffer(body) || typeof body === 'string'
        ? (body ?? null)
        : JSON.stringify(body),
  });
  const text = await answer.body.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: answer.statusCode, headers: answer.headers, text, json };
}

/** Publishes and answers the version's number. */
export async function publish(
  stage: Stage,
  content: string | Buffer,
  versionType: 'Published' | 'Saved' = 'Published',
): Promise<number> {
  const bytes = typeof content === 'string' ? placeBytes(content) : content;
  const contentType = bytes[7] === 0x21 ? 'application/octet-stream' : 'application/xml';
  const answer = await rawCall(
    stage,
    'POST',
    `/universes/v1/${stage.universeId}/places/${stage.placeId}/versions?versionType=${versionType}`,
    bytes,
    { 'content-type': contentType },
  );
  return (answer.json as { versionNumber: number }).versionNumber;
}
