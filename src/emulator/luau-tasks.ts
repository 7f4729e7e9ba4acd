import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { LuauTask } from './luau-state.js';
import { runLuauJob, type LuauInterpreter } from './luau-thread.js';
import { placeFormatOf } from './place-file.js';
import type { EmulatorStore } from './store.js';

/** The service forgets tasks after a day. */
const keptMs = 24 * 3_600_000;
/** A look at a running task waits this long for its end, as the real service's answers are slow. */
const lookMs = 1_000;

export type NewLuauTask = Pick<LuauTask, 'universeId' | 'placeId' | 'version' | 'ownerId' | 'timeoutMs'> & {
  script: string;
};

export type LuauTasks = {
  create(task: NewLuauTask): Promise<{ taskId: string; task: LuauTask }>;
  /** Waits a little for the end of one that runs. */
  look(taskId: string): Promise<LuauTask | undefined>;
  unfinished(placeId: string): number;
  close(): Promise<void>;
};

/** Runs tasks in the background, one thread each; those that the last process left unfinished run again. */
export function createLuauTasks(store: EmulatorStore, now: () => number, queueDelayMs: number): LuauTasks {
  const interpreter: LuauInterpreter = {};
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();

  async function run(taskId: string, task: LuauTask): Promise<void> {
    const { universeId, placeId, version, timeoutMs } = task;
    const found = store.read().places[placeId]?.versions.find((each) => each.version === version);
    if (found === undefined) throw new Error(`version ${String(version)} of place ${placeId} is gone`);
    const script = Buffer.from(await store.getBlob(task.scriptSha256)).toString('utf8');
    const outcome = await runLuauJob(
      {
        script,
        placePath: store.blobPath(found.sha256),
        format: (await placeFormatOf(store.blobPath(found.sha256))) ?? 'rbxl',
        placeId: Number(placeId),
        placeVersion: version,
        gameId: Number(universeId),
      },
      timeoutMs,
      { signal: closing.signal, interpreter },
    );
    await store.mutate((draft) => {
      const stored = draft.luauTasks[taskId];
      if (stored === undefined) return;
      stored.outcome = outcome;
      stored.endedAt = now();
    });
  }

  function begin(taskId: string, task: LuauTask): void {
    const ended = run(taskId, task)
      .catch(async (error: unknown) => {
        if (closing.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        await store.mutate((draft) => {
          const stored = draft.luauTasks[taskId];
          if (stored !== undefined) stored.outcome = { error: { code: 'INTERNAL_ERROR', message }, logs: [] };
        });
      })
      .finally(() => running.delete(taskId));
    running.set(taskId, ended);
  }

  for (const [taskId, task] of Object.entries(store.read().luauTasks)) {
    if (task.outcome === undefined) begin(taskId, task);
  }

  return {
    async create({ script, ...rest }) {
      const scriptSha256 = await store.putBlob(Buffer.from(script));
      const taskId = randomUUID();
      const createdAt = now();
      const task: LuauTask = {
        ...rest,
        sessionId: randomUUID(),
        scriptSha256,
        createdAt,
        startsAt: createdAt + queueDelayMs,
      };
      await store.mutate((draft) => {
        draft.luauTasks = Object.fromEntries(
          Object.entries(draft.luauTasks).filter(
            ([, old]) => old.outcome === undefined || createdAt - old.createdAt <= keptMs,
          ),
        );
        draft.luauTasks[taskId] = task;
      });
      begin(taskId, task);
      return { taskId, task };
    },
    async look(taskId) {
      const task = store.read().luauTasks[taskId];
      const end = running.get(taskId);
      if (task === undefined || end === undefined || now() < task.startsAt) return task;
      await Promise.race([end, delay(lookMs, undefined, { ref: false })]);
      return store.read().luauTasks[taskId];
    },
    unfinished: (placeId) =>
      Object.values(store.read().luauTasks).filter(
        (task) => task.placeId === placeId && (task.outcome === undefined || now() < task.startsAt),
      ).length,
    async close() {
      closing.abort();
      await Promise.all(running.values());
    },
  };
}
