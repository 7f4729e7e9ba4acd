import { z } from 'zod';

import { invalidInput } from './failure.js';
import { showValue } from './show-value.js';
import { parseSshPublicKey } from './ssh-public-key.js';

const nameSchema = z.string().trim().min(1).max(80);
const roleSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,39}$/,
    'expected lower-case letters, digits and hyphens, 40 at most, such as "producer"',
  );

const publicKeySchema = z
  .string()
  .max(4000)
  .refine(
    (text) => parseSshPublicKey(text) !== undefined,
    'expected an SSH public key as in authorized_keys, such as "ssh-ed25519 AAAA… ana" (the text of ~/.ssh/id_ed25519.pub)',
  );

const personSchema = z.strictObject({
  name: nameSchema,
  keys: z.array(publicKeySchema).default([]).describe('SSH public keys, as in authorized_keys'),
  roles: z.array(roleSchema).default([]).describe('What the person answers for, such as "producer"'),
});

/** Somebody who may approve. */
export type Approver = z.infer<typeof personSchema>;

const approverSchema = z.union(
  [nameSchema.transform((name): Approver => ({ name, keys: [], roles: [] })), personSchema],
  { error: explainApprover },
);

/** A union tells only that no branch fits; a person wants to know what is wrong with the one that was meant. */
function explainApprover({ input }: { input?: unknown }): string {
  const expected = 'expected a name, or {"name": …, "keys": […], "roles": […]}';
  if (typeof input !== 'object' || input === null) return expected;
  const issues = personSchema.safeParse(input).error?.issues ?? [];
  return [expected, ...issues.map(({ path, message }) => `${path.join('.') || 'here'}: ${message}`)].join(
    '; ',
  );
}

export const approvalPolicySchema = z
  .strictObject({
    before: z.enum(['staging', 'production', 'both']).default('production'),
    approvers: z
      .array(approverSchema)
      .default([])
      .describe('Who may approve, by name or with keys and roles; empty: anybody who gives a name'),
    roles: z
      .array(roleSchema)
      .default([])
      .describe('Each of these must be a role of somebody who approved; one person may have several'),
    quorum: z.int().min(1).max(20).default(1).describe('How many different people must approve'),
    fourEyes: z.boolean().default(false).describe("When true, the requester's own approval does not count"),
    requireReason: z
      .boolean()
      .default(false)
      .describe('When true, an approval without a reason does not count'),
    signatures: z
      .enum(['never', 'production', 'always'])
      .default('production')
      .describe(
        'Which approvals count only with an SSH signature by a key of the approver; "production": those before any environment but staging',
      ),
    timeoutHours: z
      .number()
      .positive()
      .max(24 * 30)
      .default(72)
      .describe('An approval that does not come in time is a rejection, never an approval'),
  })
  .superRefine((policy, context) => {
    // Whether "production" needs keys is asked when a deploy does: a project may name production before it has approvers.
    const problems = [...ambiguities(policy), ...obstacles(policy, policy.signatures === 'always')];
    for (const { path, remedy } of problems) context.addIssue({ code: 'custom', path, message: remedy });
  });
export type ApprovalPolicy = z.infer<typeof approvalPolicySchema>;

/** A policy as a run of an earlier version recorded it, which knew names only. */
export type RecordedPolicy = Pick<ApprovalPolicy, 'before' | 'fourEyes' | 'timeoutHours'> &
  Partial<Omit<ApprovalPolicy, 'approvers'>> & { approvers: (string | Approver)[] };

/** Adds what earlier versions did not record. Refuses nothing: the run has begun. */
export function completePolicy(recorded: RecordedPolicy): ApprovalPolicy {
  return {
    roles: [],
    quorum: 1,
    requireReason: false,
    signatures: 'production',
    ...recorded,
    approvers: recorded.approvers.map((approver) =>
      typeof approver === 'string' ? { name: approver, keys: [], roles: [] } : approver,
    ),
  };
}

/** Whether only signed approvals count before the environment. */
export function needsSignature({ signatures }: ApprovalPolicy, before: string): boolean {
  return signatures === 'always' || (signatures === 'production' && before !== 'staging');
}

/**
 * Refuses what nobody could approve, before anything is spent or anybody waits.
 *
 * @param before environment that the approval opens
 * @throws GraveshiftError `InvalidInput` that names each field of the policy
 */
export function refuseImpossibleApproval(policy: ApprovalPolicy, before: string, requestedBy: string): void {
  const others = policy.fourEyes
    ? policy.approvers.filter(({ name }) => name !== requestedBy)
    : policy.approvers;
  const nobodyElse: Problem[] =
    others.length === 0 && policy.approvers.length > 0
      ? [
          {
            path: ['approvers'],
            remedy: `expected somebody beside ${requestedBy}, who asks: fourEyes is true`,
          },
        ]
      : [];
  const problems =
    nobodyElse.length > 0
      ? nobodyElse
      : obstacles({ ...policy, approvers: others }, needsSignature(policy, before));
  if (problems.length === 0) return;
  throw invalidInput(
    `the approval policy for ${before}`,
    problems.map(({ path, remedy }) => ({
      field: `approvals.${path.join('.')}`,
      value: showValue(policy[path[0]], path[0]),
      remedy: `${remedy}; change graveshift.json, commit, push and start again`,
    })),
  );
}

type Problem = { path: [keyof ApprovalPolicy, ...number[]]; remedy: string };

/** What would let one person count as two. */
function ambiguities({ approvers }: ApprovalPolicy): Problem[] {
  const owners = new Map<string, string>();
  return approvers.flatMap(({ name, keys }, index): Problem[] => {
    if (approvers.findIndex((other) => other.name === name) !== index) {
      return [{ path: ['approvers', index], remedy: `expected each name once: ${name} is there already` }];
    }
    return keys.flatMap((key): Problem[] => {
      const fingerprint = parseSshPublicKey(key)?.fingerprint ?? key;
      const owner = owners.get(fingerprint);
      owners.set(fingerprint, owner ?? name);
      if (owner === undefined || owner === name) return [];
      return [
        {
          path: ['approvers', index],
          remedy: `expected a key of ${name} alone: ${fingerprint} is ${owner}'s`,
        },
      ];
    });
  });
}

/** What keeps the approvers from ever satisfying the policy; with `signed`, only those who have a key can approve. */
function obstacles({ approvers, roles, quorum }: ApprovalPolicy, signed: boolean): Problem[] {
  const able = signed ? approvers.filter(({ keys }) => keys.length > 0) : approvers;
  const who = signed ? 'approver with a key' : 'approver';
  if (signed && able.length === 0) {
    return [
      {
        path: ['signatures'],
        remedy:
          'expected approvers with public keys, because unsigned approvals do not count: give approvers their "keys", or set signatures to "never"',
      },
    ];
  }
  const held = [...new Set(able.flatMap((person) => person.roles))];
  const unheld = roles.flatMap((role, index): Problem[] =>
    held.includes(role)
      ? []
      : [
          {
            path: ['roles', index],
            remedy: `expected a role that an ${who} has (${held.join(', ') || 'none has any'}): give "${role}" to somebody in approvers`,
          },
        ],
  );
  if (approvers.length === 0 || quorum <= able.length) return unheld;
  return [
    ...unheld,
    { path: ['quorum'], remedy: `expected ${able.length} at most: so many can approve (${who})` },
  ];
}
