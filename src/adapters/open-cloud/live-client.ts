import { GraveshiftError } from '../../domain/failure.js';
import type { Caller, CallOptions } from './caller.js';
import { wasAnswered } from './failures.js';
import { createFleetOperations } from './fleet-client.js';
import type { LiveOperations, MetricQuery, MetricSeries } from './live-operations.js';
import * as build from './live-requests.js';
import * as wire from './live-wire.js';
import { readPages } from './pages.js';

/** Answered to who is in Team Create where it is switched off: then nobody is. */
const teamCreateIsOff = '4';
const revisionsPageSize = 50;
const assetVersionsPageSize = 50;
const metricPollMs = { first: 500, longest: 5_000, total: 120_000 };

export function createLiveOperations(caller: Caller): LiveOperations {
  const { call } = caller;

  /** A query that takes time is asked again until it is done. */
  async function queryMetric(
    universeId: string,
    query: MetricQuery,
    options: CallOptions = {},
  ): Promise<MetricSeries[]> {
    let operation = await call(
      () => build.queryMetricRequest(universeId, query),
      wire.metricOperationSchema,
      options,
    );
    let waitedMs = 0;
    for (let tries = 1; !operation.done; tries += 1) {
      const { path } = operation;
      if (!path || waitedMs >= metricPollMs.total) {
        throw new GraveshiftError(
          'ServiceUnavailable',
          `Open Cloud did not answer the query of ${query.metric} within ${String(waitedMs / 1000)} s. Try again later.`,
          { details: { call: 'queryMetric', metric: query.metric } },
        );
      }
      const delay = Math.min(metricPollMs.first * 2 ** (tries - 1), metricPollMs.longest);
      await caller.wait(delay, { call: 'queryMetric', reason: 'not done yet', tries }, options);
      waitedMs += delay;
      const asked = await call(
        () => build.getMetricOperationRequest(universeId, path),
        wire.metricOperationSchema,
        options,
      );
      operation = { ...asked, path: asked.path ?? path };
    }
    return operation.response?.values ?? [];
  }

  return {
    ...createFleetOperations(caller),

    async describePlaceVersion(placeId, version, note, options) {
      try {
        await call(
          () => build.describePlaceVersionRequest(placeId, version, note),
          wire.anyAnswerSchema,
          options,
        );
        return true;
      } catch (error) {
        if (wasAnswered(error, 403, 404)) return false;
        throw error;
      }
    },

    async listTeamCreateMembers(placeId, options) {
      try {
        const { data } = await call(
          () => build.listTeamCreateMembersRequest(placeId),
          wire.teamCreateMembersSchema,
          options,
        );
        return data;
      } catch (error) {
        if (wasAnswered(error, 403) && error.details.code === teamCreateIsOff) return [];
        throw error;
      }
    },

    snapshotDataStores: (universeId, options) =>
      call(() => build.snapshotDataStoresRequest(universeId), wire.snapshotSchema, options),

    createLuauTask: (universeId, placeId, version, task, options) =>
      call(
        () => build.createLuauTaskRequest(universeId, placeId, version, task),
        wire.luauTaskSchema,
        options,
      ),
    getLuauTask: (path, options) => call(() => build.getLuauTaskRequest(path), wire.luauTaskSchema, options),
    listLuauTaskLogs: (path, options) =>
      readPages((token) =>
        call(() => build.listLuauTaskLogsRequest(path, token), wire.luauTaskLogsSchema, options),
      ),

    queryMetric,

    getConfig: (universeId, options) =>
      call(() => build.getConfigRequest(universeId), wire.configSchema, options),
    getConfigDraft: (universeId, options) =>
      call(() => build.getConfigDraftRequest(universeId), wire.configDraftSchema, options),
    updateConfigDraft: (universeId, change, options) =>
      call(() => build.updateConfigDraftRequest(universeId, change), wire.draftHashSchema, options),
    publishConfig: (universeId, publish, options) =>
      call(() => build.publishConfigRequest(universeId, publish), wire.configPublishedSchema, options),

    async listConfigRevisions(universeId, limit, options) {
      const found = new Map<string, Awaited<ReturnType<LiveOperations['listConfigRevisions']>>[number]>();
      const pageSize = Math.min(limit, revisionsPageSize);
      for (let known = -1; found.size > known && found.size < limit;) {
        known = found.size;
        const { revisions } = await call(
          () => build.listConfigRevisionsRequest(universeId, pageSize, known),
          wire.configRevisionsSchema,
          options,
        );
        for (const revision of revisions) found.set(revision.revisionId, revision);
      }
      return [...found.values()].sort((a, b) => b.version - a.version).slice(0, limit);
    },

    restoreConfigRevision: (universeId, revisionId, options) =>
      call(() => build.restoreConfigRevisionRequest(universeId, revisionId), wire.draftHashSchema, options),

    async listAssetVersions(assetId, limit, options) {
      const pageSize = Math.min(limit, assetVersionsPageSize);
      const versions = await readPages(
        (token) =>
          call(
            () => build.listAssetVersionsRequest(assetId, pageSize, token),
            wire.assetVersionsSchema,
            options,
          ),
        limit,
      );
      return versions.sort((a, b) => b.version - a.version);
    },
    rollbackAsset: (assetId, version, options) =>
      call(() => build.rollbackAssetRequest(assetId, version), wire.assetVersionSchema, options),

    async publishMessage(universeId, message, options) {
      await call(() => build.publishMessageRequest(universeId, message), wire.anyAnswerSchema, options);
    },
  };
}
