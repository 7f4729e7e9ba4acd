import { createRandom } from '../../domain/random.js';
import type { Mutation } from './mutations.js';

/**
 * A share of the mutations, the same for the same file: drawn from its name and text, one a line at most, so that a
 * dense line does not speak for the file.
 * @param lines only mutations on these, since what no test runs no test can notice
 */
export function sampleMutations(
  mutations: readonly Mutation[],
  { seed, lines, most }: { seed: string; lines: ReadonlySet<number>; most: number },
): Mutation[] {
  const random = createRandom(seed);
  const taken = new Set<number>();
  return random
    .shuffled(mutations.filter(({ line }) => lines.has(line)))
    .filter(({ line }) => {
      const isFirst = !taken.has(line);
      taken.add(line);
      return isFirst;
    })
    .slice(0, most)
    .sort((a, b) => a.start - b.start);
}
