import { z } from 'zod';

import { verdictSchema, worstOf, type GateResult, type Verdict } from './gate.js';
import { releaseGates, type GateLevel, type GatePolicy, type ReleaseGate } from './gate-policy.js';

/** A person's word for a gate, where the policy's mode is `manual`. The name is a claim, as in a signal. */
export const gateTickSchema = z.strictObject({
  gate: z.enum(releaseGates),
  verdict: verdictSchema,
  by: z.string().trim().min(1).max(80),
  /** ISO 8601. */
  at: z.string(),
  /** What was looked at, such as a link or a sentence. */
  evidence: z.string().trim().min(1).max(300),
});
export type GateTick = z.infer<typeof gateTickSchema>;

export type GateRow = {
  gate: string;
  /** `must-not-fail`: a check that the policy does not name, such as `map`; only its `fail` blocks. */
  policy: GateLevel | 'must-not-fail';
  verdict: Verdict | 'missing';
  blocks: boolean;
  summary: string;
};

export type DeployDecision = {
  allowed: boolean;
  /** The policy's gates in its order, then the other checks in theirs. */
  rows: GateRow[];
  /** One sentence for each row that blocks. */
  reasons: string[];
};

/**
 * The one matrix that lets a release go, or not:
 *
 * | policy          | pass | fail   | inconclusive | missing |
 * | --------------- | ---- | ------ | ------------ | ------- |
 * | `required`      | goes | blocks | blocks       | blocks  |
 * | `must-not-fail` | goes | blocks | goes         | goes    |
 * | `advisory`      | goes | goes   | goes         | goes    |
 * | `off`           | goes | goes   | goes         | goes    |
 *
 * Of several results of one gate the worst counts. In manual mode a required gate is what the last tick says, and
 * without one it is missing, whatever a tool says; a tick never makes a tool's `fail` good, and in automatic mode no
 * tick counts.
 */
export function canDeploy(
  policy: GatePolicy,
  results: readonly GateResult[],
  ticks: readonly GateTick[] = [],
): DeployDecision {
  const gates = new Set<string>([...releaseGates, ...results.map(({ gate }) => gate)]);
  const rows = [...gates].map((gate): GateRow => {
    const level = levelOf(policy, gate);
    const measured = worstOf(results.filter((result) => result.gate === gate));
    const counted =
      policy.mode === 'manual' && isReleaseGate(gate)
        ? ticked(measured, ticks.filter((tick) => tick.gate === gate).at(-1), level)
        : (measured ?? missing);
    const { verdict, summary } = counted;
    return { gate, policy: level, verdict, blocks: isBlocked(level, verdict), summary };
  });
  const blocking = rows.filter(({ blocks }) => blocks);
  return {
    allowed: blocking.length === 0,
    rows,
    reasons: blocking.map(
      ({ gate, policy: by, verdict, summary }) => `${gate} (${by}): ${verdict}, ${summary}`,
    ),
  };
}

/** Lists of results made one: a later list's result stands for an earlier one's of the same gate, unless that failed. */
export function mergeGates(...lists: readonly (readonly GateResult[])[]): GateResult[] {
  const merged = new Map<string, GateResult>();
  for (const list of lists) {
    for (const result of list) {
      if (merged.get(result.gate)?.verdict !== 'fail') merged.set(result.gate, result);
    }
  }
  return [...merged.values()];
}

type Counted = Pick<GateRow, 'verdict' | 'summary'>;

const missing: Counted = { verdict: 'missing', summary: 'nobody ran this gate' };

function ticked(
  measured: GateResult | undefined,
  tick: GateTick | undefined,
  level: GateRow['policy'],
): Counted {
  if (measured?.verdict === 'fail') return measured;
  if (tick !== undefined) {
    return { verdict: tick.verdict, summary: `${tick.by} at ${tick.at}: ${tick.evidence}` };
  }
  if (level !== 'required') return measured ?? missing;
  const tool = measured === undefined ? '' : ` (the tool: ${measured.verdict}, ${measured.summary})`;
  return { verdict: 'missing', summary: `no person has ticked this gate${tool}` };
}

function isReleaseGate(gate: string): gate is ReleaseGate {
  return (releaseGates as readonly string[]).includes(gate);
}

function levelOf(policy: GatePolicy, gate: string): GateRow['policy'] {
  return isReleaseGate(gate) ? policy.policy[gate] : 'must-not-fail';
}

function isBlocked(level: GateRow['policy'], verdict: GateRow['verdict']): boolean {
  switch (level) {
    case 'required':
      return verdict !== 'pass';
    case 'must-not-fail':
      return verdict === 'fail';
    case 'advisory':
    case 'off':
      return false;
  }
}
