import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import type { Variables } from './context.js';

/** How to start Studio with a file: program and the arguments before the file. */
export type Studio = { program: string; args: string[] };

/** Roblox Studio of this machine; there is none for Linux. */
export async function findStudio(
  env: Variables,
  platform: NodeJS.Platform = process.platform,
): Promise<Studio | undefined> {
  if (platform === 'darwin') return await findOnMac(env);
  if (platform === 'win32') return await findOnWindows(env);
  return undefined;
}

async function findOnMac(env: Variables): Promise<Studio | undefined> {
  const folders = ['/Applications', ...(env.HOME === undefined ? [] : [path.join(env.HOME, 'Applications')])];
  for (const folder of folders) {
    const application = path.join(folder, 'RobloxStudio.app');
    if (await exists(application)) return { program: '/usr/bin/open', args: ['-a', application] };
  }
  return undefined;
}

/** The installer keeps each version in its own folder; the newest one is the one in use. */
async function findOnWindows(env: Variables): Promise<Studio | undefined> {
  const roots = [env.LOCALAPPDATA, env['ProgramFiles(x86)']].filter((root) => root !== undefined);
  const found: { program: string; changedMs: number }[] = [];
  for (const root of roots) {
    const versions = path.join(root, 'Roblox', 'Versions');
    for (const version of await readdir(versions).catch(() => [])) {
      const program = path.join(versions, version, 'RobloxStudioBeta.exe');
      const entry = await stat(program).catch(() => undefined);
      if (entry) found.push({ program, changedMs: entry.mtimeMs });
    }
  }
  const newest = found.sort((a, b) => b.changedMs - a.changedMs)[0];
  return newest && { program: newest.program, args: [] };
}

/** Returns when Studio has been started; it lives on without us. */
export async function openInStudio({ program, args }: Studio, file: string): Promise<void> {
  const child = spawn(program, [...args, file], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  child.unref();
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
