import type { RunEnd } from '../client.js';
import { exitCodes, type ExitCode } from './exit-codes.js';

export function exitCodeOf(end: RunEnd): ExitCode {
  switch (end.outcome) {
    case 'succeeded':
      return exitCodes.ok;
    case 'failed':
      return exitCodes.failed;
    case 'cancelled':
    case 'rejected':
      return exitCodes.notWanted;
  }
}

/** One block for a person. */
export function describeEnd(end: RunEnd): string {
  switch (end.outcome) {
    case 'succeeded':
      return 'succeeded';
    case 'failed':
      return `failed (${end.kind}): ${end.reason}`;
    case 'cancelled':
      return `cancelled: ${end.reason}`;
    case 'rejected':
      return `rejected: ${end.reason}`;
  }
}
