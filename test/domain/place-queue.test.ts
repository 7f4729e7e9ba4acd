import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { leasePriorities } from '../../src/domain/place.js';
import * as queue from '../../src/domain/place-queue.js';
import type { PlaceState } from '../../src/domain/place-queue.js';

const at = '2026-10-31T20:00:00.000Z';
const runIds = ['ann-1', 'ann-2', 'ben-1', 'eva-1', 'ivo-1'] as const;
/** Two runs of one workflow id follow one another: `ann-2` is asked for when `ann-1` has ended. */
const workflowOf = (runId: string): string => runId.slice(0, 3);

type Operation =
  | { kind: 'ask'; runId: string; priority: number }
  | { kind: 'release' | 'draw' | 'seize'; runId: string }
  | { kind: 'grant' | 'announce' | 'die' | 'freeze' | 'unfreeze' };

const runId = fc.constantFrom(...runIds);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), runId, priority: fc.constantFrom(2, 3) }),
  fc.record({ kind: fc.constantFrom('release' as const, 'draw' as const, 'seize' as const), runId }),
  fc.record({
    kind: fc.constantFrom(
      'grant' as const,
      'grant' as const,
      'announce' as const,
      'die' as const,
      'freeze' as const,
      'unfreeze' as const,
    ),
  }),
);

const operations = fc.array(operation, { maxLength: 60, size: 'max' });

/** The entity and the ledger's counter, driven as workflow and activities drive them. */
class Place {
  readonly state: PlaceState = { waiting: [] };
  /** Numbers that rollbacks drew and have not used yet: a signal may be long on its way. */
  private readonly drawn = new Map<string, number>();
  private counter = 0;

  apply(operation: Operation): void {
    const { state } = this;
    switch (operation.kind) {
      case 'ask':
        queue.ask(state, { ...who(operation.runId), priority: operation.priority });
        return;
      case 'release':
        queue.release(state, operation.runId);
        return;
      case 'draw':
        this.drawn.set(operation.runId, ++this.counter);
        return;
      case 'seize': {
        const lease = this.drawn.get(operation.runId);
        if (lease === undefined) return;
        queue.seize(state, { ...who(operation.runId), priority: leasePriorities.rollback, lease }, at);
        return;
      }
      case 'grant': {
        const next = queue.nextToGrant(state);
        if (next) queue.grant(state, next, ++this.counter, at);
        return;
      }
      case 'announce':
        if (state.holder) state.holder.announced = true;
        return;
      case 'die':
        delete state.holder;
        return;
      case 'freeze':
        state.frozen = { by: 'eva', reason: 'tournament', since: at };
        return;
      case 'unfreeze':
        delete state.frozen;
    }
  }
}

const who = (id: string): { runId: string; workflowId: string } => ({
  runId: id,
  workflowId: workflowOf(id),
});

describe('who may publish to a place', () => {
  it('has one holder, whose number is higher than all before it, and each run waits once', () => {
    fc.assert(
      fc.property(operations, (sequence) => {
        const place = new Place();
        let highest = 0;
        for (const each of sequence) {
          const before = structuredClone(place.state);
          place.apply(each);
          const { holder, waiting } = place.state;
          if (holder && holder.runId !== before.holder?.runId) {
            // A rollback whose signal was long on its way may find the place free: the ledger then refuses its number.
            const floor = each.kind === 'seize' ? (before.holder?.lease ?? 0) : highest;
            expect(holder.lease).toBeGreaterThan(floor);
            // Only a rollback comes into a frozen place.
            if (before.frozen) expect(each.kind).toBe('seize');
          }
          highest = Math.max(highest, holder?.lease ?? 0);
          expect(new Set(waiting.map(({ runId: id }) => id)).size).toBe(waiting.length);
          expect(new Set(waiting.map(({ workflowId }) => workflowId)).size).toBe(waiting.length);
          expect(waiting.map(({ runId: id }) => id)).not.toContain(holder?.runId);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the place to everybody who waits in the end, the most urgent first', () => {
    fc.assert(
      fc.property(operations, (sequence) => {
        const place = new Place();
        sequence.forEach((each) => place.apply(each));
        const { state } = place;
        if (state.holder) queue.release(state, state.holder.runId);
        place.apply({ kind: 'unfreeze' });
        const expected = [...state.waiting]
          .sort((a, b) => a.priority - b.priority)
          .map((entry) => entry.runId);
        const served: string[] = [];
        while (state.waiting.length > 0) {
          place.apply({ kind: 'grant' });
          const { holder } = state;
          if (!holder) throw new Error('Somebody waits and nobody gets the free place');
          served.push(holder.runId);
          queue.release(state, holder.runId);
        }
        expect(served).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the place with a rollback whose number is higher, whoever comes late', () => {
    fc.assert(
      fc.property(operations, runId, runId, (sequence, early, late) => {
        const place = new Place();
        sequence.forEach((each) => place.apply(each));
        const high = 1000;
        const rollback = leasePriorities.rollback;
        queue.seize(place.state, { ...who(late), priority: rollback, lease: high }, at);
        const lost = queue.seize(place.state, { ...who(early), priority: rollback, lease: high - 1 }, at);
        expect(lost).toBeUndefined();
        expect(place.state.holder).toMatchObject({ runId: late, lease: high });
      }),
      { numRuns: 500 },
    );
  });

  it('does not grant to who withdrew, or to whom a rollback came before, while the number was drawn', () => {
    const asked = { ...who('ann-1'), priority: 2 };
    const state: PlaceState = { waiting: [] };
    queue.ask(state, asked);
    const withdrawn = queue.nextToGrant(state);
    queue.release(state, 'ann-1');
    expect(withdrawn && queue.grant(state, withdrawn, 1, at)).toBe(false);

    queue.ask(state, asked);
    const overtaken = queue.nextToGrant(state);
    queue.seize(state, { ...who('eva-1'), priority: 1, lease: 3 }, at);
    expect(overtaken && queue.grant(state, overtaken, 2, at)).toBe(false);
    expect(state).toMatchObject({ holder: { runId: 'eva-1' }, waiting: [{ runId: 'ann-1' }] });
  });
});
