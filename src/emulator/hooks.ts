import { setTimeout as delay } from 'node:timers/promises';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { findKey, requireScopes } from './access.js';
import type { EmulatorContext, LoggedRequest } from './context.js';
import { arrive, faultHeader, type Fault } from './faults.js';
import { IncomingBlob } from './incoming-blob.js';
import { createRateLimits } from './rate-limits.js';
import { Refusal, teamCreateMessage, writeRefusal } from './refusal.js';

const loggedRequests = 5_000;

/** What every emulated call goes through: the log, faults, the key, its scopes, the quota, and how errors look. */
export function registerHooks(
  server: FastifyInstance,
  context: EmulatorContext,
): { list(): LoggedRequest[]; clear(): void } {
  const { store, faults, now } = context;
  const countCall = createRateLimits(now, store);
  let log: LoggedRequest[] = [];

  server.decorateRequest('apiKey', undefined);
  server.decorateRequest('fault', undefined);
  server.decorateRequest('logged', undefined);

  server.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/_emulator/')) return;
    reply.header('x-roblox-request-id', request.id);
    request.logged = { at: new Date(now()).toISOString(), method: request.method, path: request.url };
    log.push(request.logged);
    if (log.length > loggedRequests) log = log.slice(-loggedRequests);
    const header = request.headers[faultHeader];
    request.fault = faults.take(request.method, request.url, Array.isArray(header) ? header[0] : header);
    if (request.fault === undefined) return;
    request.logged.fault = request.fault.kind;
    if (request.fault.kind === 'delay') await delay(request.fault.delayMs);
  });

  // After the body was read: a cut "before" comes when the caller has sent everything.
  server.addHook('preHandler', async (request, reply) => {
    if (failBefore(request, reply, now())) return reply;
    // A form is read by its route, which then lets it arrive.
    if (!request.isMultipart()) await arrive(request);
    const { endpoint } = request.routeOptions.config;
    if (endpoint === undefined) return undefined;
    const header = request.headers['x-api-key'];
    const key = findKey(store.read(), typeof header === 'string' ? header : undefined, now());
    requireScopes(key, endpoint);
    const verdict = countCall(key.ownerId, endpoint);
    reply.headers(verdict.headers);
    if (!verdict.allowed) throw new Refusal(429, 'Too many requests');
    request.apiKey = key;
    return undefined;
  });

  server.addHook('onSend', (request, reply, payload, done) => {
    if (request.logged !== undefined) request.logged.handled = true;
    // Open Cloud leaves its quota headers out of a 404.
    if (reply.statusCode === 404) {
      for (const name of ['limit', 'remaining', 'reset']) reply.removeHeader(`x-ratelimit-${name}`);
    }
    done(null, failAfter(request, reply, payload));
  });

  server.addHook('onResponse', async (request, reply) => {
    if (request.logged !== undefined && !request.raw.socket.destroyed) {
      request.logged.status = reply.statusCode;
      request.logged.durationMs = Math.round(reply.elapsedTime);
    }
    if (request.body instanceof IncomingBlob) await request.body.discard();
  });

  server.setErrorHandler((error, request, reply) => {
    const refusal = asRefusal(error);
    const style = refusal.style ?? request.routeOptions.config.endpoint?.style ?? 'cloud';
    const { contentType, body } = writeRefusal(style, refusal.status, refusal.message);
    return reply.code(refusal.status).type(contentType).send(body);
  });
  server.setNotFoundHandler((_request, reply) => {
    const { contentType, body } = writeRefusal('html', 404, 'Not Found');
    return reply.code(404).type(contentType).send(body);
  });

  return {
    list: () => [...log],
    clear: () => {
      log = [];
    },
  };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  // Fastify's own refusals (a body too large, an unknown media type) say which status they mean.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Refusal(statusCode, message ?? 'Bad request');
  }
  return new Refusal(500, `Internal error: ${message ?? String(error)}`);
}

/** Plays a fault that keeps the call from having an effect. */
function failBefore(request: FastifyRequest, reply: FastifyReply, now: number): boolean {
  const style = request.routeOptions.config.endpoint?.style ?? 'cloud';
  const answer = (status: number, message: string, as = style as Parameters<typeof writeRefusal>[0]) => {
    const { contentType, body } = writeRefusal(as, status, message);
    void reply.code(status).type(contentType).send(body);
    return true;
  };
  switch (request.fault?.kind) {
    case '429':
      reply.headers(rateLimitHeaders(request.fault.rateLimitHeaders, now));
      return answer(429, 'Too many requests');
    case '500-before':
      return answer(500, 'Internal server error');
    case 'html-502':
      return answer(502, 'Bad Gateway', 'html');
    case 'cut-before':
      reply.hijack();
      request.raw.socket.destroy();
      return true;
    case '409-team-create':
      return answer(409, teamCreateMessage, 'cloud');
    case '409-wrong-universe':
      return answer(409, 'Place is not part of the universe.', 'cloud');
    case 'key-revoked':
      return answer(401, 'Invalid API Key', 'gateway');
    case 'delay':
    case 'late':
    case '500-after':
    case 'cut-after':
    case 'malformed-json':
    case undefined:
      return false;
  }
}

function rateLimitHeaders(form: Fault['rateLimitHeaders'], now: number): Record<string, string> {
  switch (form) {
    case 'both':
      return { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0, 1', 'retry-after': '30' };
    case 'reset-list':
      return { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0, 1' };
    case 'retry-after':
      return { 'retry-after': '1' };
    case 'retry-after-date':
      return { 'retry-after': new Date(now + 2_000).toUTCString() };
    case 'none':
      return {};
  }
}

/** Plays a fault after the effect; a call that was refused had none, and its refusal goes out as it is. */
function failAfter(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (reply.statusCode >= 300) return payload;
  switch (request.fault?.kind) {
    case '500-after': {
      const style = request.routeOptions.config.endpoint?.style ?? 'cloud';
      const { contentType, body } = writeRefusal(style, 500, 'Internal server error');
      reply.code(500).type(contentType).removeHeader('content-length');
      return body;
    }
    case 'cut-after':
      request.raw.socket.destroy();
      return payload;
    case 'malformed-json': {
      reply.removeHeader('content-length');
      return typeof payload === 'string' ? payload.slice(0, Math.max(1, payload.length - 2)) : '{"';
    }
    case 'delay':
    case '429':
    case '500-before':
    case 'html-502':
    case 'cut-before':
    case 'late':
    case '409-team-create':
    case '409-wrong-universe':
    case 'key-revoked':
    case undefined:
      return payload;
  }
}
