import { randomUUID } from 'node:crypto';

import multipart from '@fastify/multipart';
import { fastify } from 'fastify';

import type { EmulatorContext } from './context.js';
import { createFaultQueue } from './faults.js';
import { createFleets } from './fleets.js';
import { registerHooks } from './hooks.js';
import { registerAdminRoutes } from './routes-admin.js';
import { createLuauTasks } from './luau-tasks.js';
import { registerFleetAdminRoutes } from './routes-admin-fleet.js';
import { registerPlaceAdminRoutes } from './routes-admin-places.js';
import { registerAnalyticsRoutes } from './routes-analytics.js';
import { registerAssetVersionRoutes } from './routes-asset-versions.js';
import { registerConfigRoutes } from './routes-configs.js';
import { registerLiveRoutes } from './routes-universe-live.js';
import { registerAssetRoutes } from './routes-assets.js';
import { registerDeliveryRoutes } from './routes-delivery.js';
import { registerGameServerRoutes } from './routes-game-servers.js';
import { registerKeyRoutes } from './routes-keys.js';
import { registerLuauRoutes } from './routes-luau.js';
import { registerPlaceRoutes } from './routes-places.js';
import { registerRestartRoutes } from './routes-restarts.js';
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
  /** From a Luau task's creation to its start; default 50 ms. */
  luauQueueDelayMs?: number;
  /** Share of their time that bleed-offs and gradual roll-outs take; default 1. The admin can change it. */
  bleedOffScale?: number;
  /** Minutes of quota in one minute; default 1. The admin can change it. */
  quotaScale?: number;
};

export type Emulator = {
  url: string;
  /** Finishes what is being answered, and frees the port. */
  close(): Promise<void>;
};

/** Starts a local Open Cloud: the calls that Graveshift makes, on real HTTP, with state that survives a kill. */
export async function createEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, clock = Date } = options;
  const store = await openStore(options.stateFile);
  const { bleedOffScale, quotaScale } = options;
  if (bleedOffScale !== undefined || quotaScale !== undefined) {
    await store.mutate(({ settings }) => {
      settings.bleedOffScale = bleedOffScale ?? settings.bleedOffScale;
      settings.quotaScale = quotaScale ?? settings.quotaScale;
    });
  }
  const context: EmulatorContext = {
    store,
    faults: createFaultQueue(),
    fleets: createFleets(store),
    luauTasks: createLuauTasks(store, () => clock.now(), options.luauQueueDelayMs ?? 50),
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
    (_request: unknown, body: AsyncIterable<Buffer>) => store.receiveBlob(body, largestPlaceBytes),
  );
  server.addContentTypeParser(
    /^application\/[\w.-]+\+json/,
    { parseAs: 'string' },
    server.getDefaultJsonParser('error', 'error'),
  );
  const requests = registerHooks(server, context);
  registerAdminRoutes(server, context, requests);
  registerPlaceRoutes(server, context);
  registerAssetRoutes(server, context);
  registerDeliveryRoutes(server, context);
  registerKeyRoutes(server, context);
  registerGameServerRoutes(server, context);
  registerRestartRoutes(server, context);
  registerLuauRoutes(server, context);
  registerConfigRoutes(server, context);
  registerAnalyticsRoutes(server, context);
  registerLiveRoutes(server, context);
  registerAssetVersionRoutes(server, context);
  registerFleetAdminRoutes(server, context);
  registerPlaceAdminRoutes(server, context);
  return {
    url: await server.listen({ host, port }),
    close: async () => {
      await server.close();
      await context.luauTasks.close();
    },
  };
}
