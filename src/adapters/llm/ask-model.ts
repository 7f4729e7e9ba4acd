import { APICallError, generateText, NoObjectGeneratedError, Output } from 'ai';

import { GraveshiftError } from '../../domain/failure.js';
import { usdOf, type ModelConfig } from '../../domain/model.js';
import { systemClock } from '../open-cloud/index.js';
import { codeAnswerSchema, type ModelOutcome, type ModelReply } from './answer.js';
import { createLanguageModel } from './language-model.js';

export type ModelPrompt = { system: string; user: string };

export type AskOptions = {
  maxOutputTokens: number;
  timeoutSeconds: number;
  /** Above 0 where several answers to one prompt shall differ. */
  temperature: number;
  signal?: AbortSignal | undefined;
};

/** Times that a call is made which the provider refuses for now: a refused one costs nothing, a broken one may. */
const tries = 4;
const longestWaitMs = 60_000;
const shownCharacters = 2000;

/** A call that certainly was not answered, and so cost nothing. */
export class UnansweredCall extends GraveshiftError {}

/**
 * Asks a model for files. An answer that is of no use is an outcome; only what never was an answer is thrown.
 * @throws UnansweredCall `AccessDenied`, `InvalidInput` or `ServiceUnavailable` where the provider refused the call;
 * GraveshiftError `ServiceUnavailable` where nobody can tell what it did (a timeout, a cut connection)
 */
export async function askModel(
  config: ModelConfig,
  prompt: ModelPrompt,
  options: AskOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ModelReply> {
  const model = await createLanguageModel(config, env);
  const timeout = AbortSignal.timeout(options.timeoutSeconds * 1000);
  const abortSignal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await generateText({
        model,
        system: prompt.system,
        prompt: prompt.user,
        output: Output.object({ schema: codeAnswerSchema, name: 'code' }),
        maxOutputTokens: options.maxOutputTokens,
        temperature: options.temperature,
        // The library would also repeat calls that broke off, which may have been paid for.
        maxRetries: 0,
        abortSignal,
      });
      return replyOf(config, outcomeOf(result), result.usage);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (NoObjectGeneratedError.isInstance(error)) {
        return replyOf(config, unusable(error.finishReason, error.text ?? ''), error.usage);
      }
      if (timeout.aborted) throw tooSlow(config, options);
      const waitMs = attempt < tries ? waitAsked(error, attempt) : undefined;
      if (waitMs === undefined) throw asFailure(config, error);
      await systemClock.sleep(waitMs, abortSignal).catch(() => {
        options.signal?.throwIfAborted();
        throw asFailure(config, error);
      });
    }
  }
}

/** Milliseconds to wait before another try, by the answer's headers; undefined where another try cannot help. */
function waitAsked(error: unknown, attempt: number): number | undefined {
  if (!APICallError.isInstance(error) || error.statusCode === undefined) return undefined;
  if (error.statusCode !== 429 && error.statusCode < 500) return undefined;
  const { 'retry-after-ms': milliseconds, 'retry-after': seconds } = error.responseHeaders ?? {};
  const asked = milliseconds === undefined ? Number(seconds) * 1000 : Number(milliseconds);
  return Math.min(Number.isFinite(asked) && asked >= 0 ? asked : 1000 * 2 ** attempt, longestWaitMs);
}

function tooSlow(config: ModelConfig, { timeoutSeconds }: AskOptions): GraveshiftError {
  return new GraveshiftError(
    'ServiceUnavailable',
    `${config.model} gave no answer within ${timeoutSeconds} s. Raise models.timeoutSeconds in graveshift.json, ` +
      'or see whether the server is overloaded.',
    { details: { model: config.model } },
  );
}

type Usage = { inputTokens?: number | undefined; outputTokens?: number | undefined } | undefined;

function outcomeOf(result: { finishReason: string; text: string; readonly output: unknown }): ModelOutcome {
  // A refusal or a cut answer has no output to read; the getter says so by throwing NoObjectGeneratedError.
  if (result.finishReason === 'content-filter') return unusable(result.finishReason, result.text);
  return { kind: 'answer', answer: codeAnswerSchema.parse(result.output) };
}

function unusable(finishReason: string | undefined, text: string): ModelOutcome {
  const shown = text.slice(0, shownCharacters);
  if (finishReason === 'content-filter') return { kind: 'unusable', reason: 'refused', text: shown };
  if (finishReason === 'length') return { kind: 'unusable', reason: 'cut', text: shown };
  return { kind: 'unusable', reason: looksLikeJson(text) ? 'shape' : 'prose', text: shown };
}

function looksLikeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function replyOf(config: ModelConfig, outcome: ModelOutcome, usage: Usage): ModelReply {
  const counted = { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 };
  return { outcome, usage: counted, usd: usdOf(config, counted) };
}

function asFailure(config: ModelConfig, cause: unknown): GraveshiftError {
  const name = `${config.provider} (${config.model})`;
  const status = APICallError.isInstance(cause) ? cause.statusCode : undefined;
  const details = { model: config.model, ...(status !== undefined && { status }) };
  // The provider's own text may repeat the request's headers: it goes into no message.
  if (status === 401 || status === 403) {
    return new UnansweredCall(
      'AccessDenied',
      `${name} does not accept the key in ${config.key ?? 'no variable'}.`,
      {
        details,
      },
    );
  }
  if (status === 404) {
    return new UnansweredCall(
      'InvalidInput',
      `${name} was not found: see models.code in graveshift.json, "model" and "baseUrl".`,
      { details },
    );
  }
  if (status !== undefined && status >= 400) {
    const kind = status === 429 || status >= 500 ? 'ServiceUnavailable' : 'InvalidInput';
    return new UnansweredCall(kind, `${name} answered with status ${status}.`, { details });
  }
  if (refusedConnection(cause)) {
    return new UnansweredCall('ServiceUnavailable', `${name} cannot be reached.`, { details });
  }
  return new GraveshiftError('ServiceUnavailable', `The call to ${name} broke off.`, { details, cause });
}

function refusedConnection(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH'].includes((at as NodeJS.ErrnoException).code ?? ''))
      return true;
  }
  return false;
}
