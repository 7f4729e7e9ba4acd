import { createRandom as createStream } from '../../domain/random.js';

/** A seeded stream of numbers for shapes: the domain's generator, and the draws that recipes are written in. */
export interface Random {
  /** 0 (inclusive) … 1 (exclusive). */
  next(): number;
  between(low: number, high: number): number;
  /** A whole number, both ends inclusive. */
  integer(low: number, high: number): number;
  /** -amount … amount. */
  around(amount: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** A stream of its own, so that one part's draws do not shift another's. */
  fork(name: string): Random;
}

export function createRandom(seed: number, name: string): Random {
  const stream = createStream({ seed, name });
  const between = (low: number, high: number) => low + (high - low) * stream.fraction();
  return {
    next: () => stream.fraction(),
    between,
    integer: (low, high) => stream.integer(low, high),
    around: (amount) => between(-amount, amount),
    chance: (probability) => stream.fraction() < probability,
    pick: (items) => stream.pick(items),
    fork: (child) => createRandom(seed, `${name}/${child}`),
  };
}
