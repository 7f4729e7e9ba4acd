import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CodeFinding } from '../../src/domain/code-finding.js';
import {
  repair,
  type Generated,
  type GeneratedFiles,
  type GenerationRequest,
  type RepairLimits,
} from '../../src/domain/repair.js';

/** A file is as wrong as the number in it says. */
function check(files: GeneratedFiles): Promise<CodeFinding[]> {
  return Promise.resolve(
    [...files].flatMap(([file, text]) =>
      Array.from({ length: Number(text) }, (_, index) => ({
        check: 'types' as const,
        file,
        line: index + 1,
        rule: 'TypeError',
        severity: 'error' as const,
        message: 'wrong',
      })),
    ),
  );
}

async function run(
  answer: (request: GenerationRequest) => Record<string, number> | string,
  limits: Partial<RepairLimits> = {},
) {
  const requests: GenerationRequest[] = [];
  const result = await repair(
    {
      generate: (request): Promise<Generated> => {
        requests.push(request);
        const files = answer(request);
        return Promise.resolve(
          typeof files === 'string'
            ? { unusable: files }
            : { files: new Map(Object.entries(files).map(([path, errors]) => [path, String(errors)])) },
        );
      },
      check,
    },
    { models: 1, rounds: 3, samples: 1, ...limits },
  );
  return { ...result, requests, files: Object.fromEntries(result.best?.files ?? []) };
}

describe('repairing code', () => {
  it('ends with the first answer that passes', async () => {
    const { passed, requests } = await run(() => ({ a: 0 }));
    expect(passed).toBe(true);
    expect(requests).toHaveLength(1);
    expect(requests[0]).not.toHaveProperty('previous');
  });

  it('gives the findings back, and keeps what an answer does not mention', async () => {
    const { passed, requests, files } = await run(({ round }) => (round === 1 ? { a: 0, b: 2 } : { b: 0 }));
    expect(passed).toBe(true);
    expect(requests[1]?.previous?.findings.map(({ file }) => file)).toEqual(['b', 'b']);
    expect(files).toEqual({ a: '0', b: '0' });
  });

  it('asks for several first answers at once, and goes on with the best', async () => {
    const { requests } = await run(({ round, sample }) => ({ a: round === 1 ? 4 - sample : 0 }), {
      samples: 3,
    });
    expect(requests.map(({ round, sample }) => [round, sample])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
    expect(requests[3]?.previous?.files.get('a')).toBe('1');
  });

  it('does not ask a model again that repeats itself, but the next one', async () => {
    const { passed, requests } = await run(({ model }) => ({ a: model === 0 ? 3 : 0 }), {
      models: 2,
      rounds: 5,
    });
    expect(passed).toBe(true);
    expect(requests.map(({ model }) => model)).toEqual([0, 0, 1]);
    expect(requests[2]?.previous?.files.get('a')).toBe('3');
  });

  it('tells a model why its answer was of no use', async () => {
    const { requests } = await run(({ round }) => (round === 1 ? 'prose' : { a: 0 }));
    expect(requests[1]).toMatchObject({ complaint: 'prose' });
  });

  it('asks for wrong files one by one when whole answers do not pass', async () => {
    const { passed, requests } = await run(({ only, round }) =>
      only === undefined
        ? { a: round, b: 10 - round, c: 0 }
        : Object.fromEntries(only.map((path) => [path, 0])),
    );
    expect(passed).toBe(true);
    expect(requests.filter(({ only }) => only).map(({ only }) => only)).toEqual([['a'], ['b']]);
  });

  it('ends with the best candidate where nothing passes', async () => {
    const errors = [3, 1, 2];
    const { passed, files, trace } = await run(({ round }) => ({ a: errors[round - 1] ?? 5 }));
    expect(passed).toBe(false);
    expect(files).toEqual({ a: '1' });
    expect(trace.map((step) => step.errors)).toEqual([3, 1, 2]);
  });

  it('always ends, within its calls, and never keeps a worse candidate', async () => {
    const answers = fc.array(
      fc.oneof(fc.constant('prose'), fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(4))),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    const limits = fc.record({
      models: fc.integer({ min: 1, max: 3 }),
      rounds: fc.integer({ min: 1, max: 4 }),
      samples: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(answers, limits, async (script, { models, rounds, samples }) => {
        let asked = 0;
        const { passed, trace, best } = await run(() => script[asked++ % script.length] ?? 'prose', {
          models,
          rounds,
          samples,
        });
        expect(trace.length).toBeLessThanOrEqual(models * (rounds + samples - 1 + 3));
        const errors = trace.flatMap((step) => step.errors ?? []);
        expect(passed).toBe(errors.includes(0));
        expect(best?.findings.length).toBe(errors.length === 0 ? undefined : Math.min(...errors));
      }),
    );
  });
});
