import { mkdirSync } from 'node:fs';

import { simpleGit } from 'simple-git';

import { gitFailure } from './git-failure.js';

export type Author = { name: string; email: string };

export type GitOptions = {
  signal?: AbortSignal | undefined;
  environment?: Record<string, string>;
  input?: string;
  /** Settings for this call alone, such as `filter.lfs.required=false`. */
  config?: readonly string[];
};

/** Git in one directory. Its failures are `GraveshiftError`s. */
export type Git = {
  text(args: readonly string[], options?: GitOptions): Promise<string>;
  bytes(args: readonly string[], options?: GitOptions): Promise<Buffer>;
};

export type GitRunner = (directory: string) => Git;

/**
 * What a user sets to reach a remote. Everything else that begins with `GIT_` stays out: a worker started from a Git
 * hook has `GIT_DIR` and `GIT_INDEX_FILE` of another repository in its environment.
 */
const accessVariables = ['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_SSH_VARIANT', 'GIT_ASKPASS', 'SSH_ASKPASS'];
const configurationVariables = [
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_SSL_CAINFO',
];
const passedOn = [...accessVariables, ...configurationVariables];
const ownVariables = [
  'GIT_TERMINAL_PROMPT',
  'GIT_LFS_SKIP_SMUDGE',
  'GIT_INDEX_FILE',
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_COMMITTER_DATE',
];
/** Variables of editors and pagers, which simple-git refuses to pass on, and Git does not need here. */
const interactiveVariables = ['EDITOR', 'VISUAL', 'PAGER', 'PREFIX'];

/** No output for this long means a dead connection; a large fetch keeps reporting progress. */
const silenceMs = 10 * 60_000;

/**
 * @param options.author who the commits are by
 * @param options.hooksDirectory an empty folder: hooks that a user installs for all repositories do not run in ours
 */
export function createGitRunner(options: {
  author: Author;
  hooksDirectory: string;
  environment: NodeJS.ProcessEnv;
}): GitRunner {
  mkdirSync(options.hooksDirectory, { recursive: true });
  const base: Record<string, string> = {
    ...inherited(options.environment),
    // Messages are read to tell failures apart.
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    // The clone serves as a source of commits: large files stay the pointers that they are.
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_AUTHOR_NAME: options.author.name,
    GIT_AUTHOR_EMAIL: options.author.email,
    GIT_COMMITTER_NAME: options.author.name,
    GIT_COMMITTER_EMAIL: options.author.email,
  };

  function instance(directory: string, { signal, environment, input, config = [] }: GitOptions) {
    return simpleGit({
      baseDir: directory,
      // Background maintenance would outlive the lock that guards the clone.
      config: [
        `core.hooksPath=${options.hooksDirectory}`,
        'core.autocrlf=false',
        'core.longPaths=true',
        'gc.autoDetach=false',
        'maintenance.autoDetach=false',
        'protocol.ext.allow=never',
        'tag.gpgSign=false',
        'commit.gpgSign=false',
        ...config,
      ],
      allowEnvironment: [...passedOn, ...ownVariables],
      unsafe: {
        allowUnsafeHooksPath: true,
        allowUnsafeProtocolOverride: true,
        allowUnsafeSshCommand: true,
        allowUnsafeAskPass: true,
        allowUnsafeConfigPaths: true,
        allowUnsafeFilter: true,
      },
      timeout: { block: silenceMs },
      errors: (error, { exitCode, stdOut, stdErr }) =>
        exitCode === 0 ? undefined : (error ?? Buffer.concat([...stdErr, ...stdOut])),
      ...(signal && { abort: signal }),
      ...(input !== undefined && { input: () => input }),
    }).env({ ...base, ...environment });
  }

  return (directory) => ({
    async text(args, gitOptions = {}) {
      gitOptions.signal?.throwIfAborted();
      try {
        return await instance(directory, gitOptions).raw([...args]);
      } catch (error) {
        gitOptions.signal?.throwIfAborted();
        throw gitFailure(args, error);
      }
    },
    async bytes(args, gitOptions = {}) {
      gitOptions.signal?.throwIfAborted();
      const [command, ...rest] = args;
      if (command !== 'cat-file')
        throw new TypeError(`bytes come from cat-file only, not from ${String(command)}`);
      try {
        // Its type says `any`; it gives what Git wrote.
        return (await instance(directory, gitOptions).binaryCatFile(rest)) as Buffer;
      } catch (error) {
        gitOptions.signal?.throwIfAborted();
        throw gitFailure(args, error);
      }
    },
  });
}

function inherited(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(environment).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    if (value === undefined) return false;
    const upper = name.toUpperCase();
    return passedOn.includes(upper) || !(upper.startsWith('GIT_') || interactiveVariables.includes(upper));
  });
  return Object.fromEntries(kept);
}
