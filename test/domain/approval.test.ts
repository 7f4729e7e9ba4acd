import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  awaitsVerification,
  decide,
  missingFrom,
  request,
  settle,
  type ApprovalRequest,
  type ApprovalState,
  type Verb,
} from '../../src/domain/approval.js';
import { canonicalJson, digestOf } from '../../src/domain/canonical-json.js';
import { approvalPolicySchema, refuseImpossibleApproval } from '../../src/domain/approval-policy.js';

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

const annsKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEwX9rVf7+1hh6LshvL+wuK/cL8zPsjK4uU2zLff0iHy ann';
const bobsKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDlmRt8c3Jq0Vt8FvE0b5m1oZk2p7YwXk9Qe4nTz6aBc bob';
const signature = '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n';
const before = (environment: string): ApprovalRequest => ({ ...asked(digests[0]!), before: environment });

describe('an approval policy', () => {
  const people = {
    approvers: [
      { name: 'ann', roles: ['producer'] },
      { name: 'bob', roles: ['qa'] },
      { name: 'cy', roles: ['qa'] },
    ],
  };

  it('opens the gate when enough different people approved, and says who is missing', () => {
    let state = request(stateOf({ quorum: 2 }), asked(digests[0]!));
    expect(missingFrom(state)).toEqual(['2 more approvals']);
    state = decide(state, 'approve', { by: 'bob' }, at);
    expect(state.outcome).toBeUndefined();
    expect(missingFrom(state)).toEqual(['1 more approval']);
    state = decide(state, 'approve', { by: 'bob' }, at);
    expect(state.decisions.at(-1)).toMatchObject({ counted: false, note: 'bob has approved already' });
    expect(state.outcome).toBeUndefined();
    state = decide(state, 'approve', { by: 'cy' }, at);
    expect(state.outcome).toMatchObject({ verb: 'approve', by: 'cy' });
    expect(state.approved.map(({ by }) => by)).toEqual(['bob', 'cy']);
    expect(missingFrom(state)).toEqual([]);
  });

  it('waits until each role was heard, however many others approved', () => {
    let state = request(stateOf({ ...people, roles: ['producer', 'qa'] }), asked(digests[0]!));
    state = decide(state, 'approve', { by: 'bob' }, at);
    state = decide(state, 'approve', { by: 'cy' }, at);
    expect(state.outcome).toBeUndefined();
    expect(missingFrom(state)).toEqual(['somebody with the role producer (ann)']);
    expect(decide(state, 'approve', { by: 'ann' }, at).outcome).toMatchObject({ by: 'ann' });
    expect(decide(state, 'reject', { by: 'bob' }, at).outcome).toMatchObject({ verb: 'reject' });
  });

  it('forgets who approved what was asked before', () => {
    const first = decide(request(stateOf({ quorum: 2 }), asked(digests[0]!)), 'approve', { by: 'bob' }, at);
    const second = decide(request(first, asked(digests[1]!)), 'approve', { by: 'cy' }, at);
    expect(second.outcome).toBeUndefined();
    expect(second.approved.map(({ by }) => by)).toEqual(['cy']);
  });

  it('counts no approval without a reason where it asks for one, and none after the request expired', () => {
    const open = request(stateOf({ requireReason: true }), asked(digests[0]!));
    for (const reason of [undefined, ' ']) {
      const state = decide(open, 'approve', { by: 'bob', ...(reason !== undefined && { reason }) }, at);
      expect(state.decisions[0]?.note).toContain('reason');
    }
    expect(decide(open, 'approve', { by: 'bob', reason: 'fine' }, at).outcome).toBeDefined();
    const late = decide(open, 'approve', { by: 'bob', reason: 'fine' }, asked('').expiresAt);
    expect(late.outcome).toBeUndefined();
    expect(late.decisions[0]?.note).toContain('expired');
  });

  it.each([
    ['never', 'production', true],
    ['production', 'staging', true],
    ['production', 'production', false],
    ['always', 'staging', false],
  ])(
    'with signatures %s lets an unsigned approval before %s count: %s',
    (signatures, environment, counts) => {
      const approvers = [{ name: 'bob', keys: [bobsKey] }];
      const open = request(stateOf({ signatures, approvers }), before(environment));
      const state = decide(open, 'approve', { by: 'bob' }, at);
      expect(state.outcome !== undefined).toBe(counts);
      if (!counts) expect(state.decisions[0]?.note).toContain('not signed');
      expect(decide(open, 'reject', { by: 'bob' }, at).outcome).toMatchObject({ verb: 'reject' });
    },
  );

  it('counts a signed approval when its signature was found valid, and looks again at what changed meanwhile', () => {
    const policy = { signatures: 'always', approvers: [{ name: 'bob', keys: [bobsKey] }] };
    const open = decide(
      request(stateOf(policy), asked(digests[0]!)),
      'approve',
      { by: 'bob', signature },
      at,
    );
    const said = open.decisions[0]!;
    expect(open.outcome).toBeUndefined();
    expect(awaitsVerification(open, said)).toBe(true);
    const valid = { valid: true, key: 'SHA256:bob' } as const;
    expect(settle(open, said, valid, at).state.outcome).toMatchObject({ by: 'bob', key: 'SHA256:bob' });
    const invalid = settle(open, said, { valid: false, reason: 'not his' }, at);
    expect(invalid.state.outcome).toBeUndefined();
    expect(invalid.state.decisions).toMatchObject([
      { counted: false, note: expect.stringContaining('not his') as string },
    ]);
    expect(settle(open, said, valid, asked('').expiresAt).state.outcome).toBeUndefined();
    expect(settle(request(open, asked(digests[1]!)), said, valid, at).state.outcome).toBeUndefined();
    const gone = { ...open, policy: approvalPolicySchema.parse({ approvers: ['ann'] }) };
    expect(settle(gone, said, valid, at).state.outcome).toBeUndefined();
  });

  it('is not opened by the requester, a stranger, an unsigned, forged, late, wrong or role-less approval, in any order', () => {
    const policy = {
      fourEyes: true,
      quorum: 2,
      roles: ['qa'],
      signatures: 'always',
      approvers: [
        { name: 'ann', keys: [annsKey], roles: ['qa'] },
        { name: 'bob', keys: [bobsKey], roles: ['qa'] },
        { name: 'cy', keys: [`${annsKey.slice(0, -6)}Cy cy`], roles: [] },
        { name: 'di', keys: [`${annsKey.slice(0, -6)}Di di`], roles: [] },
        { name: 'keyless' },
      ],
    };
    // Mostly what is right, so that the gate is opened in many of the runs.
    const often = fc.constantFrom(true, true, true, false);
    const rarely = often.map((value) => !value);
    const step = fc.oneof(
      {
        weight: 1,
        arbitrary: fc.record({ type: fc.constant('ask' as const), digest: fc.constantFrom(...digests) }),
      },
      {
        weight: 6,
        arbitrary: fc.record({
          type: fc.constant('say' as const),
          by: fc.constantFrom('bob', 'cy', 'di', 'bob', 'cy', 'di', 'ann', 'eve', 'keyless'),
          digest: fc.constantFrom(...digests, undefined),
          signed: often,
          late: rarely,
        }),
      },
      {
        weight: 6,
        arbitrary: fc.record({
          type: fc.constant('verify' as const),
          valid: often,
          late: rarely,
        }),
      },
    );
    let opened = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
        let state = stateOf(policy);
        for (const each of steps) {
          const now = 'late' in each && each.late ? asked('').expiresAt : at;
          if (each.type === 'ask') state = request(state, asked(each.digest));
          else if (each.type === 'say') {
            const { by, digest, signed } = each;
            const said = { by, ...(digest && { digest }), ...(signed && { signature }) };
            state = decide(state, 'approve', said, now);
          } else {
            const waiting = state.decisions.find((decision) => awaitsVerification(state, decision));
            const verification = each.valid
              ? ({ valid: true, key: `SHA256:${waiting?.by}` } as const)
              : ({ valid: false, reason: 'forged' } as const);
            if (waiting) ({ state } = settle(state, waiting, verification, now));
          }
          if (!state.outcome) continue;
          opened++;
          const names = state.approved.map(({ by }) => by);
          expect(new Set(names).size).toBeGreaterThanOrEqual(2);
          expect(names).toContain('bob');
          for (const approval of state.approved) {
            expect(['bob', 'cy', 'di']).toContain(approval.by);
            expect(approval).toMatchObject({
              digest: state.request?.digest,
              key: `SHA256:${approval.by}`,
              signature,
            });
          }
        }
      }),
      { numRuns: 500, seed: 7 },
    );
    expect(opened).toBeGreaterThan(50);
  });
});

describe('the approvals of graveshift.json', () => {
  const problems = (policy: object): string[] =>
    (approvalPolicySchema.safeParse(policy).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  it('may name people only, or with keys and roles', () => {
    expect(
      approvalPolicySchema.parse({ approvers: ['ann', { name: 'bob', keys: [bobsKey] }] }),
    ).toMatchObject({
      approvers: [
        { name: 'ann', keys: [], roles: [] },
        { name: 'bob', keys: [bobsKey], roles: [] },
      ],
      quorum: 1,
      signatures: 'production',
    });
  });

  it.each([
    ['a name twice', { approvers: ['ann', { name: 'ann' }] }, /approvers\.1: expected each name once/],
    [
      'a key of two people',
      {
        approvers: [
          { name: 'ann', keys: [annsKey] },
          { name: 'bob', keys: [annsKey] },
        ],
      },
      /approvers\.1: expected a key of bob alone: SHA256:\S+ is ann's/,
    ],
    [
      'what is no key',
      { approvers: [{ name: 'ann', keys: ['ann'] }] },
      /approvers\.0.*keys\.0: expected an SSH/,
    ],
    ['a person without a name', { approvers: [{ keys: [annsKey] }] }, /approvers\.0: .*\{"name": .*; name: /],
    ['a role of nobody', { approvers: ['ann'], roles: ['qa'] }, /roles\.0: .*give "qa" to somebody/],
    ['too large a quorum', { approvers: ['ann'], quorum: 2 }, /quorum: expected 1 at most/],
    [
      'signatures of nobody',
      { approvers: ['ann'], signatures: 'always' },
      /signatures: expected approvers with/,
    ],
    [
      'a quorum of signatures',
      { approvers: ['ann', { name: 'bob', keys: [bobsKey] }], signatures: 'always', quorum: 2 },
      /quorum: expected 1 at most: .*with a key/,
    ],
  ])('are refused with %s', (_, policy, message) => {
    expect(problems(policy).join('\n')).toMatch(message);
  });

  it('are looked at again when somebody asks: what nobody could approve is not waited for', () => {
    const refuse = (policy: object, environment: string) => () =>
      refuseImpossibleApproval(approvalPolicySchema.parse(policy), environment, 'ann');
    expect(refuse({}, 'staging')).not.toThrow();
    expect(refuse({}, 'production')).toThrow(
      /approvals\.signatures: got "production"; expected approvers with/,
    );
    expect(refuse({ signatures: 'never' }, 'production')).not.toThrow();
    expect(refuse({ approvers: ['ann'], fourEyes: true }, 'staging')).toThrow(/beside ann/);
    expect(refuse({ approvers: ['ann', 'bob'], fourEyes: true, quorum: 2 }, 'staging')).toThrow(/quorum/);
    expect(refuse({ approvers: [{ name: 'bob', keys: [bobsKey] }] }, 'production')).not.toThrow();
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
