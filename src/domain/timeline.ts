import { z } from 'zod';

import type { EndOutcome, RunEvent } from './run-events.js';
import { noteOf } from './timeline-notes.js';

/** `people`: somebody said something. `trouble`: something went wrong, for good or in passing. */
export type TimelineKind = 'run' | 'work' | 'people' | 'wait' | 'trouble';

/** One line of a run's story. */
export type TimelineEntry = {
  /** When it was over: ISO 8601, UTC. */
  at: string;
  kind: TimelineKind;
  what: string;
  /** How long it took, in ms. */
  tookMs?: number;
};

/** What happened when, in words, in the order of the history. */
export function timelineOf(events: readonly RunEvent[]): TimelineEntry[] {
  return events.flatMap((event) => {
    const entry = describe(event);
    return entry === undefined ? [] : [{ at: event.at, ...entry }];
  });
}

type Words = Omit<TimelineEntry, 'at'>;

function describe(event: RunEvent): Words | undefined {
  switch (event.type) {
    case 'started':
      return { kind: 'run', what: `${event.pipeline} starts${requesterOf(event.input)}` };
    case 'work':
      return describeWork(event);
    case 'message':
      return describeMessage(event);
    case 'waited':
      return { kind: 'wait', what: event.title, tookMs: Date.parse(event.at) - Date.parse(event.startedAt) };
    case 'state':
      return describeState(event.state);
    case 'cancel-requested':
      return { kind: 'people', what: 'the run is asked to end' };
    case 'stuck':
      return { kind: 'trouble', what: `the run could not go on: ${event.problem}` };
    case 'ended':
      return describeEnd(event);
  }
}

function describeWork(event: Extract<RunEvent, { type: 'work' }>): Words {
  const { title, outcome, attempts, lastFailure } = event;
  const tookMs = Date.parse(event.at) - Date.parse(event.startedAt);
  const again =
    attempts > 1
      ? ` (try ${attempts}${lastFailure === undefined ? '' : `; the one before: ${lastFailure}`})`
      : '';
  switch (outcome.state) {
    case 'under-way':
      return { kind: attempts > 1 ? 'trouble' : 'work', what: `${title}: under way${again}` };
    case 'completed': {
      const note = noteOf(event.name, outcome.result);
      const what = `${title}${note === undefined ? '' : `: ${note.text}`}${again}`;
      return { kind: note?.isBad === true ? 'trouble' : 'work', what, tookMs };
    }
    case 'failed':
      return {
        kind: 'trouble',
        what: `${title} failed (${outcome.kind}): ${outcome.message}${again}`,
        tookMs,
      };
    case 'cancelled':
      return { kind: 'work', what: `${title}: stopped by the cancellation`, tookMs };
  }
}

/** Only these fields are shown: the rest of a message may be anything. */
const bodySchema = z.object({
  by: z.string().optional(),
  reason: z.string().optional(),
  decision: z.string().optional(),
  step: z.string().optional(),
  action: z.string().optional(),
  lease: z.number().optional(),
  runId: z.string().optional(),
});
type Body = z.infer<typeof bodySchema>;

const verbs: Record<string, (body: Body) => string | undefined> = {
  pause: () => 'paused the run',
  resume: () => 'resumed the run',
  approve: () => 'said approve',
  reject: () => 'said reject',
  decide: ({ decision }) => decision && `said ${decision}`,
  resolve: ({ step, action }) => step && action && `said ${action} to ${step}`,
  resolveStep: ({ step, action }) => step && action && `said ${action} to ${step}`,
  freeze: () => 'froze the place',
  unfreeze: () => 'lifted the freeze of the place',
  rebuild: () => 'had the place rebuilt from ledger and history',
};

function describeMessage({ name, body, from }: Extract<RunEvent, { type: 'message' }>): Words {
  const parsed = bodySchema.safeParse(body);
  const { by, reason, lease, runId } = parsed.success ? parsed.data : {};
  if (name === 'leaseGranted' && lease !== undefined) {
    return { kind: 'wait', what: `the place is free for this run: lease ${lease}` };
  }
  if (name === 'leaseLost') {
    const taker = by === undefined ? '' : `: ${by}`;
    return { kind: 'wait', what: `a rollback took the place from this run${taker}` };
  }
  if (name === 'requestLease' && runId !== undefined)
    return { kind: 'wait', what: `${runId} asks for the place` };
  if (name === 'releaseLease' && runId !== undefined)
    return { kind: 'wait', what: `${runId} gives the place back` };
  const verb = parsed.success && Object.hasOwn(verbs, name) ? verbs[name]?.(parsed.data) : undefined;
  if (verb !== undefined && by !== undefined) {
    return { kind: 'people', what: `${by} ${verb}${reason === undefined ? '' : `: ${reason}`}` };
  }
  const unread = Object.hasOwn(verbs, name) ? ' that nobody can read' : '';
  return {
    kind: 'people',
    what: `message "${name}"${unread}${from === undefined ? '' : ` from ${from}`}`,
  };
}

/** States that the work itself does not show. */
const stateWords: Record<string, Words> = {
  'awaiting-approval': { kind: 'wait', what: 'waits for approval' },
  attention: { kind: 'trouble', what: 'needs attention: waits until somebody says what to do' },
  paused: { kind: 'wait', what: 'is paused' },
};

function describeState(state: string): Words | undefined {
  return Object.hasOwn(stateWords, state) ? stateWords[state] : undefined;
}

const endWords: Record<EndOutcome, string> = {
  completed: 'ends',
  failed: 'fails',
  cancelled: 'ends, cancelled',
  terminated: 'is terminated: nothing was undone',
  'timed-out': 'runs out of time: nothing was undone',
  continued: 'goes on in a new history',
};

const resultSchema = z.object({ outcome: z.string(), reason: z.string().optional() });

function describeEnd({ outcome, kind, reason, result }: Extract<RunEvent, { type: 'ended' }>): Words {
  const said = resultSchema.safeParse(result);
  const how = said.success
    ? `: ${said.data.outcome}${said.data.reason === undefined ? '' : `, ${said.data.reason}`}`
    : '';
  const why = reason === undefined ? '' : `${kind === undefined ? '' : ` (${kind})`}: ${reason}`;
  const isGood = outcome === 'completed' || outcome === 'continued' || outcome === 'cancelled';
  return { kind: isGood ? 'run' : 'trouble', what: `the run ${endWords[outcome]}${how}${why}` };
}

function requesterOf(input: unknown): string {
  const parsed = z.object({ requestedBy: z.string() }).safeParse(input);
  return parsed.success ? `, asked for by ${parsed.data.requestedBy}` : '';
}
