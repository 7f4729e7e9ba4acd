import { InvalidArgumentError } from 'commander';

import type { ApprovalsView } from '../domain/approval.js';
import { GraveshiftError } from '../domain/failure.js';

/** The whole digest that the given one begins. */
export function approvalDigest(
  { request }: Pick<ApprovalsView, 'request'>,
  run: string,
  given: string | undefined,
): string | undefined {
  // A whole one may come early: before the run asks, and then it counts as soon as it does.
  if (given === undefined || given.length === 64) return given;
  if (request?.digest.startsWith(given)) return request.digest;
  const asked =
    request === undefined
      ? 'nothing is asked for yet, so all 64 digits are needed'
      : `${request.digest.slice(0, 12)} is asked for`;
  throw new GraveshiftError('InvalidInput', `--digest: got ${given}, but ${asked} (graveshift show ${run})`, {
    details: { run, given },
  });
}

/** Of the flag `--digest`: 8 to 64 hexadecimal digits. */
export function parseDigest(text: string): string {
  if (/^[0-9a-f]{8,64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('expected 8 to 64 hexadecimal digits, as "show" prints them.');
}
