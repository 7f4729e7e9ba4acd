import { setTimeout as delay } from 'node:timers/promises';

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

export const faultKinds = [
  'delay',
  '429',
  '500-before',
  '500-after',
  'cut-before',
  'cut-after',
  'html-502',
  'malformed-json',
  'late',
  '409-team-create',
  '409-wrong-universe',
  'key-revoked',
] as const;
export const faultKindSchema = z.enum(faultKinds);
export type FaultKind = z.infer<typeof faultKindSchema>;

/** How a 429 says when to come back. */
export const rateLimitHeaderSchema = z.enum([
  'both',
  'reset-list',
  'retry-after',
  'retry-after-date',
  'none',
]);

/** A fault that waits for a request. `before` and `after` mean the call's effect. */
export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().toUpperCase().optional(),
      /** A regular expression that the path must match. */
      path: z.string().optional(),
    })
    .refine(({ path }) => path === undefined || isRegExp(path), 'path: expected a regular expression')
    .prefault({}),
  times: z.int().positive().default(1),
  kind: faultKindSchema,
  /** Of `delay`: before the call. Of `late`: from the cut connection to the call's effect. */
  delayMs: z.int().nonnegative().max(600_000).default(1000),
  /** Of `429`. */
  rateLimitHeaders: rateLimitHeaderSchema.default('both'),
});
export type FaultRequest = z.input<typeof faultSchema>;
export type Fault = {
  kind: FaultKind;
  delayMs: number;
  rateLimitHeaders: z.infer<typeof rateLimitHeaderSchema>;
};

function isRegExp(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

/** Asks for a fault of this one request, such as `cut-after` or `delay:500`. */
export const faultHeader = 'x-graveshift-fault';

/**
 * Called once the body is read. Under the fault `late` the caller hears nothing more, and the call goes on after a
 * while, as one that was long on its way.
 */
export async function arrive({ fault, raw }: Pick<FastifyRequest, 'fault' | 'raw'>): Promise<void> {
  if (fault?.kind !== 'late') return;
  raw.socket.destroy();
  await delay(fault.delayMs);
}

export type FaultQueue = {
  add(faults: readonly z.output<typeof faultSchema>[]): void;
  clear(): void;
  pending(): number;
  /** Takes the fault for a request: its header's, else the first in the queue that matches. */
  take(method: string, path: string, header: string | undefined): Fault | undefined;
};

export function createFaultQueue(): FaultQueue {
  let queue: z.output<typeof faultSchema>[] = [];
  return {
    add: (faults) => {
      queue.push(...faults.map((fault) => ({ ...fault })));
    },
    clear: () => {
      queue = [];
    },
    pending: () => queue.reduce((sum, { times }) => sum + times, 0),
    take(method, path, header) {
      if (header !== undefined) return parseHeader(header);
      const found = queue.find(
        ({ match }) =>
          (match.method === undefined || match.method === method) &&
          (match.path === undefined || new RegExp(match.path).test(path)),
      );
      if (found === undefined) return undefined;
      found.times -= 1;
      queue = queue.filter(({ times }) => times > 0);
      return { kind: found.kind, delayMs: found.delayMs, rateLimitHeaders: found.rateLimitHeaders };
    },
  };
}

function parseHeader(header: string): Fault | undefined {
  const [name, delayMs = '1000'] = header.trim().split(':');
  const kind = faultKindSchema.safeParse(name);
  return kind.success
    ? { kind: kind.data, delayMs: Number.parseInt(delayMs, 10) || 0, rateLimitHeaders: 'both' }
    : undefined;
}
