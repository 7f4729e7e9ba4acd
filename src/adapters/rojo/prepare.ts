import { GraveshiftError } from '../../domain/failure.js';
import type { ProjectConfig } from '../../domain/project.js';
import { runProgram } from '../processes/run-program.js';
import { toolEnvironment, type Environment } from '../processes/tool-environment.js';

export type PreparationStep = ProjectConfig['prepare'][number];

/**
 * Runs the project's own steps in the checkout, one after the other. They get no key of this worker.
 * @throws GraveshiftError `PreparationFailure` with the last output of the step that failed
 */
export async function prepareCheckout(
  checkout: string,
  steps: readonly PreparationStep[],
  options: { environment: Environment; signal?: AbortSignal | undefined },
): Promise<void> {
  for (const [index, { run, timeoutSeconds }] of steps.entries()) {
    const [program = '', ...args] = run;
    const result = await runProgram(program, args, {
      directory: checkout,
      // Tools that would ask a person see that there is none.
      environment: { ...toolEnvironment(options.environment), CI: 'true' },
      timeoutMs: timeoutSeconds * 1000,
      signal: options.signal,
    });
    const fail = (what: string, remedy: string) => {
      const output = result.tail === '' ? '' : `\n${result.tail}`;
      throw new GraveshiftError(
        'PreparationFailure',
        `The preparation step "${run.join(' ')}" (graveshift.json, prepare[${index}]) ${what}. ${remedy}${output}`,
        { details: { step: run.join(' '), index } },
      );
    };
    if (result.outcome === 'missing') {
      fail(
        'could not be started',
        `Install ${program} on the machines that build, and have it in their PATH.`,
      );
    }
    if (result.outcome === 'timed-out') {
      fail(
        `did not end within ${timeoutSeconds} s`,
        'Raise its timeoutSeconds, or make it faster. Its last output:',
      );
    }
    if (result.exitCode !== 0) {
      fail(
        result.exitCode === undefined ? 'was killed' : `ended with exit code ${result.exitCode}`,
        'See that it works in a fresh clone. Its last output:',
      );
    }
  }
}
