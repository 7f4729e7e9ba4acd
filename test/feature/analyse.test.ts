import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GraveshiftError } from '../../src/domain/failure.js';
import { analyseRequest } from '../../src/domain/feature/analyse.js';
import { examples, headWords } from '../../src/domain/feature/lexicon.js';
import { featurePlanSchema, planFeatures } from '../../src/domain/feature/plan.js';
import { featureWishSchema } from '../../src/domain/feature/request.js';
import { colours, featureKinds } from '../../src/domain/feature/spec.js';
import { seasonSchema } from '../../src/domain/project.js';
import { refused, sentences } from './sentences.js';

const season = seasonSchema.parse({});

describe('plain words', () => {
  const cases = sentences.map(([words, ...expected]) => ({ words, expected }));
  it.each(cases)('$words', ({ words, expected }) => {
    const { features, understood } = analyseRequest(words);
    expect(features).toMatchObject(expected);
    expect(features).toHaveLength(expected.length);
    expect(understood).toHaveLength(expected.length);
  });

  it.each(refused)('%s: refused, with what can be asked for', (words, answer) => {
    expect(() => analyseRequest(words)).toThrow(
      expect.objectContaining({
        kind: 'InvalidInput',
        message: expect.stringMatching(answer) as string,
      }) as Error,
    );
  });

  it.each(featureKinds)('%s: the example that is shown is understood whole', (kind) => {
    const { features, ignored, confidence } = analyseRequest(examples[kind]);
    expect(features.map(({ feature }) => feature)).toEqual([kind]);
    expect({ ignored, confidence }).toEqual({ ignored: [], confidence: 1 });
  });

  it('says what it did not understand, and how much that is', () => {
    const { ignored, confidence } = analyseRequest('a red blue door');
    expect(ignored).toEqual(['blue']);
    expect(confidence).toBeCloseTo(2 / 3, 2);
  });
});

/** Either a plan that its own schema accepts, or a refusal that names the field. */
function planOrRefusal(words: string): 'plan' | 'refusal' {
  try {
    const wish = featureWishSchema.parse({ request: words });
    const analysis = analyseRequest(words);
    const input = { wish, analysed: { analysis, analyser: 'rules' }, season };
    const plan = planFeatures(input);
    featurePlanSchema.parse(plan);
    expect(planFeatures(input)).toEqual(plan);
    expect(analysis.confidence).toBeGreaterThan(0);
    expect(analysis.confidence).toBeLessThanOrEqual(1);
    return 'plan';
  } catch (error) {
    expect(error).toBeInstanceOf(GraveshiftError);
    expect(error).toMatchObject({ kind: 'InvalidInput', message: expect.stringContaining('got') as string });
    return 'refusal';
  }
}

describe('any words', () => {
  it('give a valid plan or a clear refusal', () => {
    const fits = (text: string) => text.trim() !== '';
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).filter(fits), (words) => {
        planOrRefusal(words);
      }),
      { numRuns: 300 },
    );
  });

  it('that are made of ours do, too, and often give a plan', () => {
    const word = fc.constantFrom(
      ...headWords,
      ...colours,
      ...'a an the three 7 -2 99999 and , . with near by chapel well that costs for 5 coins every minutes seconds called sells "hi" says of in'.split(
        ' ',
      ),
    );
    const outcomes = { plan: 0, refusal: 0 };
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 14 }), (list) => {
        outcomes[planOrRefusal(list.join(' '))]++;
      }),
      { numRuns: 800 },
    );
    expect(outcomes.plan).toBeGreaterThan(100);
  });

  it('end soon, however they are made', () => {
    // Patterns that go back and forth over such texts would take longer than anybody waits for a test.
    for (const part of [
      'a ',
      'near the ',
      'buy candle, ',
      '"',
      "'x ",
      '9',
      'sells a b c and ',
      'every 5 ',
      '@q0 ',
    ]) {
      planOrRefusal(`a shop ${part.repeat(600)}`.slice(0, 500));
    }
  });
});
