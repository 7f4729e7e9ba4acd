import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { EmulatorContext } from './context.js';
import { endpoints, routeUrl } from './endpoints.js';
import { arrive } from './faults.js';
import { pageOf } from './listing.js';
import { parse } from './lookup.js';
import { Refusal } from './refusal.js';
import type { StoredOperation } from './state.js';

const listQuerySchema = z.object({
  maxPageSize: z.coerce.number().int().min(1).max(50).default(8),
  pageToken: z.string().optional(),
});

type Params = { assetId: string };

/** The versions of an asset, and going back to one of them. */
export function registerAssetVersionRoutes(server: FastifyInstance, context: EmulatorContext): void {
  const { store, now, operationDelayMs } = context;

  function find(assetId: string): [string, StoredOperation] {
    const found = Object.entries(store.read().operations).find(
      ([, operation]) => operation.assetId === assetId,
    );
    if (found === undefined || now() - Date.parse(found[1].createdTime) < operationDelayMs) {
      throw new Refusal(404, `Asset ${assetId} does not exist.`);
    }
    return found;
  }

  const versionAnswer = ({ assetId, creator }: StoredOperation, version: number) => ({
    path: `assets/${assetId}/versions/${String(version)}`,
    creationContext: {
      creator: creator.type === 'user' ? { userId: creator.id } : { groupId: creator.id },
    },
    moderationResult: { moderationState: 'Approved' },
  });

  server.route<{ Params: Params }>({
    method: endpoints.assetVersions.method,
    url: routeUrl(endpoints.assetVersions),
    config: { endpoint: endpoints.assetVersions },
    handler(request) {
      const { maxPageSize, pageToken } = parse(listQuerySchema, request.query);
      const [, operation] = find(request.params.assetId);
      const newest = operation.rolledBackTo.length + 1;
      const versions = Array.from({ length: newest }, (_, index) => versionAnswer(operation, newest - index));
      return pageOf(versions, maxPageSize, pageToken).page;
    },
  });

  server.route<{ Params: Params }>({
    method: endpoints.rollbackAsset.method,
    url: routeUrl(endpoints.rollbackAsset),
    config: { endpoint: endpoints.rollbackAsset },
    async handler(request) {
      if (!request.isMultipart()) throw new Refusal(400, 'Expected multipart/form-data.');
      let path: unknown;
      for await (const part of request.parts({ limits: { files: 0, fields: 4 } })) {
        if (part.type === 'field' && part.fieldname === 'assetVersion') path = part.value;
      }
      await arrive(request);
      const { assetId } = request.params;
      const [operationId, operation] = find(assetId);
      const version = typeof path === 'string' ? /^assets\/(\d+)\/versions\/(\d+)$/.exec(path) : null;
      if (version?.[1] !== assetId) {
        throw new Refusal(400, `assetVersion: expected assets/${assetId}/versions/N.`);
      }
      const target = Number(version[2]);
      return store.mutate((draft) => {
        const stored = draft.operations[operationId];
        if (stored === undefined || target < 1 || target > stored.rolledBackTo.length + 1) {
          throw new Refusal(404, 'The asset has no such version.');
        }
        stored.rolledBackTo.push(target);
        return versionAnswer(operation, stored.rolledBackTo.length + 1);
      });
    },
  });
}
