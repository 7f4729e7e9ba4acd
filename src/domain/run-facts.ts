import { z } from 'zod';

import type { RunEvent } from './run-events.js';

const watchSchema = z.object({
  verdict: z.string(),
  summary: z.string(),
  minutes: z.number(),
  signals: z.array(z.object({ signal: z.string(), verdict: z.string(), summary: z.string() })),
  newErrors: z.array(z.object({ message: z.string(), count: z.number() })),
});

const playersSchema = z.object({ servers: z.number(), players: z.number() });

/** Figures that a run's history has about what it did to one environment. */
export type RunFacts = {
  startedAt?: string;
  published?: { at: string; version: number };
  /** Who was playing when it went live. */
  forecast?: z.infer<typeof playersSchema>;
  /** Whom restarts of old servers hit, all together. */
  restarted?: z.infer<typeof playersSchema>;
  watch?: z.infer<typeof watchSchema>;
};

const publishInputSchema = z.object({
  intent: z.object({ target: z.object({ environment: z.string() }) }),
});

/** Results that are not understood count as not there: a post-mortem reads runs of earlier versions. */
export function factsOf(events: readonly RunEvent[], environment: string): RunFacts {
  const facts: RunFacts = {};
  for (const event of events) {
    if (event.type === 'started') facts.startedAt = event.at;
    if (event.type !== 'work' || event.outcome.state !== 'completed') continue;
    const { result } = event.outcome;
    switch (event.name) {
      case 'publishPlace': {
        const input = publishInputSchema.safeParse(event.input);
        const version = z.object({ version: z.number() }).safeParse(result);
        if (version.success && input.success && input.data.intent.target.environment === environment) {
          facts.published = { at: event.at, version: version.data.version };
        }
        break;
      }
      case 'prepareProduction': {
        const parsed = z.object({ forecast: playersSchema }).safeParse(result);
        if (parsed.success) facts.forecast = parsed.data.forecast;
        break;
      }
      case 'restartOldServers': {
        const parsed = playersSchema.safeParse(result);
        if (parsed.success) facts.restarted = sum(facts.restarted, parsed.data);
        break;
      }
      case 'watchRelease': {
        const parsed = watchSchema.safeParse(result);
        if (parsed.success) facts.watch = parsed.data;
        break;
      }
    }
  }
  return facts;
}

type Players = z.infer<typeof playersSchema>;

function sum(before: Players | undefined, now: Players): Players {
  return {
    servers: (before?.servers ?? 0) + now.servers,
    players: (before?.players ?? 0) + now.players,
  };
}
