import { stat } from 'node:fs/promises';
import path from 'node:path';

import type { z } from 'zod';

import { createProjectFromExample } from '../../adapters/projects/create-project.js';
import type { ProjectRegistry } from '../../adapters/projects/registry.js';
import type { projectConfigSchema } from '../../domain/project.js';
import { createEmulatedEnvironments } from '../emulated-environments.js';

/** The places' ids by environment. */
export type DemoProject = {
  name: string;
  directory: string;
  places: { staging: string; production: string };
};

/**
 * Everything is in the emulator: nobody is put at risk by an unsigned approval, and nobody waits for a watch. Servers of
 * the emulator, as Roblox's, report no frame rate at first, and what is watched for seconds has few samples.
 */
const emulatorOnly: Pick<z.input<typeof projectConfigSchema>, 'approvals' | 'deploy'> = {
  // The demo is there to show the gate, whatever the example's policy becomes.
  approvals: { before: 'both', signatures: 'never' },
  deploy: {
    bleedOffMinutes: 0,
    proofMinutes: 1,
    watch: {
      minutes: 0.2,
      everySeconds: 1,
      metricsEverySeconds: 5,
      signals: {
        serverCrashes: { minimumServerMinutes: 0 },
        clientCrashRate: { enabled: false },
        frameRate: { required: false, minimumReadings: 1 },
        memory: { minimumReadings: 1 },
        errors: { minimumServerMinutes: 0 },
        players: { enabled: false },
      },
    },
  },
};

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
    configure: (config) => Object.assign(config, emulatorOnly),
  });
  await registry.add(name, directory);
  const placeOf = (environment: string): string => String(environments[environment]?.places.start?.placeId);
  return { name, directory, places: { staging: placeOf('staging'), production: placeOf('production') } };
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
