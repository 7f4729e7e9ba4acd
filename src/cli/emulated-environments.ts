import type { z } from 'zod';

import type { environmentSchema } from '../domain/project.js';
import { emulatorAdmin } from '../emulator/index.js';

type Environments = Record<string, z.input<typeof environmentSchema>>;

/**
 * A staging and a production universe of their own in the emulator, each with its start place.
 *
 * @param rojoProject what the places are built from
 */
export async function createEmulatedEnvironments(
  url: string,
  name: string,
  rojoProject = 'default.project.json',
): Promise<Environments> {
  const admin = emulatorAdmin(url);
  const environments: Environments = {};
  for (const environment of ['staging', 'production']) {
    const made = await admin.createUniverse({ name: `${name} (${environment})`, places: ['start'] });
    environments[environment] = {
      host: 'emulator',
      universeId: made.universeId,
      creator: made.creator,
      places: Object.fromEntries(
        Object.entries(made.places).map(([place, placeId]) => [place, { placeId, project: rojoProject }]),
      ),
    };
  }
  return environments;
}
