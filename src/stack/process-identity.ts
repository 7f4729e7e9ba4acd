import { readFile } from 'node:fs/promises';

import { execa } from 'execa';

/**
 * What tells a process from a later one with the same id: when it started. Undefined where there is no such
 * process, or where the system does not tell; such a process is never taken for ours.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return await linuxIdentity(pid);
  if (process.platform === 'win32') {
    return await outputOf('powershell', [
      ...['-NoProfile', '-NonInteractive', '-Command'],
      `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`,
    ]);
  }
  return await outputOf('ps', ['-o', 'lstart=', '-p', String(pid)]);
}

async function linuxIdentity(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // proc(5): the name in parentheses may hold anything; after it, field 3 is the state and 22 the start in ticks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startedAt] = [fields[0], fields[19]];
    return state === 'Z' || startedAt === undefined ? undefined : `${boot.trim()}/${startedAt}`;
  } catch {
    return undefined;
  }
}

async function outputOf(file: string, args: readonly string[]): Promise<string | undefined> {
  const result = await execa(file, args, {
    reject: false,
    timeout: 10_000,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  });
  const text = result.failed ? '' : result.stdout.trim();
  return text === '' ? undefined : text;
}
