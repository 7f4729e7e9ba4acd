import type { Context } from '@temporalio/activity';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';

import { GraveshiftError } from '../../domain/failure.js';
import { progressOf } from './context.js';

/**
 * A running activity shows that its worker lives from this age on, and this often. Short activities send no heartbeat:
 * on Temporal Cloud each one that reaches the server is billed.
 */
const heartbeatEveryMs = 2500;

type Execute = { args: unknown[] };

/**
 * Around every activity: heartbeats while it runs, and translates what it throws into Temporal's failure of the same
 * type. `redact` cuts secrets out of messages, because histories are read by many.
 */
export function createActivityInterceptor(redact: (text: string) => string) {
  return (context: Context) => ({
    inbound: {
      async execute<Input extends Execute>(
        input: Input,
        next: (input: Input) => Promise<unknown>,
      ): Promise<unknown> {
        const timer = setInterval(() => context.heartbeat(progressOf(context)), heartbeatEveryMs);
        try {
          return await next(input);
        } catch (error) {
          throw asFailure(error, context, redact);
        } finally {
          clearInterval(timer);
        }
      },
    },
  });
}

/** Exported for its test. */
export function asFailure(
  error: unknown,
  context: Pick<Context, 'cancellationSignal'>,
  redact: (text: string) => string,
): unknown {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof GraveshiftError) {
    return ApplicationFailure.create({
      type: error.kind,
      message: redact(error.message),
      nonRetryable: !error.retryable,
      details: [JSON.parse(redact(JSON.stringify(error.details)))],
    });
  }
  // The SDK tells a cancelled activity from a failed one by the reason that it gave itself.
  if (context.cancellationSignal.aborted && isAbort(error)) return context.cancellationSignal.reason;
  const message = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({
    type: error instanceof Error ? error.name : 'Error',
    message: redact(message),
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'CancelledFailure');
}
