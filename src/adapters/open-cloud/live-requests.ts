import { invalidInput } from '../../domain/failure.js';
import { showValue } from '../../domain/show-value.js';
import type {
  ConfigValues,
  MetricQuery,
  RestartFilter,
  RolloutStrategy,
  VersionNote,
} from './live-operations.js';
import type { OpenCloudRequest } from './requests.js';
import { request } from './requests.js';

/** The repository that a game reads by `ConfigService`. */
const repository = 'InExperienceConfig';

/** A body is always sent: some services answer 415 to a POST without one. */
function withJson(built: OpenCloudRequest, body: unknown): OpenCloudRequest {
  return {
    ...built,
    headers: { ...built.headers, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  };
}

export const describePlaceVersionRequest = (placeId: string, version: number, note: VersionNote) =>
  withJson(request('describePlaceVersion', { placeId, versionNumber: version }), note);

export const listTeamCreateMembersRequest = (placeId: string) =>
  request('listTeamCreateMembers', { placeId }, { limit: 100 });

export const snapshotDataStoresRequest = (universeId: string) =>
  withJson(request('snapshotDataStores', { universeId }), {});

export const forecastRestartRequest = (universeId: string) => request('forecastRestart', { universeId });

export const restartServersRequest = (
  universeId: string,
  places: Record<string, RestartFilter>,
  bleedOffMinutes: number,
) =>
  withJson(request('restartServers', { universeId }), {
    places,
    ...(bleedOffMinutes === 0 ? {} : { bleedOffDurationMinutes: bleedOffMinutes }),
  });

/** Ids are int64 in protobuf's JSON, which travel as strings: a number would lose digits. */
export const restartUniverseRequest = (universeId: string, placeIds: string[], bleedOffMinutes: number) =>
  withJson(request('restartUniverse', { universeId }), {
    placeIds,
    closeAllVersions: false,
    bleedOffServers: bleedOffMinutes > 0,
    ...(bleedOffMinutes > 0 ? { bleedOffDurationMinutes: bleedOffMinutes } : {}),
  });

export const listRestartsRequest = (universeId: string) => request('listRestarts', { universeId });

export const listGameServersRequest = (
  universeId: string,
  placeId: string,
  version: number,
  pageToken: string | undefined,
) =>
  request(
    'listGameServers',
    { universeId, placeId, versionNumber: version },
    { MaxPageSize: 100, PageToken: pageToken },
  );

export const listServerLogsRequest = (
  server: { universeId: string; placeId: string; version: number; jobId: string },
  pageSize: number,
  pageToken: string | undefined,
) =>
  request(
    'listServerLogs',
    {
      universeId: server.universeId,
      placeId: server.placeId,
      versionNumber: server.version,
      jobId: server.jobId,
    },
    { MaxPageSize: pageSize, OrderBy: 'messageTimestampMs desc', PageToken: pageToken },
  );

export const createLuauTaskRequest = (
  universeId: string,
  placeId: string,
  version: number,
  task: { script: string; timeoutSeconds: number },
) =>
  withJson(request('createLuauTask', { universeId, placeId, versionNumber: version }), {
    script: task.script,
    timeout: `${String(task.timeoutSeconds)}s`,
  });

const taskPath =
  /^universes\/(\d{1,19})\/places\/(\d{1,19})\/versions\/(\d{1,10})\/luau-execution-sessions\/([\w-]+)\/tasks\/([\w-]+)$/;

function taskParameters(path: string): Record<string, string> {
  const [, universeId, placeId, versionNumber, sessionId, taskId] = taskPath.exec(path) ?? [];
  if (!universeId || !placeId || !versionNumber || !sessionId || !taskId) {
    const remedy = 'expected the path that createLuauTask answered';
    throw invalidInput('The Luau task', [{ field: 'path', value: showValue(path), remedy }]);
  }
  return { universeId, placeId, versionNumber, sessionId, taskId };
}

export const getLuauTaskRequest = (path: string) => request('getLuauTask', taskParameters(path));

export const listLuauTaskLogsRequest = (path: string, pageToken: string | undefined) =>
  request('listLuauTaskLogs', taskParameters(path), { view: 'FLAT', pageToken });

export const queryMetricRequest = (universeId: string, query: MetricQuery) =>
  withJson(request('queryMetric', { universeId }), {
    metric: query.metric,
    granularity: query.granularity,
    startTime: query.from,
    endTime: query.to,
    breakdown: query.breakdown,
    filter: query.filters.map((filter) => ({ ...filter, operation: 'In' })),
  });

/** @param operationPath as the query answered it */
export const getMetricOperationRequest = (universeId: string, operationPath: string) =>
  request('getMetricOperation', {
    universeId,
    operationId: operationPath.slice(operationPath.lastIndexOf('/') + 1),
  });

export const getConfigRequest = (universeId: string) => request('getConfig', { universeId, repository });

export const getConfigDraftRequest = (universeId: string) =>
  request('getConfigDraft', { universeId, repository });

export const updateConfigDraftRequest = (
  universeId: string,
  change: { entries: ConfigValues; draftHash: string },
) => withJson(request('updateConfigDraft', { universeId, repository }), change);

export const publishConfigRequest = (
  universeId: string,
  { draftHash, message, strategy }: { draftHash: string; message: string; strategy: RolloutStrategy },
) =>
  withJson(request('publishConfig', { universeId, repository }), {
    draftHash,
    message,
    deploymentStrategy: strategy,
  });

export const listConfigRevisionsRequest = (universeId: string, pageSize: number, skip: number) =>
  request(
    'listConfigRevisions',
    { universeId, repository },
    {
      MaxPageSize: pageSize,
      Skip: skip,
      SortOrder: 'SORT_ORDER_DESCENDING',
      SortKey: 'SORT_KEY_LAST_MODIFIED_TIME',
    },
  );

export const restoreConfigRevisionRequest = (universeId: string, revisionId: string) =>
  withJson(request('restoreConfigRevision', { universeId, repository, revisionId }), {});

export const listAssetVersionsRequest = (assetId: string, pageSize: number, pageToken: string | undefined) =>
  request('listAssetVersions', { assetId }, { maxPageSize: pageSize, pageToken });

export function rollbackAssetRequest(assetId: string, version: number): OpenCloudRequest {
  const built = request('rollbackAsset', { assetId });
  const assetVersion = `assets/${assetId}/versions/${String(version)}`;
  // Nothing that is sent can hold the boundary: ids and versions are digits.
  const boundary = 'graveshift-asset-version';
  const body =
    `--${boundary}\r\nContent-Disposition: form-data; name="assetVersion"\r\n\r\n${assetVersion}\r\n` +
    `--${boundary}--\r\n`;
  return {
    ...built,
    headers: { ...built.headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.from(body),
  };
}

export const publishMessageRequest = (universeId: string, message: { topic: string; message: string }) =>
  withJson(request('publishMessage', { universeId }), message);
