import { randomUUID } from 'node:crypto';

import multipart from '@fastify/multipart';
import { fastify } from 'fastify';

import type { EmulatorContext } from './context.js';
import { createFaultQueue } from './faults.js';
import { registerHooks } from './hooks.js';
import { registerAdminRoutes } from './routes-admin.js';
import { registerAssetRoutes } from './routes-assets.js';
import { registerDeliveryRoutes } from './routes-delivery.js';
import { registerKeyRoutes } from './routes-keys.js';
import { registerPlaceRoutes } from './routes-places.js';
import { openStore } from './store.js';

/** The creator hub's limit for a place file. */
const largestPlaceBytes = 100 * 1024 * 1024;

export type EmulatorOptions = {
  /** Kept across restarts; its folder is made where it is missing. */
  stateFile: string;
  clock?: { now(): number };
  /** Default `127.0.0.1`. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
  /** From a create to its asset; default 200 ms. */
  operationDelayMs?: number;
  /** From the asset to moderation's verdict; default 1 s. */
  moderationDelayMs?: number;
};

export type Emulator = {
  url: string;
  /** Finishes what is being answered, and frees the port. */
  close(): Promise<void>;
};

/** Starts a local Open Cloud: the calls that Graveshift makes, on real HTTP, with state that survives a kill. */
export async function createEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, clock = Date } = options;
  const context: EmulatorContext = {
    store: await openStore(options.stateFile),
    faults: createFaultQueue(),
    now: () => clock.now(),
    operationDelayMs: options.operationDelayMs ?? 200,
    moderationDelayMs: options.moderationDelayMs ?? 1_000,
  };
  const server = fastify({
    bodyLimit: largestPlaceBytes,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    return503OnClosing: false,
  });
  await server.register(multipart);
  server.addContentTypeParser(
    ['application/octet-stream', 'application/xml'],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );
  const requests = registerHooks(server, context);
  registerAdminRoutes(server, context, requests);
  registerPlaceRoutes(server, context);
  registerAssetRoutes(server, context);
  registerDeliveryRoutes(server, context);
  registerKeyRoutes(server, context);
  return { url: await server.listen({ host, port }), close: () => server.close() };
}
