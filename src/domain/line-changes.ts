export type LineChanges = { added: number; removed: number };

/**
 * How many lines a shortest edit adds and removes (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986):
 * the figures of `git diff --stat`.
 */
export function countLineChanges(before: string, after: string): LineChanges {
  const [a, b] = withoutCommonEnds(linesOf(before), linesOf(after));
  const edits = shortestEdit(a, b);
  const grown = b.length - a.length;
  return { added: (edits + grown) / 2, removed: (edits - grown) / 2 };
}

/** Length of the shortest list of single-line edits. `reach[k]`: how far the paths got on diagonal k = x - y. */
function shortestEdit(a: readonly string[], b: readonly string[]): number {
  const most = a.length + b.length;
  const reach = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= most; edits++) {
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const left = reach.get(diagonal - 1) ?? -1;
      const above = reach.get(diagonal + 1) ?? -1;
      let x = diagonal === -edits || (diagonal !== edits && left < above) ? above : left + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      if (x >= a.length && x - diagonal >= b.length) return edits;
      reach.set(diagonal, x);
    }
  }
  return most;
}

function withoutCommonEnds(a: readonly string[], b: readonly string[]): [string[], string[]] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

/** A line break at the end ends the last line, and begins no other. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
