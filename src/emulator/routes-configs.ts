import { randomUUID } from 'node:crypto';

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';

import {
  draftBetween,
  draftHash,
  emptyConfig,
  entriesWith,
  sameValue,
  type StoredConfig,
} from './config-state.js';
import type { EmulatorContext } from './context.js';
import { keyOf } from './context.js';
import { endpoints, routeUrl } from './endpoints.js';
import { findUniverse, parse } from './lookup.js';
import { Refusal } from './refusal.js';

const mostKeys = 100;
const rolloutMs = 15 * 60_000;

const hashSchema = z.string().nullish();
const updateSchema = z.strictObject({
  draftHash: hashSchema,
  entries: z.record(z.string().min(1), z.unknown()).nullish(),
  conditionalRules: z.strictObject({}, 'the emulator has no conditional rules').nullish(),
});
const publishSchema = z.strictObject({
  draftHash: hashSchema,
  message: z.string().nullish(),
  deploymentStrategy: z.enum(['GradualRollout', 'Immediate']).default('Immediate'),
});
const revisionsQuerySchema = z.object({
  MaxPageSize: z.coerce.number().int().positive().default(25),
  Skip: z.coerce.number().int().nonnegative().default(0),
  startTime: z.iso.datetime({ offset: true }).optional(),
  endTime: z.iso.datetime({ offset: true }).optional(),
  SortOrder: z.enum(['SORT_ORDER_DESCENDING', 'SORT_ORDER_ASCENDING']).default('SORT_ORDER_DESCENDING'),
});

type Params = { universeId: string; repository: string };

/** The experience's configs: a draft, its publishing, and the revisions that came of it. */
export function registerConfigRoutes(server: FastifyInstance, { store, now }: EmulatorContext): void {
  function read(request: FastifyRequest<{ Params: Params }>): Readonly<StoredConfig> {
    const { universeId, repository } = request.params;
    findUniverse(store.read(), request, universeId);
    if (repository !== 'InExperienceConfig')
      throw new Refusal(404, 'The emulator has only InExperienceConfig.');
    return store.read().configs[universeId] ?? emptyConfig();
  }

  /** Changes the config under the lock of the draft's hash. */
  async function change<Result>(
    request: FastifyRequest<{ Params: Params }>,
    expectedHash: string | null | undefined,
    apply: (config: StoredConfig) => Result,
  ): Promise<Result> {
    read(request);
    return store.mutate((draft) => {
      const config = (draft.configs[request.params.universeId] ??= emptyConfig());
      if (typeof expectedHash === 'string' && expectedHash !== draftHash(config)) {
        throw new Refusal(400, 'The draft has another hash by now.');
      }
      const result = apply(config);
      if (Object.keys(entriesWith(config.entries, config.draft)).length > mostKeys) {
        throw new Refusal(400, `A config has at most ${String(mostKeys)} keys.`);
      }
      return result;
    });
  }

  server.route<{ Params: Params }>({
    method: endpoints.config.method,
    url: routeUrl(endpoints.config),
    config: { endpoint: endpoints.config },
    handler(request) {
      const { version, entries } = read(request);
      return { metadata: { configVersion: version }, entries, conditionalRules: null };
    },
  });

  server.route<{ Params: Params }>({
    method: endpoints.configDraft.method,
    url: routeUrl(endpoints.configDraft),
    config: { endpoint: endpoints.configDraft },
    handler(request) {
      const config = read(request);
      const entries = Object.entries(config.draft).map(([key, value]) => [key, { value, description: null }]);
      return {
        draftHash: draftHash(config),
        entries: Object.fromEntries(entries) as unknown,
        conditionalRules: null,
      };
    },
  });

  server.route<{ Params: Params }>({
    method: endpoints.updateConfigDraft.method,
    url: routeUrl(endpoints.updateConfigDraft),
    config: { endpoint: endpoints.updateConfigDraft },
    handler(request) {
      const update = parse(updateSchema, request.body);
      return change(request, update.draftHash, (config) => {
        const merged = { ...config.draft, ...update.entries };
        // A key that is set to what is published is no change.
        config.draft = Object.fromEntries(
          Object.entries(merged).filter(([key, value]) => !sameValue(config.entries[key], value)),
        );
        return { draftHash: draftHash(config) };
      });
    },
  });

  server.route<{ Params: Params }>({
    method: endpoints.overwriteConfigDraft.method,
    url: routeUrl(endpoints.overwriteConfigDraft),
    config: { endpoint: endpoints.overwriteConfigDraft },
    handler(request) {
      const update = parse(updateSchema, request.body);
      return change(request, update.draftHash, (config) => {
        config.draft = draftBetween(config.entries, entriesWith({}, update.entries ?? {}));
        return { draftHash: draftHash(config) };
      });
    },
  });

  server.route<{ Params: Params }>({
    method: endpoints.publishConfig.method,
    url: routeUrl(endpoints.publishConfig),
    config: { endpoint: endpoints.publishConfig },
    handler(request) {
      const { draftHash: expected, message, deploymentStrategy } = parse(publishSchema, request.body ?? {});
      const publishedBy = keyOf(request).ownerId;
      const time = now();
      return change(request, expected, (config) => {
        if (Object.keys(config.draft).length === 0) throw new Refusal(400, 'The draft changes nothing.');
        const entries = entriesWith(config.entries, config.draft);
        const changes = Object.fromEntries(
          Object.entries(config.draft).map(([key, after]) => [
            key,
            { before: config.entries[key] ?? null, after },
          ]),
        );
        config.version += 1;
        config.revisions.push({
          revisionId: randomUUID(),
          version: config.version,
          time: new Date(time).toISOString(),
          publishedBy,
          message: message ?? '',
          changes,
          entries,
        });
        config.entries = entries;
        config.draft = {};
        const scaled = rolloutMs * store.read().settings.bleedOffScale;
        config.rollout = {
          version: config.version,
          startAt: time,
          endAt: time + (deploymentStrategy === 'GradualRollout' ? scaled : 0),
        };
        return { configVersion: config.version };
      });
    },
  });

  server.route<{ Params: Params }>({
    method: endpoints.configRevisions.method,
    url: routeUrl(endpoints.configRevisions),
    config: { endpoint: endpoints.configRevisions },
    handler(request) {
      const { MaxPageSize, Skip, startTime, endTime, SortOrder } = parse(revisionsQuerySchema, request.query);
      const within = read(request).revisions.filter(
        ({ time }) =>
          (startTime === undefined || Date.parse(time) >= Date.parse(startTime)) &&
          (endTime === undefined || Date.parse(time) <= Date.parse(endTime)),
      );
      const sorted = SortOrder === 'SORT_ORDER_ASCENDING' ? within : [...within].reverse();
      return {
        revisions: sorted
          .slice(Skip, Skip + MaxPageSize)
          .map(({ revisionId, version, time, publishedBy, message, changes }) => ({
            revisionId,
            version,
            time,
            publishedBy,
            message,
            deploymentResult: 'Success',
            autoRestoreToVersion: -1,
            changes,
            conditionalRulesChanges: null,
          })),
      };
    },
  });

  server.route<{ Params: Params & { revisionId: string } }>({
    method: endpoints.restoreConfigRevision.method,
    url: routeUrl(endpoints.restoreConfigRevision),
    config: { endpoint: endpoints.restoreConfigRevision },
    handler(request) {
      const { revisionId } = request.params;
      return change(request, undefined, (config) => {
        const revision = config.revisions.find((each) => each.revisionId === revisionId);
        if (revision === undefined) throw new Refusal(404, 'There is no such revision.');
        config.draft = draftBetween(config.entries, revision.entries);
        return { draftHash: draftHash(config) };
      });
    },
  });

  server.get<{ Params: { universeId: string } }>(
    '/_emulator/universes/:universeId/config-rollout',
    (request) => {
      const rollout = store.read().configs[request.params.universeId]?.rollout;
      if (rollout === undefined) return { version: 0, share: 1 };
      const { version, startAt, endAt } = rollout;
      return { version, share: now() >= endAt ? 1 : (now() - startAt) / (endAt - startAt) };
    },
  );
}
