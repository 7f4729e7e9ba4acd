import { GraveshiftError } from '../../domain/failure.js';
import { runProgram } from '../processes/run-program.js';
import { toolEnvironment, type Environment } from '../processes/tool-environment.js';

/** Who commits where Git does not know the user yet. */
const fallback = { 'user.name': 'Graveshift', 'user.email': 'graveshift@localhost' };
const gitTimeoutMs = 60_000;

/**
 * Makes the directory a Git repository with one commit on `main`, by the user as Git knows them.
 * @throws GraveshiftError `ToolMissing` without Git, `SyncFailure` in Git's words
 */
export async function commitFirst(
  directory: string,
  message: string,
  environment: Environment,
): Promise<string> {
  const run = async (args: readonly string[], settings: Record<string, string> = {}) => {
    const options = Object.entries({ ...quiet, ...settings }).flatMap(([key, value]) => [
      '-c',
      `${key}=${value}`,
    ]);
    const result = await runProgram('git', [...options, ...args], {
      directory,
      // An allow-list: inside a hook, GIT_DIR would lead to another repository.
      environment: { ...toolEnvironment(environment), GIT_TERMINAL_PROMPT: '0' },
      timeoutMs: gitTimeoutMs,
    });
    if (result.outcome === 'missing') {
      throw new GraveshiftError(
        'ToolMissing',
        'Git is not in PATH. Install it: https://git-scm.com/downloads',
      );
    }
    return result;
  };
  const need = async (args: readonly string[], settings?: Record<string, string>) => {
    const { outcome, exitCode, stdout, tail } = await run(args, settings);
    if (outcome === 'exited' && exitCode === 0) return stdout.trim();
    throw new GraveshiftError(
      'SyncFailure',
      `git ${args[0] ?? ''} failed in ${directory}: ${tail || outcome}`,
    );
  };

  await need(['init', '--quiet', '--initial-branch=main', '--template=']);
  // A release moves main forward: a checkout of it follows, where it is clean; Git refuses the push where it is not.
  await need(['config', 'receive.denyCurrentBranch', 'updateInstead']);
  const identity: Record<string, string> = {};
  for (const [key, value] of Object.entries(fallback)) {
    if ((await run(['config', key])).stdout.trim() === '') identity[key] = value;
  }
  await need(['add', '--all']);
  await need(['commit', '--quiet', '--no-verify', '--message', message], identity);
  return await need(['rev-parse', 'HEAD']);
}

/** A key's passphrase could not be asked for, and hooks of the user's other repositories have no say here. */
const quiet = { 'commit.gpgSign': 'false', 'core.hooksPath': '/dev/null', 'core.autocrlf': 'false' };
