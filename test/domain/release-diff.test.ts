import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { countLineChanges } from '../../src/domain/line-changes.js';
import { diffReleases, type DetailedInstance } from '../../src/domain/release-diff.js';

const part = (properties: Record<string, unknown>, className = 'Part'): DetailedInstance => ({
  path: 'Workspace/Lamp',
  className,
  properties,
});

describe('the difference of two releases', () => {
  it('counts the lines of a shortest edit', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { added, removed } = countLineChanges(before.join('\n'), after.join('\n'));
        const common = longestCommon(before, after);
        expect({ added, removed }).toEqual({ added: after.length - common, removed: before.length - common });
      }),
    );
    expect(countLineChanges('a\nb\n', 'a\nb')).toEqual({ added: 0, removed: 0 });
    expect(countLineChanges('', 'a\n')).toEqual({ added: 1, removed: 0 });
  });

  it('pairs siblings of one name: a change is no removal and addition', () => {
    const before = [part({ Size: 1 }), part({ Size: 2 }), part({}, 'Model')];
    const after = [part({}, 'Folder'), part({ Size: 3 }), part({ Size: 1 })];
    expect(diffReleases({ instances: before }, { instances: after })).toEqual({
      scripts: [],
      instances: [
        { kind: 'changed', path: 'Workspace/Lamp', className: 'Part', properties: ['Size'] },
        { kind: 'changed', path: 'Workspace/Lamp', className: 'Folder', classBefore: 'Model' },
      ],
    });
  });

  it('is empty for the same instances in any order, and turns around with its sides', () => {
    const instance = fc.record({
      path: fc.constantFrom('A', 'A/B', 'C'),
      className: fc.constantFrom('Part', 'Folder'),
      properties: fc.dictionary(fc.constantFrom('Size', 'Name'), fc.nat(3)),
    });
    fc.assert(
      fc.property(
        fc.array(instance, { maxLength: 8 }),
        fc.array(instance, { maxLength: 8 }),
        (left, right) => {
          expect(diffReleases({ instances: left }, { instances: left.toReversed() }).instances).toEqual([]);
          const forth = diffReleases({ instances: left }, { instances: right }).instances;
          const back = diffReleases({ instances: right }, { instances: left }).instances;
          const count = (changes: typeof forth, kind: string) =>
            changes.filter((change) => change.kind === kind).length;
          expect(count(forth, 'added')).toBe(count(back, 'removed'));
          expect(count(forth, 'added') - count(forth, 'removed')).toBe(right.length - left.length);
        },
      ),
    );
  });
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const left of a) {
    const next = [0];
    b.forEach((right, index) => {
      next.push(left === right ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    });
    row = next;
  }
  return row[b.length] ?? 0;
}
