import { z } from 'zod';

import type { MetricSeries, ServerLogEntry } from './live-operations.js';
import { int64 } from './wire.js';

const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
/** Absent, null and "" have all been seen for the last page. */
export const pageToken = z
  .string()
  .nullish()
  .transform((token) => (token === '' || token === null ? undefined : token));
const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

/** For calls whose answer says nothing that is needed, and may be empty. */
export const anyAnswerSchema = z.unknown();

export const teamCreateMembersSchema = z.object({
  data: listOf(
    z.object({ id: int64, name: z.string().nullish() }).transform(({ id, name }) => ({
      userId: id,
      name: name ?? '',
    })),
  ),
});

export const snapshotSchema = z
  .object({ newSnapshotTaken: z.boolean().default(false), latestSnapshotTime: z.string() })
  .transform(({ newSnapshotTaken, latestSnapshotTime }) => ({
    taken: newSnapshotTaken,
    latestAt: latestSnapshotTime,
  }));

const taskStates = ['queued', 'processing', 'cancelled', 'complete', 'failed'] as const;

export const luauTaskSchema = z
  .object({
    path: z.string(),
    // A state that we do not know is not an end: the task is asked again.
    state: z
      .string()
      .nullish()
      .transform((state) => taskStates.find((known) => known === state?.toLowerCase()) ?? 'queued'),
    error: z.object({ code: z.string().default(''), message: z.string().default('') }).nullish(),
    output: z.object({ results: listOf(z.unknown()) }).nullish(),
  })
  .transform(({ path, state, error, output }) => ({
    path,
    state,
    ...(error ? { error } : {}),
    results: output?.results ?? [],
  }));

export const luauTaskLogsSchema = z
  .object({
    luauExecutionSessionTaskLogs: listOf(z.object({ messages: listOf(z.string()) })),
    nextPageToken: pageToken,
  })
  .transform(({ luauExecutionSessionTaskLogs, nextPageToken }) => ({
    items: luauExecutionSessionTaskLogs.flatMap(({ messages }) => messages),
    nextPageToken,
  }));

/** Output, info, warning, error: the document's numbers, and their names where a service writes those. */
const severities: Record<string, ServerLogEntry['severity']> = {
  '0': 'debug',
  '1': 'info',
  '2': 'warning',
  '3': 'error',
  output: 'debug',
  info: 'info',
  warning: 'warning',
  error: 'error',
};

const moment = z
  .union([z.string(), z.number().transform((milliseconds) => new Date(milliseconds).toISOString())])
  .nullish();

export const serverLogsSchema = z
  .object({
    gameServerLogs: listOf(
      z
        .object({
          messageTimestampMs: moment,
          severity: z.union([z.number(), z.string()]).nullish(),
          message: z.string().nullish(),
          stackTrace: z.string().nullish(),
          skippedCount: count,
        })
        .transform((entry): ServerLogEntry => ({
          at: entry.messageTimestampMs ?? '',
          severity: severities[String(entry.severity ?? 0).toLowerCase()] ?? 'info',
          message: entry.message ?? '',
          ...(entry.stackTrace ? { stackTrace: entry.stackTrace } : {}),
          count: entry.skippedCount + 1,
        })),
    ),
    nextPageToken: pageToken,
  })
  .transform(({ gameServerLogs, nextPageToken }) => ({ items: gameServerLogs, nextPageToken }));

const pointStatuses = {
  Valid: 'valid',
  Projected: 'projected',
  NotStatisticallySignificant: 'not-significant',
} as const;

const seriesSchema = z
  .object({
    breakdowns: listOf(z.object({ dimension: z.string(), value: z.string() })),
    dataPoints: listOf(
      z.object({
        time: z.string(),
        value: z.number(),
        // A status that we do not know proves nothing.
        status: z
          .string()
          .nullish()
          .transform((status) =>
            status === null || status === undefined
              ? 'valid'
              : (Object.entries(pointStatuses).find(([name]) => name === status)?.[1] ?? 'not-significant'),
          ),
      }),
    ),
  })
  .transform(({ breakdowns, dataPoints }): MetricSeries => ({
    breakdown: Object.fromEntries(breakdowns.map(({ dimension, value }) => [dimension, value])),
    points: dataPoints.map(({ time, value, status }) => ({ at: time, value, status })),
  }));

export const metricOperationSchema = z.object({
  path: z.string().nullish(),
  done: z.boolean().default(false),
  response: z.object({ values: listOf(seriesSchema) }).nullish(),
});

const configValues = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((entries) => entries ?? {});

export const configSchema = z
  .object({ metadata: z.object({ configVersion: z.int() }).nullish(), entries: configValues })
  .transform(({ metadata, entries }) => ({ version: metadata?.configVersion ?? 0, entries }));

export const configDraftSchema = z
  .object({
    draftHash: z.string(),
    entries: z
      .record(z.string(), z.object({ value: z.unknown() }).nullable())
      .nullish()
      .transform((entries) => entries ?? {}),
  })
  .transform(({ draftHash, entries }) => ({
    hash: draftHash,
    // Null stands for a key that the draft deletes.
    entries: Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, entry?.value ?? null])),
  }));

export const draftHashSchema = z.object({ draftHash: z.string() });

export const configPublishedSchema = z
  .object({ configVersion: z.int() })
  .transform(({ configVersion }) => ({ version: configVersion }));

export const configRevisionsSchema = z.object({
  revisions: listOf(
    z
      .object({
        revisionId: z.string(),
        version: z.int(),
        time: z.string().default(''),
        message: z.string().nullish(),
        changes: z.record(z.string(), z.object({ before: z.unknown(), after: z.unknown() })).nullish(),
      })
      .transform(({ revisionId, version, time, message, changes }) => ({
        revisionId,
        version,
        at: time,
        ...(message ? { message } : {}),
        changes: Object.fromEntries(
          Object.entries(changes ?? {}).map(([key, { before = null, after = null }]) => [
            key,
            { before, after },
          ]),
        ),
      })),
  ),
});

export const assetVersionSchema = z
  .object({
    path: z.string().regex(/\/versions\/[1-9][0-9]{0,9}$/),
    createTime: z.string().optional(),
  })
  .transform(({ path, createTime }) => ({
    version: Number(path.slice(path.lastIndexOf('/') + 1)),
    ...(createTime === undefined ? {} : { at: createTime }),
  }));

/** Documented as a bare list, and answered as a page. */
export const assetVersionsSchema = z.union([
  z.array(assetVersionSchema).transform((items) => ({ items, nextPageToken: undefined })),
  z
    .object({ assetVersions: listOf(assetVersionSchema), nextPageToken: pageToken })
    .transform(({ assetVersions, nextPageToken }) => ({ items: assetVersions, nextPageToken })),
]);
