import { z } from 'zod';

import type { WatchSamples } from '../../domain/watch.js';
import { median } from './look.js';

/** Looks that a median is taken of: enough to see what is now, few enough for a heartbeat. */
const keptLooks = 60;
/** With so many crashes the verdict is plain; more jobs need not be told apart. */
export const mostCrashedJobs = 500;
export const mostErrors = 200;

const measured = z.object({
  value: z.number(),
  samples: z.number(),
  notSignificant: z.boolean().optional(),
});

/** What a watch has seen up to now; it travels in heartbeats, so that a retry goes on with the time that is left. */
export const watchStateSchema = z.object({
  version: z.number(),
  startedAt: z.number(),
  lookedAt: z.number(),
  metricsAt: z.number(),
  serverMinutes: z.number(),
  crashedJobs: z.array(z.string()),
  frameRates: z.array(z.number()),
  memory: z.array(z.number()),
  errors: z.array(z.object({ fingerprint: z.string(), message: z.string(), count: z.number() })),
  /** Up to when each server's log was read. */
  logsRead: z.record(z.string(), z.string()),
  serversSeen: z.boolean(),
  logsSeen: z.boolean(),
  metrics: z.object({ clientCrashRate: measured.optional(), players: measured.optional() }),
  /** Why a part could not be read, the last time. */
  unreadable: z.object({
    servers: z.string().optional(),
    logs: z.string().optional(),
    clientCrashRate: z.string().optional(),
    players: z.string().optional(),
  }),
});
export type WatchState = z.infer<typeof watchStateSchema>;

export const newWatch = (version: number, now: number): WatchState => ({
  version,
  startedAt: now,
  lookedAt: now,
  metricsAt: now,
  serverMinutes: 0,
  crashedJobs: [],
  frameRates: [],
  memory: [],
  errors: [],
  logsRead: {},
  serversSeen: false,
  logsSeen: false,
  metrics: {},
  unreadable: {},
});

export function keepLook(values: readonly number[], readings: readonly number[]): number[] {
  const value = median(readings);
  return value === undefined ? [...values] : [...values, value].slice(-keptLooks);
}

/** A signal that was read at times is judged by what was read; one that never was says why. */
export function samplesOf(state: WatchState, now: number): WatchSamples {
  const { serverMinutes, crashedJobs, unreadable } = state;
  const signals: WatchSamples['signals'] = {};
  if (state.serversSeen) {
    const hours = serverMinutes / 60;
    signals['server-crashes'] = {
      value: hours === 0 ? 0 : crashedJobs.length / hours,
      samples: serverMinutes,
    };
    const frameRate = median(state.frameRates);
    const memory = median(state.memory);
    if (frameRate !== undefined) {
      signals['frame-rate'] = { value: frameRate, samples: state.frameRates.length };
    }
    if (memory !== undefined) signals.memory = { value: memory, samples: state.memory.length };
  } else if (unreadable.servers !== undefined) {
    const cause = { unreadable: unreadable.servers };
    Object.assign(signals, { 'server-crashes': cause, 'frame-rate': cause, memory: cause, errors: cause });
  }
  if (state.logsSeen) {
    const count = state.errors.reduce((sum, error) => sum + error.count, 0);
    signals.errors = { value: count, samples: serverMinutes };
  } else if (unreadable.logs !== undefined) {
    signals.errors = { unreadable: unreadable.logs };
  }
  for (const [signal, name] of [
    ['client-crash-rate', 'clientCrashRate'],
    ['players', 'players'],
  ] as const) {
    const read = state.metrics[name];
    const cause = unreadable[name];
    if (read !== undefined) {
      const { notSignificant, ...rest } = read;
      signals[signal] = notSignificant === undefined ? rest : { ...rest, notSignificant };
    } else if (cause !== undefined) signals[signal] = { unreadable: cause };
  }
  return { minutes: Math.round((now - state.startedAt) / 600) / 100, signals, errors: state.errors };
}
