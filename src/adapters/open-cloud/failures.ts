import type { FailureKind } from '../../domain/failure.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { CallName } from './calls.js';
import { describeCall } from './calls.js';
import { parseErrorBody } from './error-body.js';
import type { Answer, TransportFailure } from './transport.js';

/** Headers in which the edge and the services name a request; the first one found is kept for support. */
const requestIdHeaders = ['x-roblox-request-id', 'x-request-id', 'request-id', 'roblox-machine-id'];

export function requestIdOf(headers: Record<string, string>): string | undefined {
  for (const name of requestIdHeaders) if (headers[name]) return headers[name];
  return undefined;
}

/** Whether Open Cloud refused with one of these statuses. */
export function wasAnswered(error: unknown, ...statuses: number[]): error is GraveshiftError {
  return error instanceof GraveshiftError && statuses.some((status) => error.details.status === status);
}

/** An answer that is not 2xx, as a failure that says what it means for the caller. */
export function failureOfAnswer(call: CallName, answer: Answer): GraveshiftError {
  const { method, path, scopes, retry } = describeCall(call);
  const error = parseErrorBody(answer.body.toString('utf8'));
  const requestId = requestIdOf(answer.headers) ?? error.requestId;
  const said = [
    `Open Cloud answered ${String(answer.status)} to ${method} ${path}: ${error.message}`,
    error.code === undefined ? '' : ` (${error.code})`,
    requestId === undefined ? '' : ` [request ${requestId}]`,
  ].join('');
  const details = {
    call,
    status: answer.status,
    shape: error.shape,
    ...(error.code === undefined ? {} : { code: error.code }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  const fail = (kind: FailureKind, remedy: string, more: Record<string, unknown> = {}) =>
    new GraveshiftError(kind, `${said}. ${remedy}`, { details: { ...details, ...more } });

  if (answer.status === 401) {
    return fail(
      'AccessDenied',
      'The key is wrong, disabled or expired, or its allowed addresses leave this one out.',
    );
  }
  if (answer.status === 403) {
    const needed = scopes.length === 0 ? 'access to the resource' : scopes.join(' and ');
    return fail('AccessDenied', `The key needs ${needed} for this resource: add it on the Creator Hub.`, {
      scopes: [...scopes],
    });
  }
  if (answer.status === 429) {
    return fail(
      'ServiceUnavailable',
      'The quota is used up, and stayed so. It had no effect: try again in a minute.',
    );
  }
  if (answer.status >= 500) {
    return retry === 'safe'
      ? fail('ServiceUnavailable', 'Try again later; status.roblox.com shows outages.')
      : fail('OutcomeUnknown', 'It may have happened: look before trying again.');
  }
  return fail('DeploymentFailure', `It had no effect. ${remedyOf(call, answer.status)}`);
}

function remedyOf(call: CallName, status: number): string {
  switch (status) {
    case 400:
      return 'What was sent is not acceptable: see the message.';
    case 404:
      return 'Check the ids in graveshift.json.';
    case 409:
      if (call !== 'publishPlace') return 'Somebody else changed it meanwhile: read it again.';
      return 'Either the place is not part of the universe, or it is open in Studio (Team Create): close it there.';
    case 413:
      return 'What was sent is too large.';
    default:
      return 'See the message.';
  }
}

/** A 2xx whose content is not what was promised: for a call that changes something, it may well have done so. */
export function failureOfContent(call: CallName, answer: Answer, problem: string): GraveshiftError {
  const { method, path, retry } = describeCall(call);
  const requestId = requestIdOf(answer.headers);
  const message =
    `Open Cloud answered ${String(answer.status)} to ${method} ${path} with content that cannot be read: ${problem}` +
    (requestId === undefined ? '' : ` [request ${requestId}]`);
  return retry === 'safe'
    ? new GraveshiftError('ServiceUnavailable', `${message}. Try again later.`, {
        details: { call, status: answer.status, requestId },
      })
    : new GraveshiftError('OutcomeUnknown', `${message}. It may have happened: look before trying again.`, {
        details: { call, status: answer.status, requestId },
      });
}

export function failureOfTransport(call: CallName, failure: TransportFailure): GraveshiftError {
  const { method, path, retry } = describeCall(call);
  const details = { call, code: failure.code, mayHaveArrived: failure.mayHaveArrived };
  const said = `${method} ${path} got no answer from Open Cloud: ${failure.message} (${failure.code})`;
  return retry !== 'safe' && failure.mayHaveArrived
    ? new GraveshiftError('OutcomeUnknown', `${said}. It may have happened: look before trying again.`, {
        details,
      })
    : new GraveshiftError('ServiceUnavailable', `${said}. It had no effect: try again later.`, { details });
}
