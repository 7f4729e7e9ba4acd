import { createFileArtifactStore } from '../dist/adapters/artifacts/index.js';
import { createLedger } from '../dist/adapters/ledger/index.js';
import { createWorkerActivities } from '../dist/worker/activities.js';
import { loadWorkerSettings } from '../dist/worker/settings.js';

/**
 * The activities that the shift's workers have, with store and ledger, to be called without Temporal: so a bench makes
 * ready what it does not measure.
 */
export async function openWorkerParts({ env, cleanUp }) {
  const settings = loadWorkerSettings(env);
  const { byRole, close } = await createWorkerActivities(settings, env);
  cleanUp.add(close);
  const ledger = await createLedger({ url: settings.ledger });
  cleanUp.add(() => ledger.close());
  return {
    activities: byRole.rescue,
    artifacts: createFileArtifactStore({ directory: settings.store }),
    ledger,
  };
}
