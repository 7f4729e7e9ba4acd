import type { RetryClass } from '../../src/adapters/open-cloud/index.js';
import { describeCall } from '../../src/adapters/open-cloud/index.js';
import { GraveshiftError } from '../../src/domain/failure.js';
import { sendsOf, type Outcome, type Seen } from './cell.js';
import type { FaultGroup } from './faults.js';
import { requestsOf } from './faults.js';
import type { Scenario } from './scenarios.js';

/** What each retry class promises of the work that makes the call (docs/reliability.md). */
function promised(group: FaultGroup, retry: RetryClass, scenario: Scenario): readonly Outcome[] {
  if (group === 'wait') return ['passed'];
  if (group === 'refusal') return scenario.isMadeBefore ? ['asks', 'noted'] : ['refused', 'noted'];
  if (retry === 'safe') return ['passed'];
  // Without an activity nobody looks: the client says that it does not know.
  if (scenario.through === 'client') return ['asks'];
  return retry === 'reconcilable' ? ['found'] : ['again'];
}

/** Everything that was promised and does not hold. */
export function brokenPromises(seen: Seen, outcome: Outcome, scenario: Scenario): string[] {
  const { call, fault, effects } = seen;
  const { retry } = describeCall(call);
  const wanted = promised(fault.group, retry, scenario);
  const { wellEnded, most } = scenario.makes;
  const failed = 'failure' in seen;
  return [
    ...(wanted.includes(outcome) ? [] : [`it ${outcome}; promised is ${wanted.join(' or ')}`]),
    ...(effects > most ? [`${String(effects)} effects; promised are ${String(most)} at most`] : []),
    ...(!failed && outcome !== 'noted' && effects < wellEnded ? ['it ended well without its effect'] : []),
    ...(outcome === 'refused' && effects > 0 && wellEnded > 0 ? ['it says refused, and had an effect'] : []),
    ...(failed ? flawsOfFailure(seen) : []),
    ...(outcome === 'noted' ? flawsOfNote(seen) : []),
    ...(showsKey(seen) ? ['the key can be read'] : []),
    ...flawsOfRepetition(seen, scenario),
  ];
}

function flawsOfFailure({ call, failure }: Seen): string[] {
  if (!(failure instanceof GraveshiftError)) return [`the failure has no kind: ${String(failure)}`];
  const { method, path } = describeCall(call);
  const named = failure.details.call === call || failure.message.includes(`${method} ${path}`);
  return named ? [] : [`the failure does not name the call: ${failure.message}`];
}

/** Work that goes on without a call says which one it lacks, and what was answered. */
function flawsOfNote({ call, result }: Seen): string[] {
  const { method, path } = describeCall(call);
  return JSON.stringify(result).includes(`to ${method} ${path}`) ? [] : ['it does not say what it lacks'];
}

function showsKey({ key, result, failure, attempts }: Seen): boolean {
  const failures = [failure, ...attempts.map((attempt) => attempt.failure)];
  const texts = failures.map((each) =>
    each instanceof GraveshiftError
      ? `${each.message} ${JSON.stringify(each.details)} ${String(each.cause)}`
      : String(each),
  );
  return [JSON.stringify({ result }), ...texts].some((text) => text.includes(key));
}

/**
 * A call that may have happened is not made again blindly: in one attempt only after an answer that says that it had no
 * effect; in a later one only when something was looked at first, or two of it do no harm.
 */
function flawsOfRepetition(seen: Seen, scenario: Scenario): string[] {
  if (describeCall(seen.call).retry === 'safe') return [];
  const flaws: string[] = [];
  const mayHaveHappened = (requests: ReturnType<typeof sendsOf>) =>
    requests.filter(({ status }) => status === undefined || status < 300 || status >= 500);
  if (
    seen.attempts.some((attempt) => mayHaveHappened(sendsOf({ ...seen, attempts: [attempt] })).length > 1)
  ) {
    flaws.push('one attempt made it again though it may have happened');
  }
  const { looksBy = [], harmlessTwice } = scenario;
  if (harmlessTwice !== undefined && looksBy.length === 0) return flaws;
  const all = seen.attempts.flatMap(({ requests }) => requests);
  const sends = mayHaveHappened(sendsOf(seen));
  sends.slice(1).forEach((send, index) => {
    const between = all.slice(all.indexOf(sends[index]!) + 1, all.indexOf(send));
    const looked = looksBy.some((read) => {
      const { method, path } = requestsOf(describeCall(read));
      return between.some((request) => request.method === method && new RegExp(path).test(request.path));
    });
    if (!looked) flaws.push('it was made again before anything was looked at');
  });
  return flaws;
}
