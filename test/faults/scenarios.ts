import type { CallName } from '../../src/adapters/open-cloud/index.js';
import { assetScenarios } from './scenarios-assets.js';
import { configScenarios } from './scenarios-configs.js';
import { liveScenarios } from './scenarios-live.js';
import { publishScenarios } from './scenarios-publish.js';
import type { World } from './world.js';

/** How one call is met in its work: the state in which it matters, who makes it, and what it leaves behind. */
export type Scenario = {
  /** The activity that makes the call; `client` where no pipeline makes it yet. */
  through: string;
  /** Brings the world to the moment before. */
  arrange(world: World): Promise<void>;
  act(world: World): Promise<unknown>;
  /** What the emulator holds of the effect that counts, such as versions of the place. */
  effects(world: World): Promise<number>;
  /** Effects that there are at the end when all goes well, and the most there may be whatever happens. */
  makes: { wellEnded: number; most: number };
  /** The effect that counts is there before the call is made: the call looks for it, or how it fares. */
  isMadeBefore?: true;
  /** Reads that tell whether an unknown outcome happened: one of them comes before the call is made again. */
  looksBy?: readonly CallName[];
  /** Why a second effect does no harm, where it cannot be told in time whether there was a first. */
  harmlessTwice?: string;
};

/** A call without a scenario does not compile: each one that is added to the client's table is tried here. */
export const scenarios: Record<CallName, Scenario> = {
  ...publishScenarios,
  ...assetScenarios,
  ...liveScenarios,
  ...configScenarios,
};
