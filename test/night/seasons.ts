import fc from 'fast-check';

import type { CurveSettings } from '../../src/domain/difficulty.js';
import { seasonSchema, type Season } from '../../src/domain/project.js';

export const curves = ['gentle', 'standard', 'brutal'] as const satisfies Season['curve'][];
export const audiences = [
  'minimal',
  'mild',
  'moderate',
  'restricted',
] as const satisfies Season['audience'][];

export const season = (settings: Partial<Season> = {}): Season => seasonSchema.parse(settings);

export const anySettings: fc.Arbitrary<CurveSettings> = fc.record({
  curve: fc.constantFrom(...curves),
  audience: fc.constantFrom(...audiences),
  firstNight: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1000 })),
});

export const anySeason: fc.Arbitrary<Season> = fc
  .tuple(
    anySettings,
    fc.record({
      seed: fc.integer({ min: 0, max: 0xffff_ffff }),
      theme: fc
        .string({ minLength: 1, maxLength: 120, unit: 'grapheme' })
        .filter((theme) => theme.length <= 120),
    }),
  )
  .map(([settings, rest]) => ({ ...settings, ...rest }));

export const anyNight = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1000 }));
