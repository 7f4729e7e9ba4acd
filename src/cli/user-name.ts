import { userInfo } from 'node:os';

import { execa } from 'execa';

/** As long as a name may be in a decision. */
const longestName = 80;

/** Who sits here, as far as this machine can tell: Git's `user.name`, else the account. A claim, not a proof. */
export async function userName(cwd: string): Promise<string> {
  const git = await execa('git', ['config', 'user.name'], {
    cwd,
    reject: false,
    timeout: 5000,
    stdin: 'ignore',
  });
  const name = git.failed ? '' : git.stdout.trim();
  return (name === '' ? accountName() : name).slice(0, longestName);
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user id that is in no password file.
    return 'unknown';
  }
}
