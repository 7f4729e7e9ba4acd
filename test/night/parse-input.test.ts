import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GraveshiftError, type InputProblem } from '../../src/domain/failure.js';
import { horrorNightInputSchema } from '../../src/domain/horror-night.js';
import { parseInput } from '../../src/domain/parse-input.js';
import { projectConfigSchema } from '../../src/domain/project.js';

function failureOf(run: () => unknown): GraveshiftError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(GraveshiftError);
    return error as GraveshiftError;
  }
  throw new Error('expected a failure');
}

const problemsOf = (failure: GraveshiftError) => failure.details.problems as InputProblem[];
const parseNight = (value: unknown) => parseInput(horrorNightInputSchema, 'the input of horrorNight', value);
const nightProblems = (value: unknown) => problemsOf(failureOf(() => parseNight(value)));

describe('the input of horrorNight', () => {
  it('needs only the night', () => {
    expect(parseNight({ night: 3 })).toEqual({
      night: 3,
      environment: 'staging',
      place: 'start',
      requestedBy: 'anonymous',
    });
  });

  it.each([
    [0, '0'],
    [-1, '-1'],
    [1.5, '1.5'],
    ['three', '"three"'],
    [1e9, '1000000000'],
    [null, 'null'],
    [NaN, 'NaN'],
    [undefined, 'nothing'],
  ])('says what night %s should have been', (night, shown) => {
    expect(nightProblems({ night })).toEqual([
      {
        field: 'night',
        value: shown,
        remedy: 'expected a whole number from 1 to 1000, such as {"night": 3}',
      },
    ]);
  });

  it('reads as one sentence a field', () => {
    const failure = failureOf(() => parseNight({ night: 'three' }));
    expect(failure.kind).toBe('InvalidInput');
    expect(failure.retryable).toBe(false);
    expect(failure.message).toBe(
      'the input of horrorNight is not valid:\n' +
        '  night: got "three"; expected a whole number from 1 to 1000, such as {"night": 3}',
    );
  });

  it('names unknown fields with the nearest known one, and all that is wrong at once', () => {
    expect(nightProblems({ nihgt: 3, colour: 'red', requestedBy: '' })).toEqual([
      { field: 'night', value: 'nothing', remedy: expect.stringContaining('from 1 to 1000') as string },
      {
        field: 'requestedBy',
        value: '""',
        remedy: 'expected text of 1 to 80 characters (Who asks, as a claim)',
      },
      { field: 'nihgt', value: '3', remedy: 'nothing reads this field; did you mean "night"?' },
      {
        field: 'colour',
        value: '"red"',
        remedy:
          'nothing reads this field; known here: night, project, environment, place, requestedBy, reason',
      },
    ]);
  });

  it.each([
    [undefined, 'nothing'],
    [3, '3'],
    [[3], '[3]'],
    ['{"night":3}', '"{\\"night\\":3}"'],
  ])('asks for an object when the whole input is %s', (input, shown) => {
    const [problem] = nightProblems(input);
    expect(problem).toMatchObject({ field: 'input', value: shown });
    expect(problem!.remedy).toContain('such as {"night":3}');
  });

  it('keeps to bad names of projects and environments', () => {
    const [project, environment] = nightProblems({ night: 1, project: 'My Game', environment: '../prod' });
    expect(project!.remedy).toBe('expected lower-case letters, digits and hyphens, 63 at most');
    expect(environment!.remedy).toContain('expected a name from graveshift.json');
  });

  it('fails only as InvalidInput, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        const failure = failureOf(() => parseNight(value));
        expect(failure.kind).toBe('InvalidInput');
        for (const problem of problemsOf(failure)) expect(problem.value.length).toBeLessThanOrEqual(80);
      }),
    );
  });
});

describe('a project file', () => {
  const staging = {
    host: 'emulator',
    universeId: '1',
    creator: { type: 'user', id: 2 },
    places: { start: { placeId: '3' } },
  };
  const config = (extra: Record<string, unknown> = {}) => ({
    name: 'demo',
    environments: { staging },
    ...extra,
  });
  const problems = (value: unknown) =>
    problemsOf(failureOf(() => parseInput(projectConfigSchema, 'graveshift.json', value)));

  it('parses', () => {
    expect(parseInput(projectConfigSchema, 'graveshift.json', config()).season.curve).toBe('standard');
  });

  it('names a nested field by its path', () => {
    const value = config({
      environments: { staging: { ...staging, universeId: 'abc', places: { start: { placeId: -3 } } } },
      approvals: { approvers: ['ada', 7] },
      season: { curve: 'hard' },
    });
    expect(problems(value).map((problem) => [problem.field, problem.value])).toEqual([
      ['environments.staging.universeId', '"abc"'],
      ['environments.staging.places.start.placeId', '-3'],
      ['season.curve', '"hard"'],
      ['approvals.approvers[1]', '7'],
    ]);
    expect(problems(value)[0]!.remedy).toContain('A Roblox id: digits');
    expect(problems(value)[2]!.remedy).toContain('"gentle", "standard" or "brutal"');
  });

  it('passes on what a rule of its own says', () => {
    expect(problems(config({ environments: { production: staging } }))).toEqual([
      {
        field: 'environments',
        value: expect.stringMatching(/^\{"production".*…$/) as string,
        remedy: 'expected an environment named "staging"',
      },
    ]);
  });

  it('tells a badly named environment', () => {
    const [problem] = problems(config({ environments: { staging, 'Pro D': staging } }));
    expect(problem).toMatchObject({ field: 'environments.Pro D', value: 'the name "Pro D"' });
  });

  it('never repeats a secret', () => {
    const secret = 'rbx-a1b2c3d4';
    const failure = failureOf(() =>
      parseInput(projectConfigSchema, 'graveshift.json', {
        ...config({ apiKey: secret, season: { theme: { openCloudToken: secret } } }),
        name: `https://someone:${secret}@git.example/game.git`,
      }),
    );
    expect(JSON.stringify([failure.message, failure.details])).not.toContain(secret);
    expect(failure.message).toContain('apiKey: got (not shown)');
  });
});
