import type { CallName, RetryClass } from '../../src/adapters/open-cloud/index.js';
import { describeCall } from '../../src/adapters/open-cloud/index.js';
import { GraveshiftError } from '../../src/domain/failure.js';
import { endpointOf, requestsOf, type Fault } from './faults.js';
import { brokenPromises } from './promises.js';
import { scenarios } from './scenarios.js';
import { openWorld, type Attempt, type World } from './world.js';

/**
 * What came of it. `passed`: it ended well, a call or an activity was tried again where that was needed. `found`: whether
 * it had happened was unknown, and was found out. `again`: it was unknown, and made again, because two do no harm.
 * `noted`: the work went on and says what it could not do. `refused`: it failed clearly, with no effect. `asks`: it failed
 * after something was done, or may have been: a person decides how it goes on.
 */
export type Outcome = 'passed' | 'found' | 'again' | 'noted' | 'refused' | 'asks';

export type Cell = {
  call: CallName;
  retry: RetryClass;
  /** The activity that made the call. */
  through: string;
  fault: string;
  outcome: Outcome;
  /** Of the activity that made the call. */
  attempts: number;
  /** How often the call reached the emulator. */
  sent: number;
  effects: number;
  failure?: { kind: string; message: string };
  /** What was promised and does not hold, in words. */
  broken: string[];
};

/** What is looked at to judge a cell. */
export type Seen = {
  call: CallName;
  fault: Fault;
  key: string;
  attempts: Attempt[];
  /** What the work answered; absent when it failed. */
  result?: unknown;
  failure?: unknown;
  effects: number;
};

/** Plays one fault on one call, in the work that makes it. Undefined where the fault cannot be: nothing counts the call. */
export async function playCell(call: CallName, fault: Fault): Promise<Cell | undefined> {
  if ('quotaUsedUp' in fault && endpointOf(describeCall(call)) === undefined) return undefined;
  const scenario = scenarios[call];
  const world = await openWorld(call, fault);
  try {
    await scenario.arrange(world);
    world.attempts.length = 0;
    await begin(world, call, fault);
    const ended = await scenario.act(world).then(
      (result: unknown) => ({ result }),
      (failure: unknown) => ({ failure }),
    );
    await world.settle();
    const effects = await scenario.effects(world);
    const { attempts, stage } = world;
    const seen: Seen = { call, fault, key: stage.key, attempts, effects, ...ended };
    const outcome = outcomeOf(seen);
    const { failure } = seen;
    return {
      call,
      retry: describeCall(call).retry,
      through: scenario.through,
      fault: fault.name,
      outcome,
      attempts: attempts.length,
      sent: sendsOf(seen).length,
      effects,
      ...('failure' in ended && {
        failure: {
          kind: failure instanceof GraveshiftError ? failure.kind : 'none',
          message: failure instanceof Error ? failure.message : String(failure),
        },
      }),
      broken: brokenPromises(seen, outcome, scenario),
    };
  } finally {
    await world.close();
  }
}

async function begin({ stage }: World, call: CallName, fault: Fault): Promise<void> {
  const description = describeCall(call);
  if ('injected' in fault) {
    await stage.admin.injectFault({ ...fault.injected, match: requestsOf(description) });
    return;
  }
  const endpoint = endpointOf(description);
  if (endpoint !== undefined) await stage.admin.setOwnerQuota({ endpoint, perMinute: 0 });
}

/** Every request of the call, in order. */
export function sendsOf({ attempts, call }: Pick<Seen, 'attempts' | 'call'>) {
  const { method, path } = requestsOf(describeCall(call));
  return attempts
    .flatMap(({ requests }) => requests)
    .filter((request) => request.method === method && new RegExp(path).test(request.path));
}

function outcomeOf(seen: Seen): Outcome {
  const { call, fault, failure, effects } = seen;
  const { isMadeBefore } = scenarios[call];
  if ('failure' in seen) {
    const isUnknown = failure instanceof GraveshiftError && failure.kind === 'OutcomeUnknown';
    return isUnknown || (effects > 0 && isMadeBefore === true) ? 'asks' : 'refused';
  }
  if (fault.group === 'refusal') return 'noted';
  if (fault.group === 'wait' || describeCall(call).retry === 'safe') return 'passed';
  return describeCall(call).retry === 'never' ? 'again' : 'found';
}
