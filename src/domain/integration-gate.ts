import { gateResult, type GateResult } from './gate.js';

/**
 * The gate `integration` from the checks that a commit passed when it was staged: the headless play, where one was
 * run. Pure, so that workflow code may use it.
 */
export function integrationGate(staged: readonly GateResult[]): GateResult {
  const play = staged.find(({ gate }) => gate === 'play');
  if (play === undefined) {
    return gateResult(
      'integration',
      'inconclusive',
      'Nobody has played this commit: it was staged before headless play came, or by hand. Stage it by a pipeline, or set ' +
        'gates.policy.integration to "advisory"',
    );
  }
  return { ...play, gate: 'integration' };
}
