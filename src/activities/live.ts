import type { LiveActivities } from '../domain/deploy-activities.js';
import { createSetConfig } from './live/config.js';
import type { LiveDependencies } from './live/dependencies.js';
import { createProveRollout } from './live/prove-rollout.js';
import { createRestartActivities } from './live/restart.js';
import { createTestStaged } from './live/test-staged.js';
import { createWatchRelease } from './live/watch-release.js';

export type { LiveDependencies };

/** Testing a published version, rolling it out, proving that it runs, watching it, and switching its content on. */
export function createLiveActivities(dependencies: LiveDependencies): LiveActivities {
  return {
    testStaged: createTestStaged(dependencies),
    ...createRestartActivities(dependencies),
    proveRollout: createProveRollout(dependencies),
    watchRelease: createWatchRelease(dependencies),
    setConfig: createSetConfig(dependencies),
  };
}
