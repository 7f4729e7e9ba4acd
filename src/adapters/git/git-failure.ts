import { GraveshiftError, type FailureKind } from '../../domain/failure.js';

type Rule = { pattern: RegExp; kind: FailureKind; says: string; remedy: string };

const access =
  'check the address and that this machine may read and write it (`git ls-remote ADDRESS` without a prompt)';

/** What the network does in passing, in the words of curl, its TLS libraries, OpenSSH, Git and simple-git's timeout. */
const outOfReach = new RegExp(
  [
    'Could not resolve (?:host|hostname|proxy)|name resolution|Name or service not known|No address associated',
    'Failed to connect|Could not connect to server|unable to connect to|No route to host|Network is (?:down|unreachable)',
    'Connection (?:was |to \\S+ )?(?:refused|timed out|reset|aborted|closed by)|(?:Operation|Resolving) timed out',
    'block timeout reached|Timeout was reached|i/o timeout|Operation too slow',
    'Broken pipe|early EOF|remote end hung up|unexpected disconnect|transfer closed',
    'TLS handshake timeout|TLS connection was non-properly terminated|Unexpected TLS packet|SSL_ERROR_SYSCALL',
    'failed to receive handshake|unexpected eof while reading|GnuTLS recv error|gnutls_handshake\\(\\) failed: Error',
    'HTTP/2 stream .* was not closed cleanly|Empty reply from server|(?:Recv|Send) failure',
    'returned error: (?:408|5\\d\\d)',
  ].join('|'),
  'i',
);

/** Git tells failures apart only in words; `LC_ALL=C` keeps them English. The first that fits counts. */
const rules: readonly Rule[] = [
  {
    pattern: /refusing to (?:update|delete)[^;]*(?:checked out|current) branch/i,
    kind: 'SyncFailure',
    says: 'Somebody has the branch checked out in the repository at the address',
    remedy:
      'switch to another branch there, or let a clean checkout follow (`git config receive.denyCurrentBranch updateInstead`), then retry the step',
  },
  {
    pattern: /cannot lock ref|directory file conflict/i,
    kind: 'SyncFailure',
    says: 'The remote could not write the branch or tag',
    remedy:
      'rename what is in the way (a branch called "graveshift" keeps "graveshift/…" from being made), then retry the step',
  },
  {
    pattern: /\[(?:remote )?rejected\]|hook declined|protected branch/i,
    kind: 'SyncFailure',
    says: 'The remote rejected the push',
    remedy:
      'satisfy the rule that it names (a hook, a protected branch or tag, a branch that moved), then retry the step',
  },
  {
    pattern:
      /Authentication failed|could not read Username|Permission denied|access denied|returned error: 40[13]/i,
    kind: 'AccessDenied',
    says: 'The remote refused access',
    remedy: `${access}; use a credential helper or an SSH key`,
  },
  {
    pattern: /dubious ownership/,
    kind: 'AccessDenied',
    says: 'The repository belongs to another user of this machine',
    remedy: 'run the worker as its owner, or add it to safe.directory in the Git configuration',
  },
  {
    pattern: /returned error: 429|too many requests|rate limit/i,
    kind: 'ServiceUnavailable',
    says: 'The remote asks for fewer requests',
    remedy: 'wait: it is tried again; if it stays so, ask the host of the repository about its limits',
  },
  {
    pattern: outOfReach,
    kind: 'ServiceUnavailable',
    says: 'The remote cannot be reached, or broke off',
    remedy: `it is tried again; if it stays so, ${access}`,
  },
  {
    pattern: /No space left on device|unable to write|disk quota exceeded/i,
    kind: 'StorageFailure',
    says: "The disk of the worker's clone is full or not writable",
    remedy: 'free some space, then it is tried again',
  },
  {
    pattern: /Unable to create '.*\.lock': File exists/,
    kind: 'ServiceUnavailable',
    says: "A Git process that died left its lock in the worker's clone",
    remedy: 'it is removed and the step tried again',
  },
  {
    pattern:
      /does not appear to be a git repository|[Rr]epository .*not found|does not exist|not a git repository/,
    kind: 'InvalidInput',
    says: 'There is no Git repository at the address of the project',
    remedy: access,
  },
];

/** What Git said, as a failure with its remedy. */
export function gitFailure(args: readonly string[], cause: unknown): GraveshiftError {
  const everything = cause instanceof Error ? cause.message : String(cause);
  const said = shortened(everything);
  if (said.includes('ENOENT') && said.includes('spawn')) {
    return new GraveshiftError(
      'InvalidInput',
      'Git is not installed here: install Git 2.30 or newer and put it in PATH.',
    );
  }
  const rule = rules.find(({ pattern }) => pattern.test(everything));
  const details = { command: `git ${args[0] ?? ''}` };
  if (!rule) {
    return new GraveshiftError('SyncFailure', `git ${args[0] ?? ''} failed: ${said}`, {
      details,
      cause: mask(cause),
    });
  }
  return new GraveshiftError(
    rule.kind,
    `${rule.says} (git ${args[0] ?? ''}): ${said}. To mend it, ${rule.remedy}.`,
    {
      details,
      cause: mask(cause),
    },
  );
}

/** Git counts as it goes; what went wrong is never in these lines. */
const progress =
  /^(?:remote: )?(?:Enumerating|Counting|Compressing|Receiving|Resolving|Writing|Unpacking|Updating|Total|Delta)\b/;

/** The last lines, where Git says what went wrong, without what a URL rewrite may have put into an address. */
export function shortened(message: string): string {
  const lines = withoutCredentials(message)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== 'remote:' && !line.startsWith('hint:') && !progress.test(line));
  return lines.slice(-12).join('; ').slice(-1200);
}

function withoutCredentials(text: string): string {
  return text.replaceAll(/:\/\/[^@/\s]+@/g, '://***@');
}

function mask(cause: unknown): unknown {
  return cause instanceof Error ? new Error(withoutCredentials(cause.message)) : undefined;
}
