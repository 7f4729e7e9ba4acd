import { randomUUID } from 'node:crypto';

import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';

import type { EmulatorContext } from './context.js';
import { endpoints, routeUrl } from './endpoints.js';
import { findUniverse, parse } from './lookup.js';
import { metricQuerySchema, newMetricSchema, type MetricQuery } from './metric-state.js';
import { bucketsOf, metricAsSet, metricOfFleets, type MetricSeries } from './metrics.js';
import { Refusal } from './refusal.js';

const mostBuckets = 10_000;
const keptOperations = 100;

type Params = { universeId: string };

/** Analytics: answered at once, or as an operation to be polled, as the admin has chosen. */
export function registerAnalyticsRoutes(server: FastifyInstance, context: EmulatorContext): void {
  const { store, fleets, now } = context;

  async function valuesOf(universeId: string, query: MetricQuery): Promise<MetricSeries[]> {
    const set = store.read().metrics[universeId]?.[query.metric];
    const time = now();
    if (set !== undefined) return metricAsSet(set, query, time).slice(0, query.limit);
    const places = Object.entries(store.read().places).filter(([, place]) => place.universeId === universeId);
    const watched = await Promise.all(
      places.map(async ([placeId, place]) => ({ place, world: await fleets.worldOf(placeId) })),
    );
    return metricOfFleets(watched, query, time).slice(0, query.limit);
  }

  const pathOf = (universeId: string, operationId: string) =>
    `universes/${universeId}/operations/metrics/${operationId}`;

  async function answer(reply: FastifyReply, operationId: string) {
    const operation = store.read().metricOperations[operationId];
    if (operation === undefined) throw new Refusal(404, 'The operation was not found.');
    const { universeId, query, createdAt, readyAt } = operation;
    const path = pathOf(universeId, operationId);
    const metadata = { createdTime: new Date(createdAt).toISOString() };
    if (now() < readyAt) return reply.code(202).send({ path, done: false, metadata });
    return reply.send({
      path,
      done: true,
      response: { values: await valuesOf(universeId, query) },
      metadata,
    });
  }

  server.route<{ Params: Params }>({
    method: endpoints.queryMetrics.method,
    url: routeUrl(endpoints.queryMetrics),
    config: { endpoint: endpoints.queryMetrics },
    async handler(request, reply) {
      const { universeId } = request.params;
      findUniverse(store.read(), request, universeId, 403);
      const query = parse(metricQuerySchema, request.body ?? {});
      if (bucketsOf(query).length > mostBuckets)
        throw new Refusal(400, 'The time range has too many buckets.');
      const operationId = randomUUID();
      await store.mutate((draft) => {
        const kept = Object.entries(draft.metricOperations).slice(-keptOperations);
        const createdAt = now();
        const readyAt = createdAt + draft.settings.analyticsDelayMs;
        draft.metricOperations = {
          ...Object.fromEntries(kept),
          [operationId]: { universeId, query, createdAt, readyAt },
        };
      });
      return answer(reply, operationId);
    },
  });

  server.route<{ Params: Params & { operationId: string } }>({
    method: endpoints.metricOperation.method,
    url: routeUrl(endpoints.metricOperation),
    config: { endpoint: endpoints.metricOperation },
    handler(request, reply) {
      const { universeId, operationId } = request.params;
      findUniverse(store.read(), request, universeId);
      if (store.read().metricOperations[operationId]?.universeId !== universeId) {
        throw new Refusal(404, 'The operation was not found.');
      }
      return answer(reply, operationId);
    },
  });

  server.post<{ Params: Params & { metric: string } }>(
    '/_emulator/universes/:universeId/metrics/:metric',
    async (request) => {
      const { universeId, metric } = request.params;
      const values = parse(z.array(newMetricSchema), request.body);
      await store.mutate((draft) => {
        const others = { ...draft.metrics[universeId] };
        draft.metrics[universeId] =
          values.length === 0
            ? Object.fromEntries(Object.entries(others).filter(([name]) => name !== metric))
            : { ...others, [metric]: values };
      });
      return {};
    },
  );
}
