const smallestLogTerm = -45;

/** P(N ≥ count) for a Poisson-distributed N with this mean: how likely that many events are by chance. */
export function poissonTail(count: number, mean: number): number {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  let below = 0;
  // By logarithms: e^-mean alone is 0 for a double once the mean is some hundreds.
  let logTerm = -mean;
  for (let k = 0; k < count; k += 1) {
    // Beyond the mean terms only fall: these no longer change a double.
    if (k > mean && logTerm < smallestLogTerm) break;
    below += Math.exp(logTerm);
    logTerm += Math.log(mean) - Math.log(k + 1);
  }
  return Math.min(1, Math.max(0, 1 - below));
}
