import { stat } from 'node:fs/promises';
import path from 'node:path';

import { createProjectFromExample } from '../../adapters/projects/create-project.js';
import type { ProjectRegistry } from '../../adapters/projects/registry.js';
import { createEmulatedEnvironments } from '../emulated-environments.js';

export type DemoProject = { name: string; directory: string };

/** A fresh game of the example for each demo, with places of its own in the emulator, registered with the worker. */
export async function createDemoProject(options: {
  folder: string;
  emulatorUrl: string;
  registry: ProjectRegistry;
}): Promise<DemoProject> {
  const { folder, emulatorUrl, registry } = options;
  const name = await freeName(folder, registry);
  const environments = await createEmulatedEnvironments(emulatorUrl, name);
  const { directory } = await createProjectFromExample({
    directory: path.join(folder, name),
    name,
    environments,
    // The demo is there to show the gate, whatever the example's policy becomes.
    configure: (config) => {
      config.approvals = { before: 'staging' };
    },
  });
  await registry.add(name, directory);
  return { name, directory };
}

/** `demo`, `demo-2`, …: the first that neither the worker nor the disk knows. */
async function freeName(folder: string, registry: ProjectRegistry): Promise<string> {
  const known = new Set((await registry.list()).map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'demo' : `demo-${number}`;
    const isOnDisk = (await stat(path.join(folder, name)).catch(() => undefined)) !== undefined;
    if (!known.has(name) && !isOnDisk) return name;
  }
}
