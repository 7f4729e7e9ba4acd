import { createReadStream } from 'node:fs';
import { createGzip } from 'node:zlib';

import type { FastifyInstance } from 'fastify';

import { requireUniverse } from './access.js';
import type { EmulatorContext } from './context.js';
import { keyOf } from './context.js';
import { endpoints } from './endpoints.js';
import { Refusal } from './refusal.js';

/** How long a content address holds. */
const addressLifeMs = 5 * 60_000;

/** Where the bytes of a place version are, and the content server that has them. */
export function registerDeliveryRoutes(server: FastifyInstance, { store, now }: EmulatorContext): void {
  server.route<{ Params: { assetId: string; versionNumber: string } }>({
    method: endpoints.delivery.method,
    url: endpoints.delivery.url,
    config: { endpoint: endpoints.delivery },
    handler(request) {
      const { assetId, versionNumber } = request.params;
      const place = store.read().places[assetId];
      const version = place?.versions.find((each) => String(each.version) === versionNumber);
      if (place === undefined || version === undefined) throw new Refusal(404, 'Request asset was not found');
      requireUniverse(keyOf(request), place.universeId);
      const expires = String(now() + addressLifeMs);
      return { location: `${request.protocol}://${request.host}/cdn/${version.sha256}?expires=${expires}` };
    },
  });

  server.route<{ Params: { sha256: string }; Querystring: { expires?: string } }>({
    method: 'GET',
    url: '/cdn/:sha256',
    handler(request, reply) {
      const { sha256 } = request.params;
      if (!(Number(request.query.expires) > now())) throw new Refusal(403, 'Access Denied', 'html');
      const known = Object.values(store.read().places).some(({ versions }) =>
        versions.some((version) => version.sha256 === sha256),
      );
      if (!known) throw new Refusal(404, 'Not Found', 'html');
      const zipped = createGzip();
      createReadStream(store.blobPath(sha256))
        .on('error', (error) => zipped.destroy(error))
        .pipe(zipped);
      return reply.header('content-encoding', 'gzip').type('application/octet-stream').send(zipped);
    },
  });
}
