import type { CallDescription } from '../../src/adapters/open-cloud/index.js';
import { endpoints } from '../../src/emulator/endpoints.js';
import type { FaultRequest } from '../../src/emulator/index.js';
import { faultKinds, rateLimitHeaderSchema } from '../../src/emulator/faults.js';

/**
 * What a fault says about the call's effect. `wait`: it had none, and may be made again. `refusal`: it had none, and asking
 * again does not help. `broken`: whether it had one is unknown.
 */
export type FaultGroup = 'wait' | 'refusal' | 'broken';

export type Fault = { name: string; group: FaultGroup } & (
  | { injected: Omit<FaultRequest, 'match'> }
  /** The owner's quota for the endpoint is used up, and stays so. */
  | { quotaUsedUp: true }
);

/** From a cut connection to the call's effect. */
const lateMs = 600;
/** How long the client waits for a call whose answer is delayed: less than the delay. */
export const shortTimeoutMs = 1000;
const delayMs = shortTimeoutMs + lateMs;

/** A refusal stays: nobody leaves Team Create, and no key comes back, because a call is made again. */
const refusals: readonly string[] = ['409-team-create', '409-wrong-universe', 'key-revoked'];
const always = 1000;

/** Columns of the matrix: every fault that the emulator plays, a 429 with each form of its headers, and an empty quota. */
export const faults: readonly Fault[] = [
  ...faultKinds.flatMap((kind): Fault[] => {
    if (kind === '429') {
      return rateLimitHeaderSchema.options.map((rateLimitHeaders) => ({
        name: `429 ${rateLimitHeaders}`,
        group: 'wait',
        injected: { kind, rateLimitHeaders },
      }));
    }
    return refusals.includes(kind)
      ? [{ name: kind, group: 'refusal', injected: { kind, times: always } }]
      : [{ name: kind, group: 'broken', injected: { kind, delayMs: kind === 'late' ? lateMs : delayMs } }];
  }),
  { name: 'quota-exhausted', group: 'refusal', quotaUsedUp: true },
];

const escape = (text: string) => text.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);

/** Matches the call's requests at the emulator and no other call's. */
export function requestsOf({ method, path }: CallDescription): { method: string; path: string } {
  // The content server's address is whatever the delivery answers; the emulator's begins so.
  if (path === '{location}') return { method, path: '^/cdn/' };
  return { method, path: `^${escape(path).replaceAll(/\{\w+\}/g, '[^/?:]+')}(\\?|$)` };
}

/** The emulator's own name of the endpoint that counts the call; undefined where nothing does. */
export function endpointOf({ method, path }: CallDescription): keyof typeof endpoints | undefined {
  const plain = path.replaceAll(/\{\w+\}/g, '{}');
  const names = Object.keys(endpoints) as (keyof typeof endpoints)[];
  return names.find(
    (name) => endpoints[name].method === method && endpoints[name].url.replaceAll(/\/:\w+/g, '/{}') === plain,
  );
}
