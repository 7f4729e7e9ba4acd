import type { FastifyRequest } from 'fastify';

import type { Endpoint } from './endpoints.js';
import type { Fault, FaultQueue } from './faults.js';
import type { Fleets } from './fleets.js';
import type { LuauTasks } from './luau-tasks.js';
import { Refusal } from './refusal.js';
import type { StoredKey } from './state.js';
import type { EmulatorStore } from './store.js';

export type LoggedRequest = {
  at: string;
  method: string;
  /** With its query. */
  path: string;
  /** Absent: no answer was sent. */
  status?: number;
  /** From the request's head to the answer's end; absent with `status`. */
  durationMs?: number;
  fault?: string;
  /** Its answer was made, whether or not anybody was left to hear it: it has no effect any more. */
  handled?: true;
};

/** What the routes share. */
export type EmulatorContext = {
  store: EmulatorStore;
  faults: FaultQueue;
  fleets: Fleets;
  luauTasks: LuauTasks;
  now: () => number;
  /** From a create to its asset. */
  operationDelayMs: number;
  /** From the asset to moderation's verdict. */
  moderationDelayMs: number;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: Endpoint;
  }
  interface FastifyRequest {
    apiKey: StoredKey | undefined;
    fault: Fault | undefined;
    logged: LoggedRequest | undefined;
  }
}

/** The caller's key, on routes that asked for one. */
export function keyOf(request: FastifyRequest): StoredKey {
  if (request.apiKey === undefined) throw new Refusal(401, 'Invalid API Key');
  return request.apiKey;
}
