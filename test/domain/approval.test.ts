import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  decide,
  request,
  type ApprovalRequest,
  type ApprovalState,
  type Verb,
} from '../../src/domain/approval.js';
import { canonicalJson, digestOf } from '../../src/domain/canonical-json.js';
import { approvalPolicySchema } from '../../src/domain/approval-policy.js';

const digests = ['a'.repeat(64), 'b'.repeat(64)];
const asked = (digest: string): ApprovalRequest => ({
  digest,
  before: 'staging',
  requestedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-02T00:00:00.000Z',
  summary: [],
});
const at = '2026-01-01T01:00:00.000Z';

function stateOf(policy: object = {}, requestedBy = 'ann'): ApprovalState {
  return { policy: approvalPolicySchema.parse(policy), requestedBy, approved: [], decisions: [] };
}

describe('an approval', () => {
  it('counts for the pending request when it names no digest', () => {
    const state = decide(request(stateOf(), asked(digests[0]!)), 'approve', { by: 'bob' }, at);
    expect(state.outcome).toMatchObject({ by: 'bob', verb: 'approve', counted: true });
  });

  it('that comes early counts only with the digest that is asked for later', () => {
    const early = decide(stateOf(), 'approve', { by: 'bob', digest: digests[0]! }, at);
    expect(early.outcome).toBeUndefined();
    expect(request(early, asked(digests[0]!)).outcome).toMatchObject({ by: 'bob', counted: true });
    expect(request(early, asked(digests[1]!)).outcome).toBeUndefined();
    const nameless = decide(stateOf(), 'approve', { by: 'bob' }, at);
    expect(request(nameless, asked(digests[0]!)).outcome).toBeUndefined();
    expect(nameless.decisions[0]).toMatchObject({
      counted: false,
      note: expect.stringContaining('no digest') as string,
    });
  });

  it('changes nothing the second time', () => {
    const once = decide(request(stateOf(), asked(digests[0]!)), 'approve', { by: 'bob' }, at);
    const twice = decide(once, 'reject', { by: 'eve' }, at);
    expect(twice.outcome).toEqual(once.outcome);
    expect(twice.decisions[1]).toMatchObject({
      counted: false,
      note: expect.stringContaining('already decided') as string,
    });
  });

  it('for another digest, by a stranger, or by the requester under four eyes does not count', () => {
    const open = (policy: object) => request(stateOf(policy), asked(digests[0]!));
    expect(decide(open({}), 'approve', { by: 'bob', digest: digests[1]! }, at).outcome).toBeUndefined();
    expect(decide(open({ approvers: ['bob'] }), 'approve', { by: 'eve' }, at).outcome).toBeUndefined();
    expect(decide(open({ fourEyes: true }), 'approve', { by: 'ann' }, at).outcome).toBeUndefined();
    expect(
      decide(open({ fourEyes: true, approvers: ['bob'] }), 'reject', { by: 'ann' }, at).outcome,
    ).toMatchObject({
      verb: 'reject',
    });
  });

  it('of what was asked before does not pass to what is asked now', () => {
    const first = decide(request(stateOf(), asked(digests[0]!)), 'approve', { by: 'bob' }, at);
    expect(request(first, asked(digests[1]!)).outcome).toBeUndefined();
  });

  it('is never an outcome without somebody entitled having said so for that digest, in any order', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('ask' as const), digest: fc.constantFrom(...digests) }),
      fc.record({
        type: fc.constant('say' as const),
        verb: fc.constantFrom<Verb>('approve', 'reject'),
        by: fc.constantFrom('ann', 'bob', 'eve'),
        digest: fc.option(fc.constantFrom(...digests), { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), fc.boolean(), (steps, fourEyes, named) => {
        let state = stateOf({ fourEyes, approvers: named ? ['ann', 'bob'] : [] });
        for (const each of steps) {
          const before = state;
          if (each.type === 'ask') state = request(state, asked(each.digest));
          else {
            const { verb, by, digest } = each;
            state = decide(state, verb, { by, ...(digest !== undefined && { digest }) }, at);
            if (before.outcome) expect(state.outcome).toEqual(before.outcome);
          }
          const { outcome } = state;
          if (outcome?.verb !== 'approve') continue;
          expect(state.request).toBeDefined();
          expect([undefined, state.request?.digest]).toContain(outcome.digest);
          if (named) expect(['ann', 'bob']).toContain(outcome.by);
          if (fourEyes) expect(outcome.by).not.toBe('ann');
        }
      }),
    );
  });
});

describe('canonical JSON', () => {
  it('is the same for equal values, whatever the order of their keys, and reads back as them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(digestOf(turned)).toBe(digestOf(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('has the digest that any SHA-256 tool gives', () => {
    expect(digestOf({ b: 1, a: [true, null, 'ü'] })).toBe(
      digestOf(JSON.parse('{"a":[true,null,"ü"],"b":1}')),
    );
    expect(digestOf('')).toBe('12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126');
  });
});
