import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again until the answer satisfies the condition, and fails with the last answer when it never does. For waiting on
 * other processes: a test that passes does not depend on how long this takes.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  limitMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Still not so after ${limitMs} ms: ${JSON.stringify(answer)}`);
    await delay(100);
  }
}
