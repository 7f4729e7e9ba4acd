import { setTimeout as delay } from 'node:timers/promises';

import { ServiceError } from '@temporalio/client';

import type { GraveshiftClient, RunEnd, RunSummary } from '../client.js';
import { GraveshiftError } from '../domain/failure.js';
import type { Progress } from '../domain/progress.js';
import type { LiveView } from './view/live-view.js';
import type { RunView } from './view/tree.js';

export type WatchOptions = {
  client: GraveshiftClient;
  run: string;
  title: string;
  view: LiveView;
  signal: AbortSignal;
  everyMs: number;
  /** Called at each look at a run that goes on; may talk to the run and to a person. */
  onProgress?: (progress: Progress) => Promise<void>;
};

/** Temporal Cloud bills a query as an Action: a server on this machine is asked more often. */
export function pollInterval(address: string): number {
  return /^(127\.|localhost|\[::1\])/.test(address) ? 500 : 3000;
}

/**
 * Shows the run until it ends. A worker or a server that is away is said and waited for.
 * @throws AbortError when the signal aborts; the run goes on
 */
export async function watchRun(options: WatchOptions): Promise<{ end: RunEnd; summary: RunSummary }> {
  const { client, run, view, signal } = options;
  const looker = createLooker(client, run, options.title);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { summary, view: seen } = await looker.look();
      view.show(seen);
      if (summary && summary.status !== 'RUNNING') {
        view.stop();
        return { end: await client.end(run), summary };
      }
      if (seen.progress && seen.trouble === undefined) await options.onProgress?.(seen.progress);
      await delay(options.everyMs, undefined, { signal });
    }
  } finally {
    view.stop();
  }
}

/** A worker that hangs keeps a query open: after so long a person is told. */
const answerWithinMs = 5000;

/** Looks at a run again and again, and remembers what it saw while nobody answers. */
export function createLooker(client: GraveshiftClient, run: string, title: string) {
  let last: Progress | undefined;
  const children = new Map<string, Progress>();

  async function readChildren(progress: Progress): Promise<void> {
    const ids = progress.steps.flatMap((step) => (step.state === 'running' ? (step.children ?? []) : []));
    const open = ids.filter((id) => children.get(id)?.percent !== 100);
    await Promise.all(
      open.map(async (id) => {
        // A child that has not started yet, or whose worker is busy, is no news.
        const seen = await client.progress(id).catch(whereAway(undefined));
        if (seen !== undefined) children.set(id, seen);
      }),
    );
  }

  return {
    async look(): Promise<{ summary?: RunSummary; view: RunView }> {
      let summary: RunSummary | undefined;
      try {
        summary = await client.describe(run);
        last = await client.temporal.withDeadline(Date.now() + answerWithinMs, async () => {
          const seen = await client.progress(run);
          await readChildren(seen);
          return seen;
        });
        return { summary, view: { title, progress: last, children } };
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === undefined) throw error;
        return { ...(summary && { summary }), view: { title, progress: last, children, trouble } };
      }
    },
  };
}

/** What a person is told while nobody answers; undefined for what waiting cannot mend. */
function troubleOf(error: unknown): string | undefined {
  if (error instanceof GraveshiftError && error.kind === 'ServiceUnavailable') {
    return 'no worker answers: the run waits for one, and goes on where it stopped';
  }
  return isServerAway(error) ? 'Temporal does not answer: still trying' : undefined;
}

/** gRPC UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED (a connection that closed under the call). */
function isServerAway(error: unknown): boolean {
  if (!(error instanceof ServiceError) && !(error instanceof Error && 'code' in error)) return false;
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if ('code' in current && [14, 4, 1].includes(Number(current.code))) return true;
  }
  return false;
}

function whereAway<T>(value: T): (error: unknown) => T {
  return (error) => {
    const isUnknown = error instanceof GraveshiftError && error.kind === 'InvalidInput';
    if (isUnknown || troubleOf(error) !== undefined) return value;
    throw error;
  };
}
