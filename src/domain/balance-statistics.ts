/** A share with the interval that holds the true one with 95 % confidence. */
export type ShareInterval = { share: number; low: number; high: number; trials: number };

/** The 97.5 % quantile of the normal distribution: 95 % lie between it and its negative. */
const z95 = 1.959963984540054;

/**
 * Wilson's score interval at 95 % (E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
 * Inference", Journal of the American Statistical Association 22, 1927), which stays inside 0 … 1 and holds for
 * shares near its ends, where the textbook interval does not:
 *
 * (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
 *
 * `successes` may be a sum of shares, such as a party's survivors: a variable between 0 and 1 with mean p has at most
 * the variance p(1 − p) of a yes or no (Bhatia and Davis, 2000), so the interval is then too wide, never too narrow.
 *
 * @throws RangeError where successes are not between 0 and trials
 */
export function wilsonInterval(successes: number, trials: number): ShareInterval {
  if (!(trials >= 0 && successes >= 0 && successes <= trials + 1e-9)) {
    throw new RangeError(`${successes} successes of ${trials} trials are no share`);
  }
  if (trials === 0) return { share: 0, low: 0, high: 1, trials };
  const share = Math.min(1, successes / trials);
  const square = z95 ** 2;
  const middle = share + square / (2 * trials);
  const reach = z95 * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials ** 2));
  const scale = 1 + square / trials;
  return {
    share,
    low: share === 0 ? 0 : Math.max(0, (middle - reach) / scale),
    high: share === 1 ? 1 : Math.min(1, (middle + reach) / scale),
    trials,
  };
}

/** Least trials after which no 95 % interval is wider than ± `reach`, by the worst share, one half. */
export function trialsFor(reach: number): number {
  return Math.ceil(z95 ** 2 / (4 * reach ** 2) - z95 ** 2);
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The value below which `share` of the values lie, linear between neighbours (type 7 of Hyndman and Fan, "Sample
 * Quantiles in Statistical Packages", The American Statistician 50, 1996); 0 where there are none.
 */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}
