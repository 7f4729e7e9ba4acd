import { decode } from '@msgpack/msgpack';
import { request } from 'undici';
import { z } from 'zod';

import { flatten, stringOf, type PlaceInstance } from './place.js';

/** What a developer's `rojo serve` shows at this moment, or why nothing can be read. */
export type ServedTree =
  | { running: true; projectName: string; version: string; instances: PlaceInstance[] }
  | { running: false; reason: string };

const infoSchema = z.object({
  projectName: z.string(),
  serverVersion: z.string(),
  rootInstanceId: z.string(),
});
const readSchema = z.object({
  instances: z.record(
    z.string(),
    z.object({
      Name: z.string(),
      ClassName: z.string(),
      Properties: z.record(z.string(), z.unknown()),
      Children: z.array(z.string()),
    }),
  ),
});
const variantSchema = z.object({ String: z.string() });

/** It runs on this machine: one that does not answer soon hangs. */
const timeoutMs = 10_000;
const mostBytes = 256 * 1024 * 1024;

/**
 * Reads the whole tree of a running `rojo serve`. Nothing that it does, or that another program on its port does,
 * is a failure: a developer's session must not stop a night.
 *
 * @throws the signal's reason when it aborts
 */
export async function readServedTree(address: string, signal?: AbortSignal): Promise<ServedTree> {
  try {
    const info = infoSchema.parse(await read(new URL('/api/rojo', address), signal));
    const id = encodeURIComponent(info.rootInstanceId);
    const { instances } = readSchema.parse(await read(new URL(`/api/read/${id}`, address), signal));
    return {
      running: true,
      projectName: info.projectName,
      version: info.serverVersion,
      instances: flatten(
        info.rootInstanceId,
        new Map(Object.entries(instances)),
        ({ Name, ClassName, Children, Properties }) => ({
          name: Name,
          className: ClassName,
          children: Children,
          source: stringOf(variantSchema.safeParse(Properties.Source).data),
        }),
      ),
    };
  } catch (error) {
    signal?.throwIfAborted();
    return { running: false, reason: reasonOf(error) };
  }
}

/** Rojo 7.7 answers in MessagePack, those before in JSON. */
async function read(url: URL, signal: AbortSignal | undefined): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const { statusCode, headers, body } = await request(url, {
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw new UnexpectedAnswer(`answered more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new UnexpectedAnswer(`answered ${url.pathname} with status ${statusCode}`);
  const bytes = Buffer.concat(chunks);
  const isMessagePack = /msgpack/i.test(String(headers['content-type']));
  return isMessagePack ? decode(bytes) : (JSON.parse(bytes.toString('utf8')) as unknown);
}

class UnexpectedAnswer extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof UnexpectedAnswer) return `another program ${error.message}`;
  if (error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError) {
    return 'what answers there does not speak as Rojo does';
  }
  const { code, name } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (name === 'TimeoutError') return `it did not answer within ${timeoutMs / 1000} s`;
  return `it cannot be read (${code ?? name})`;
}
