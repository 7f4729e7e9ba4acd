import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { hashOfKey, isExpired } from './access.js';
import type { EmulatorContext } from './context.js';
import { Refusal } from './refusal.js';

const introspectSchema = z.object({ apiKey: z.string().min(1) });

/** What a key may do. The key travels in the body and nothing else proves it. */
export function registerKeyRoutes(server: FastifyInstance, { store, now }: EmulatorContext): void {
  server.post('/api-keys/v1/introspect', (request) => {
    const body = introspectSchema.safeParse(request.body);
    if (!body.success) throw new Refusal(400, 'apiKey: expected a string.', 'problem');
    const key = store.read().keys[hashOfKey(body.data.apiKey)];
    if (key === undefined) throw new Refusal(401, 'Invalid API Key', 'gateway');
    const operations = new Map<string, string[]>();
    for (const scope of key.scopes) {
      const colon = scope.lastIndexOf(':');
      const name = scope.slice(0, colon);
      operations.set(name, [...(operations.get(name) ?? []), scope.slice(colon + 1)]);
    }
    return {
      name: key.name,
      authorizedUserId: Number(key.ownerId),
      scopes: [...operations].map(([name, allowed]) => ({
        name,
        operations: allowed,
        ...(name.startsWith('universe')
          ? { universeIds: key.universeIds ?? ['*'] }
          : { userIds: ['*'], groupIds: ['*'] }),
      })),
      enabled: true,
      expired: isExpired(key, now()),
      ...(key.expiresAt === undefined ? {} : { expirationTimeUtc: key.expiresAt }),
    };
  });
}
