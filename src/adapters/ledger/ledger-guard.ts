import { setTimeout as delay } from 'node:timers/promises';

import { GraveshiftError } from '../../domain/failure.js';

/** Runs a piece of work on the ledger: waits while another process writes, and names what the disk refuses. */
export type LedgerGuard = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * @param lockTimeout how long to wait for another writer, in ms. Writers hold the lock for milliseconds; the wait leaves
 * the event loop free, so heartbeats go on.
 */
export function createLedgerGuard(file: string, lockTimeout: number): LedgerGuard {
  return async (work) => {
    const deadline = performance.now() + lockTimeout;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isLocked(error) || performance.now() >= deadline) throw asStorageFailure(error, file);
        await delay(10 + Math.random() * 40);
      }
    }
  };
}

const failures: { code: RegExp; problem: string; remedy: string }[] = [
  {
    code: /^SQLITE_(BUSY|LOCKED)/,
    problem: 'another process keeps it locked',
    remedy: 'end the program that has it open (a database browser, a backup), then try again',
  },
  {
    code: /^(SQLITE_FULL|ENOSPC|EDQUOT)/,
    problem: 'the disk is full',
    remedy: 'free some space on it, then try again',
  },
  {
    code: /^(SQLITE_(READONLY|PERM|AUTH)|EACCES|EPERM|EROFS)/,
    problem: 'it may not be written',
    remedy: "give the worker's user write access to the file and its folder",
  },
  {
    code: /^(SQLITE_CANTOPEN|ENOTDIR|EEXIST)/,
    problem: 'it cannot be opened',
    remedy: "check that its folder exists and that the worker's user may write there",
  },
  {
    code: /^SQLITE_(CORRUPT|NOTADB)/,
    problem: 'it is not a sound SQLite database',
    remedy: 'put the file aside and restore it from a backup, or choose another file',
  },
  {
    code: /^SQLITE_IOERR/,
    problem: 'the disk reports an input/output error',
    remedy: 'check the disk and its free space, then try again',
  },
];

/** libsql names what fails on opening only by SQLite's number (https://www.sqlite.org/rescode.html). */
const openingCodes: Record<string, string> = {
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  13: 'SQLITE_FULL',
  26: 'SQLITE_NOTADB',
};

function isLocked(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error) ?? '');
}

function asStorageFailure(error: unknown, file: string): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const known = failures.find((failure) => failure.code.test(code));
  if (known === undefined) return error;
  return new GraveshiftError(
    'StorageFailure',
    `Cannot use the ledger ${file}: ${known.problem} (${code}). To mend it ${known.remedy}.`,
    { details: { path: file, code }, cause: error },
  );
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const onOpening = /^ConnectionFailed\(".*: (\d+)"\)$/s.exec(error.message)?.[1];
  if (onOpening !== undefined) return openingCodes[onOpening] ?? 'SQLITE_CANTOPEN';
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
