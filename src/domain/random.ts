import { digestOf } from './canonical-json.js';

/** A seeded stream of numbers: equal seeds give equal streams on every machine. */
export interface Random {
  /** The next 32 bits, 0 … 2³² - 1. */
  uint32(): number;
  /** 0 (inclusive) … 1 (exclusive), in steps of 2⁻³². */
  fraction(): number;
  /** A whole number, both ends inclusive. */
  integer(lowest: number, highest: number): number;
  /** @throws RangeError when there is nothing to pick from */
  pick<Item>(items: readonly Item[]): Item;
  /** The same items in a drawn order; the list given stays as it is. */
  shuffled<Item>(items: readonly Item[]): Item[];
}

/** State of the generator: four 32-bit words, not all of them zero. */
export type RandomState = readonly [number, number, number, number];

/**
 * xoshiro128** 1.1 by David Blackman and Sebastiano Vigna ("Scrambled Linear Pseudorandom Number Generators",
 * ACM Transactions on Mathematical Software 47(4), 2021; https://prng.di.unimi.it/xoshiro128starstar.c, public domain).
 */
export function randomFromState(state: RandomState): Random {
  let [a, b, c, d] = state;
  const uint32 = () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
  const fraction = () => uint32() / 0x1_0000_0000;
  // Ranges here are far below 2³², so that taking the floor of a fraction is even to within a millionth.
  const integer = (lowest: number, highest: number) =>
    lowest + Math.floor(fraction() * (highest - lowest + 1));
  const pick = <Item>(items: readonly Item[]): Item => {
    if (items.length === 0) throw new RangeError('there is nothing to pick from: the list is empty');
    return items[integer(0, items.length - 1)] as Item;
  };
  const shuffled = <Item>(items: readonly Item[]): Item[] => {
    const drawn = [...items];
    // Fisher and Yates's shuffle.
    for (let last = drawn.length - 1; last > 0; last--) {
      const other = integer(0, last);
      [drawn[last], drawn[other]] = [drawn[other] as Item, drawn[last] as Item];
    }
    return drawn;
  };
  return { uint32, fraction, integer, pick, shuffled };
}

/** A stream for any plain value: the first 128 bits of its digest are the state. */
export function createRandom(seed: unknown): Random {
  const digest = digestOf(seed);
  return randomFromState([wordOf(digest, 0), wordOf(digest, 1), wordOf(digest, 2), wordOf(digest, 3)]);
}

/** A 32-bit seed from any plain value. */
export function seedOf(value: unknown): number {
  return wordOf(digestOf(value), 0);
}

function wordOf(digest: string, index: number): number {
  return Number.parseInt(digest.slice(index * 8, index * 8 + 8), 16);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
