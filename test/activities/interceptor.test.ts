import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';

import { asFailure } from '../../src/activities/support/interceptor.js';
import { createRedactor } from '../../src/activities/support/redact.js';
import { GraveshiftError } from '../../src/domain/failure.js';

const running = { cancellationSignal: new AbortController().signal };
const redact = createRedactor({
  ROBLOX_API_KEY_STAGING: 'rbx-secret-0123456789',
  GITHUB_TOKEN: 'ghp_0123456789abcdef',
  ROBLOX_API_KEY_FILE: '/run/secrets/roblox',
  SHORT_KEY: 'abc',
  HOME: '/home/studio',
});

describe('what an activity throws', () => {
  it('reaches the workflow with its kind, and is retried only where that can help', () => {
    const busy = asFailure(new GraveshiftError('ServiceUnavailable', 'busy'), running, redact);
    expect(busy).toMatchObject({ type: 'ServiceUnavailable', nonRetryable: false, message: 'busy' });
    const wrong = asFailure(
      new GraveshiftError('InvalidInput', 'night: got 0', { details: { night: 0 } }),
      running,
      redact,
    );
    expect(wrong).toMatchObject({ type: 'InvalidInput', nonRetryable: true, details: [{ night: 0 }] });
  });

  it('keeps the type of an unknown error, which is retried', () => {
    expect(asFailure(new RangeError('off'), running, redact)).toMatchObject({
      type: 'RangeError',
      nonRetryable: false,
    });
  });

  it('passes failures of Temporal on as they are', () => {
    const failure = ApplicationFailure.nonRetryable('as it is');
    expect(asFailure(failure, running, redact)).toBe(failure);
  });

  it('is a cancellation when the activity was cancelled, and what ended it is the cancellation', () => {
    const controller = new AbortController();
    const reason = new CancelledFailure('CANCELLED');
    controller.abort(reason);
    const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' });
    expect(asFailure(aborted, { cancellationSignal: controller.signal }, redact)).toBe(reason);
    expect(asFailure(new Error('disk'), { cancellationSignal: controller.signal }, redact)).toMatchObject({
      type: 'Error',
    });
  });

  it('never carries a secret, in its message or its details', () => {
    const error = new GraveshiftError('AccessDenied', 'key rbx-secret-0123456789 was refused', {
      details: {
        url: 'https://ann:ghp_0123456789abcdef@example.test/game.git',
        header: 'ghp_0123456789abcdef',
      },
    });
    const text =
      JSON.stringify(asFailure(error, running, redact)) +
      (asFailure(error, running, redact) as Error).message;
    expect(text).not.toMatch(/rbx-secret|ghp_0123/);
    expect(text).toContain('[redacted]');
  });
});

describe('the redactor', () => {
  it('leaves ordinary words, short values and the names of key files alone', () => {
    const text = 'abc in /home/studio reads /run/secrets/roblox';
    expect(redact(text)).toBe(text);
  });

  it('cuts credentials out of any address', () => {
    expect(redact('fatal: https://bob:hunter22@git.example.test/x.git')).toBe(
      'fatal: https://[redacted]@git.example.test/x.git',
    );
  });
});
