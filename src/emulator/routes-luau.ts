import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';

import type { EmulatorContext } from './context.js';
import { keyOf } from './context.js';
import { endpoints, routeUrl } from './endpoints.js';
import { pageOf } from './listing.js';
import { findPlace, parse } from './lookup.js';
import type { LuauTask } from './luau-state.js';
import { Refusal } from './refusal.js';

const largestScriptBytes = 4 * 1024 * 1024;
const longestSeconds = 300;
const mostUnfinished = 10;
/** How many messages one entry of the logs holds. */
const messagesInChunk = 100;

const newTaskSchema = z.object({
  script: z.string().refine((text) => Buffer.byteLength(text) <= largestScriptBytes, 'script: at most 4 MB'),
  timeout: z
    .string()
    .regex(/^\d+(\.\d+)?s$/, 'timeout: expected seconds such as "30s"')
    .transform((text) => Number.parseFloat(text))
    .refine((seconds) => seconds > 0 && seconds <= longestSeconds, 'timeout: more than 0 s, at most 300 s')
    .default(longestSeconds),
  binaryInput: z.literal('', 'the emulator has no binary input').optional(),
  enableBinaryOutput: z.literal(false, 'the emulator has no binary output').optional(),
});
const viewSchema = z.object({ view: z.enum(['VIEW_UNSPECIFIED', 'BASIC', 'FULL']).default('BASIC') });
const logsQuerySchema = z.object({
  maxPageSize: z.coerce.number().int().nonnegative().default(10_000),
  pageToken: z.string().optional(),
  view: z.enum(['VIEW_UNSPECIFIED', 'FLAT', 'STRUCTURED']).default('FLAT'),
});

type PlaceParams = { universeId: string; placeId: string };
type TaskParams = PlaceParams & { version: string; sessionId: string; taskId: string };

/** Luau execution: tasks that run a script over a place version, and their logs. */
export function registerLuauRoutes(server: FastifyInstance, context: EmulatorContext): void {
  const { store, luauTasks, now } = context;

  async function create(request: FastifyRequest, params: PlaceParams, wanted: string | undefined) {
    const place = findPlace(store.read(), request, params);
    const { script, timeout } = parse(newTaskSchema, request.body ?? {});
    const version =
      wanted === undefined
        ? place.versions.at(-1)
        : place.versions.find((each) => String(each.version) === wanted);
    if (version === undefined) throw new Refusal(404, 'The place has no such version.');
    if (luauTasks.unfinished(params.placeId) >= mostUnfinished) {
      throw new Refusal(429, 'The place has 10 unfinished tasks.');
    }
    const { taskId, task } = await luauTasks.create({
      universeId: params.universeId,
      placeId: params.placeId,
      version: version.version,
      ownerId: keyOf(request).ownerId,
      timeoutMs: timeout * 1000,
      script,
    });
    return { ...taskAnswer(taskId, task, now()), script };
  }

  server.route<{ Params: PlaceParams }>({
    method: endpoints.createLuauTask.method,
    url: routeUrl(endpoints.createLuauTask),
    config: { endpoint: endpoints.createLuauTask },
    handler: (request) => create(request, request.params, undefined),
  });

  server.route<{ Params: PlaceParams & { version: string } }>({
    method: endpoints.createLuauTaskOfVersion.method,
    url: routeUrl(endpoints.createLuauTaskOfVersion),
    config: { endpoint: endpoints.createLuauTaskOfVersion },
    handler: (request) => create(request, request.params, request.params.version),
  });

  async function find(request: FastifyRequest, params: TaskParams): Promise<LuauTask> {
    findPlace(store.read(), request, params);
    const task = await luauTasks.look(params.taskId);
    if (
      task?.placeId !== params.placeId ||
      String(task.version) !== params.version ||
      task.sessionId !== params.sessionId
    ) {
      throw new Refusal(404, 'The task was not found.');
    }
    return task;
  }

  server.route<{ Params: TaskParams }>({
    method: endpoints.luauTask.method,
    url: routeUrl(endpoints.luauTask),
    config: { endpoint: endpoints.luauTask },
    async handler(request) {
      const { view } = parse(viewSchema, request.query);
      const task = await find(request, request.params);
      const answer = taskAnswer(request.params.taskId, task, now());
      if (view !== 'FULL') return answer;
      return { ...answer, script: Buffer.from(await store.getBlob(task.scriptSha256)).toString('utf8') };
    },
  });

  server.route<{ Params: TaskParams }>({
    method: endpoints.luauTaskLogs.method,
    url: routeUrl(endpoints.luauTaskLogs),
    config: { endpoint: endpoints.luauTaskLogs },
    async handler(request) {
      const { maxPageSize, pageToken, view } = parse(logsQuerySchema, request.query);
      const task = await find(request, request.params);
      const logs = stateOf(task, now()) === 'QUEUED' ? [] : (task.outcome?.logs ?? []);
      const chunks = Array.from({ length: Math.ceil(logs.length / messagesInChunk) }, (_, index) => {
        const chunk = logs.slice(index * messagesInChunk, (index + 1) * messagesInChunk);
        return {
          path: `${pathOf(request.params.taskId, task)}/logs/${String(index + 1)}`,
          ...(view === 'STRUCTURED'
            ? {
                structuredMessages: chunk.map(({ type, message, at }) => ({
                  message,
                  createTime: new Date(at).toISOString(),
                  messageType: type,
                })),
              }
            : { messages: chunk.map(({ message }) => message) }),
        };
      });
      const { page, next } = pageOf(chunks, Math.max(1, Math.min(maxPageSize, 10_000)), pageToken);
      return { luauExecutionSessionTaskLogs: page, nextPageToken: next ?? '' };
    },
  });
}

const pathOf = (taskId: string, { universeId, placeId, version, sessionId }: LuauTask) =>
  `universes/${universeId}/places/${placeId}/versions/${String(version)}/luau-execution-sessions/${sessionId}/tasks/${taskId}`;

function stateOf(
  { startsAt, outcome }: LuauTask,
  now: number,
): 'QUEUED' | 'PROCESSING' | 'COMPLETE' | 'FAILED' {
  if (now < startsAt) return 'QUEUED';
  if (outcome === undefined) return 'PROCESSING';
  return outcome.error === undefined ? 'COMPLETE' : 'FAILED';
}

function taskAnswer(taskId: string, task: LuauTask, now: number) {
  const state = stateOf(task, now);
  const changedAt = state === 'QUEUED' ? task.createdAt : (task.endedAt ?? task.startsAt);
  return {
    path: pathOf(taskId, task),
    createTime: new Date(task.createdAt).toISOString(),
    updateTime: new Date(Math.max(changedAt, task.createdAt)).toISOString(),
    user: task.ownerId,
    state,
    timeout: `${String(task.timeoutMs / 1000)}s`,
    ...(state === 'FAILED' ? { error: task.outcome?.error } : {}),
    ...(state === 'COMPLETE'
      ? { output: { results: JSON.parse(task.outcome?.results ?? '[]') as unknown } }
      : {}),
  };
}
