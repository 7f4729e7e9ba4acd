import { setTimeout as delay } from 'node:timers/promises';

import { Agent, request } from 'undici';

import { GraveshiftError } from '../../domain/failure.js';
import type { NoticeChannel, NoticeMessage, Webhook } from '../../domain/notice.js';
import { readVariable, type Variables } from './variables.js';
import { signatureOf, signingKey } from './webhook-signature.js';

export type WebhookOptions = {
  webhook: Webhook;
  variables: Variables;
  /** For one try, in ms. */
  timeoutMs?: number;
  /** Waits before another try, in ms; a test need not wait. */
  wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
};

const tries = 3;
/** Three tries and the waits between them stay below 45 s: the longest that a notice may hold up a run. */
const defaultTimeoutMs = 8_000;
const longestWaitMs = 10_000;

type Attempt = { outcome: 'delivered' } | { outcome: 'refused' | 'busy'; cause: string; waitMs?: number };

/**
 * Posts each notice as JSON. Tried again after a connection that failed, a 429 and a 5xx: the receiver may have got it
 * then, and tells a repetition by its id. Redirects are not followed, so that nothing is sent where nobody meant it.
 */
export function createWebhookChannel({
  webhook: { urlEnv, secretEnv, events },
  variables,
  timeoutMs = defaultTimeoutMs,
  wait = async (ms, signal) => delay(ms, undefined, { ...(signal && { signal }) }),
}: WebhookOptions): NoticeChannel {
  return {
    name: urlEnv,
    wants: (event) => events?.includes(event) ?? true,
    async deliver(message, signal) {
      const url = parseUrl(await readVariable(urlEnv, variables), urlEnv);
      const key =
        secretEnv === undefined ? undefined : signingKey(await readVariable(secretEnv, variables), secretEnv);
      for (let attempt = 1; ; attempt++) {
        const result = await post(url, message, { key, timeoutMs, signal });
        if (result.outcome === 'delivered') return;
        if (result.outcome === 'refused' || attempt === tries) {
          const often = attempt === 1 ? '' : `, ${String(attempt)} times`;
          throw new GraveshiftError('ServiceUnavailable', `${result.cause}${often}`, {
            details: { webhook: urlEnv },
          });
        }
        await wait(Math.min(result.waitMs ?? 1000 * 2 ** (attempt - 1), longestWaitMs), signal);
      }
    },
  };
}

function parseUrl(text: string, variable: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return url;
  throw new GraveshiftError(
    'AccessDenied',
    `the value of ${variable} is not an address that begins with https:// (http:// is for this machine only)`,
    { details: { variable } },
  );
}

async function post(
  url: URL,
  message: NoticeMessage,
  options: { key: Buffer | undefined; timeoutMs: number; signal: AbortSignal | undefined },
): Promise<Attempt> {
  const { key, timeoutMs, signal } = options;
  const { event, project, environment, runId: run, workflowId, title, lines, at, id } = message;
  const body = JSON.stringify({ event, project, environment, run, workflowId, title, lines, at, id });
  const timestamp = Math.floor(Date.now() / 1000);
  const timeout = AbortSignal.timeout(timeoutMs);
  // A connection of its own: the next notice may be days away.
  const agent = new Agent({ pipelining: 0 });
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Graveshift',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(key && { 'webhook-signature': signatureOf(key, id, timestamp, body) }),
      },
      body,
      dispatcher: agent,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return judge(answer.statusCode, answer.headers['retry-after']);
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) return { outcome: 'busy', cause: `no answer within ${String(timeoutMs / 1000)} s` };
    // The message names the host; the code says enough.
    return { outcome: 'busy', cause: `no connection (${codeOf(error)})` };
  } finally {
    await agent.destroy();
  }
}

function judge(status: number, retryAfter: string | string[] | undefined): Attempt {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const cause = `answered ${String(status)}`;
  if (status !== 429 && status < 500) return { outcome: 'refused', cause };
  const waitMs = askedWait(typeof retryAfter === 'string' ? retryAfter.trim() : '');
  return { outcome: 'busy', cause, ...(waitMs !== undefined && { waitMs }) };
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function askedWait(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
