import { readFile } from 'node:fs/promises';
import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canDeploy, gateTickSchema, mergeGates, type GateTick } from '../../src/domain/can-deploy.js';
import { gateResult, type GateResult, type Verdict } from '../../src/domain/gate.js';
import { gatePolicySchema, advisoryAtFirst, releaseGates } from '../../src/domain/gate-policy.js';
import { renderGateTable } from '../../src/domain/gate-table.js';
import { projectConfigSchema } from '../../src/domain/project.js';

const policyOf = (policy: object = {}, mode: 'automatic' | 'manual' = 'automatic') =>
  gatePolicySchema.parse({ policy, mode });
const all = (verdict: Verdict): GateResult[] => releaseGates.map((gate) => gateResult(gate, verdict, 'seen'));
const tick = (gate: GateTick['gate'], verdict: Verdict): GateTick => ({
  gate,
  verdict,
  by: 'ann',
  at: '2026-01-01T00:00:00.000Z',
  evidence: 'looked at it',
});

const verdicts = fc.constantFrom<Verdict>('pass', 'fail', 'inconclusive');
const levels = fc.constantFrom('required', 'advisory', 'off');
const gateNames = fc.constantFrom(...releaseGates);
const results = fc.array(
  fc
    .tuple(fc.oneof(gateNames, fc.constantFrom('compile', 'map', 'play')), verdicts)
    .map(([gate, verdict]) => gateResult(gate, verdict, 'seen')),
);
const policies = fc.array(levels, { minLength: releaseGates.length, maxLength: releaseGates.length });
const ticks = fc.array(fc.tuple(gateNames, verdicts).map(([gate, verdict]) => tick(gate, verdict)));

const named = (given: readonly string[]) =>
  policyOf(Object.fromEntries(releaseGates.map((gate, index) => [gate, given[index]])));

describe('canDeploy', () => {
  it('allows exactly when every required gate passed, and no other check that the policy does not name failed', () => {
    fc.assert(
      fc.property(policies, results, ticks, (given, measured, people) => {
        const policy = named(given);
        const of = (gate: string) => measured.filter((result) => result.gate === gate);
        const required = releaseGates.filter((gate) => policy.policy[gate] === 'required');
        const expected =
          required.every(
            (gate) => of(gate).length > 0 && of(gate).every(({ verdict }) => verdict === 'pass'),
          ) &&
          ['compile', 'map', 'play'].every((gate) => of(gate).every(({ verdict }) => verdict !== 'fail'));
        const decision = canDeploy(policy, measured, people);
        expect(decision.allowed).toBe(expected);
        expect(decision.reasons).toHaveLength(decision.rows.filter(({ blocks }) => blocks).length);
      }),
    );
  });

  it('in manual mode allows exactly when the last tick of each required gate is a pass and no tool failed it', () => {
    fc.assert(
      fc.property(policies, results, ticks, (given, measured, people) => {
        const policy = { ...named(given), mode: 'manual' as const };
        const failed = (gate: string) => measured.some((one) => one.gate === gate && one.verdict === 'fail');
        const expected =
          releaseGates
            .filter((gate) => policy.policy[gate] === 'required')
            .every(
              (gate) => !failed(gate) && people.filter((one) => one.gate === gate).at(-1)?.verdict === 'pass',
            ) && !['compile', 'map', 'play'].some(failed);
        expect(canDeploy(policy, measured, people).allowed).toBe(expected);
      }),
    );
  });

  it.each([
    ['required', 'pass', true],
    ['required', 'fail', false],
    ['required', 'inconclusive', false],
    ['required', 'missing', false],
    ['advisory', 'fail', true],
    ['advisory', 'missing', true],
    ['off', 'fail', true],
  ] as const)('with a gate that is %s and %s: allowed is %s', (level, verdict, allowed) => {
    const others = all('pass').filter(({ gate }) => gate !== 'docs');
    const own = verdict === 'missing' ? [] : [gateResult('docs', verdict, 'seen')];
    const decision = canDeploy(policyOf({ docs: level }), [...others, ...own]);
    expect(decision.allowed).toBe(allowed);
    expect(decision.rows.find(({ gate }) => gate === 'docs')).toMatchObject({
      policy: level,
      verdict,
      blocks: !allowed,
    });
  });

  it('shows and names a check of the night that failed, and lets an inconclusive one go', () => {
    const decision = canDeploy(policyOf(), [
      ...all('pass'),
      gateResult('map', 'fail', '1 site cannot be reached'),
      gateResult('play', 'inconclusive', 'nobody played'),
    ]);
    expect(decision.reasons).toEqual(['map (must-not-fail): fail, 1 site cannot be reached']);
    expect(decision.rows.slice(-2)).toMatchObject([
      { gate: 'map', blocks: true },
      { gate: 'play', blocks: false },
    ]);
  });

  it('in manual mode works without any tool, and says who ticked', () => {
    const people = releaseGates.map((gate) => tick(gate, 'pass'));
    const decision = canDeploy(policyOf({}, 'manual'), [], people);
    expect(decision.allowed).toBe(true);
    expect(decision.rows[0]?.summary).toBe('ann at 2026-01-01T00:00:00.000Z: looked at it');
    const untold = canDeploy(policyOf({}, 'manual'), all('pass'), people.slice(1));
    expect(untold.reasons).toEqual([
      'tasks (required): missing, no person has ticked this gate (the tool: pass, seen)',
    ]);
  });
});

describe('mergeGates', () => {
  it('takes the later result of a gate, and never loses a fail', () => {
    const merged = mergeGates(
      [gateResult('unit-tests', 'inconclusive', 'no test'), gateResult('compile', 'fail', 'broken')],
      [gateResult('unit-tests', 'pass', '4 passed'), gateResult('compile', 'pass', 'fine')],
    );
    expect(merged.map(({ gate, verdict }) => [gate, verdict])).toEqual([
      ['unit-tests', 'pass'],
      ['compile', 'fail'],
    ]);
  });
});

describe('the policy', () => {
  it('requires every gate unless the project says otherwise, and refuses what it does not know', () => {
    expect(new Set(Object.values(policyOf().policy))).toEqual(new Set(['required']));
    expect(gatePolicySchema.safeParse({ policy: { coverge: 'off' } }).success).toBe(false);
    expect(gatePolicySchema.safeParse({ security: { allowedHosts: ['https://x.example'] } }).success).toBe(
      false,
    );
    expect(gateTickSchema.safeParse({ ...tick('docs', 'pass'), evidence: ' ' }).success).toBe(false);
  });

  it('of the example names as advisory the gates whose tool does not exist, or is not on a fresh machine', async () => {
    const file = path.resolve(import.meta.dirname, '../../examples/haunted-village/graveshift.json');
    const { gates } = projectConfigSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    // luau-kit, which counts lines, has to be built: the demo must come to its end without a compiler.
    const expected = new Set<string>(['coverage', ...advisoryAtFirst]);
    expect(releaseGates.filter((gate) => gates.policy[gate] !== 'required')).toEqual(
      releaseGates.filter((gate) => expected.has(gate)),
    );
  });
});

describe('the table of the gates', () => {
  const { rows } = canDeploy(policyOf({ docs: 'off' }), [
    gateResult('security', 'fail', 'a | b\n\u001b[31mc'),
  ]);

  it('is aligned text, one line a gate', () => {
    const lines = renderGateTable(rows, 'text').split('\n');
    expect(lines).toHaveLength(rows.length + 1);
    expect(lines[0]).toMatch(/^gate +policy +verdict +blocks +summary$/);
    expect(lines.find((line) => line.startsWith('security'))).toMatch(/required +fail +yes +a \| b \[31mc$/);
    expect(lines.find((line) => line.startsWith('docs'))).toMatch(/off +missing +no /);
  });

  it('is a Markdown table that no summary breaks', () => {
    const lines = renderGateTable(rows, 'markdown').split('\n');
    expect(lines).toHaveLength(rows.length + 2);
    expect(lines.find((line) => line.startsWith('| security'))).toBe(
      String.raw`| security | required | fail | yes | a \| b \[31mc |`,
    );
  });
});
