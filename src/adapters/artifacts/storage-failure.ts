import { GraveshiftError } from '../../domain/failure.js';

const remedies: Record<string, { problem: string; remedy: string }> = {
  ENOSPC: { problem: 'the disk is full', remedy: 'free some space on it' },
  EDQUOT: { problem: 'the disk quota is used up', remedy: 'free some space or raise the quota' },
  EFBIG: {
    problem: 'the file is larger than the system allows',
    remedy: 'raise the limit on file sizes (ulimit -f), or choose another file system',
  },
  EACCES: { problem: 'access is denied', remedy: "give the worker's user read and write access to it" },
  EPERM: { problem: 'the operation is not permitted', remedy: "give the worker's user access to it" },
  EROFS: { problem: 'the file system is read-only', remedy: 'mount it writable' },
  EIO: { problem: 'the disk reports an input/output error', remedy: 'check the disk' },
  ENOTDIR: { problem: 'a file is where a folder should be', remedy: 'move that file away' },
  EEXIST: { problem: 'a file is where a folder should be', remedy: 'move that file away' },
  EISDIR: { problem: 'a folder is where a file should be', remedy: 'move that folder away' },
  EMFILE: { problem: 'too many files are open', remedy: 'raise the limit on open files (ulimit -n)' },
  ENFILE: { problem: 'too many files are open', remedy: "raise the system's limit on open files" },
};

/** Turns what the operating system refused into a `StorageFailure` that says what to do; passes on anything else. */
export function asStorageFailure(error: unknown, operation: string, path: string): unknown {
  const code = errorCode(error);
  const known = code === undefined ? undefined : remedies[code];
  if (code === undefined || known === undefined) return error;
  return new GraveshiftError(
    'StorageFailure',
    `Cannot ${operation} ${path}: ${known.problem} (${code}). To mend it ${known.remedy}, then try again; ` +
      'or choose another folder for the artifact store.',
    { details: { path, code }, cause: error },
  );
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
