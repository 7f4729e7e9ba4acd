import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const studs = z.number().positive().max(2000);
/** Of one kind; absent: of every kind. */
const kind = name.optional();

/** What must hold of a layout. Distances are studs between the middles; a density is per 1,000 square studs. */
const contentRuleSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('spacing'), kind, studs }),
  z.strictObject({ rule: z.literal('density'), kind, density: z.number().nonnegative().max(1000) }),
  z.strictObject({ rule: z.literal('near'), kind: name, of: name, studs }),
  z.strictObject({ rule: z.literal('never-near'), kind: name, of: name, studs }),
  z.strictObject({ rule: z.literal('at-most'), kind: name, count: z.int().nonnegative().max(100_000) }),
  z.strictObject({ rule: z.literal('clusters'), kind: name, size: z.int().min(2).max(20), studs }),
  z.strictObject({ rule: z.literal('only-in'), kind: name, biomes: z.array(name).min(1).max(10) }),
  z.strictObject({ rule: z.literal('slope'), kind, degrees: z.number().min(0).max(90) }),
  z.strictObject({
    rule: z.literal('keep-clear'),
    x: z.number().nonnegative(),
    z: z.number().nonnegative(),
    studs,
  }),
  z.strictObject({ rule: z.literal('never-joined'), kind: name, of: name }),
]);
export type ContentRule = z.infer<typeof contentRuleSchema>;

const word = '([a-z][a-z0-9-]*)';
const number = '([0-9]+(?:\\.[0-9]+)?)';
const optionalKind = `(?:${word} )?`;

/** How rules are written in words; docs/content.md lists the same. */
const forms: readonly [form: string, pattern: RegExp, read: (parts: (string | undefined)[]) => unknown][] = [
  [
    '[KIND] spacing STUDS',
    new RegExp(`^${optionalKind}spacing ${number}$`),
    ([of, value]) => ({ rule: 'spacing', kind: of, studs: Number(value) }),
  ],
  [
    '[KIND] density PER_1000_SQUARE_STUDS',
    new RegExp(`^${optionalKind}density ${number}$`),
    ([of, value]) => ({ rule: 'density', kind: of, density: Number(value) }),
  ],
  [
    'KIND never near KIND STUDS',
    new RegExp(`^${word} never near ${word} ${number}$`),
    ([of, other, value]) => ({ rule: 'never-near', kind: of, of: other, studs: Number(value) }),
  ],
  [
    'KIND near KIND STUDS',
    new RegExp(`^${word} near ${word} ${number}$`),
    ([of, other, value]) => ({ rule: 'near', kind: of, of: other, studs: Number(value) }),
  ],
  [
    '[KIND] slope at most DEGREES',
    new RegExp(`^${optionalKind}slope at most ${number}$`),
    ([of, value]) => ({ rule: 'slope', kind: of, degrees: Number(value) }),
  ],
  [
    'KIND at most COUNT',
    new RegExp(`^${word} at most ([0-9]+)$`),
    ([of, value]) => ({ rule: 'at-most', kind: of, count: Number(value) }),
  ],
  [
    'KIND clusters of COUNT within STUDS',
    new RegExp(`^${word} clusters of ([0-9]+) within ${number}$`),
    ([of, size, value]) => ({ rule: 'clusters', kind: of, size: Number(size), studs: Number(value) }),
  ],
  [
    'KIND only in BIOME[, BIOME]',
    new RegExp(`^${word} only in (${word}(?:, ?${word})*)$`),
    ([of, biomes]) => ({ rule: 'only-in', kind: of, biomes: (biomes ?? '').split(/, ?/) }),
  ],
  [
    'keep clear X Z within STUDS',
    new RegExp(`^keep clear ${number} ${number} within ${number}$`),
    ([x, z, value]) => ({ rule: 'keep-clear', x: Number(x), z: Number(z), studs: Number(value) }),
  ],
  [
    'ROOM never beside ROOM',
    new RegExp(`^${word} never beside ${word}$`),
    ([of, other]) => ({ rule: 'never-joined', kind: of, of: other }),
  ],
];

export const ruleForms = forms.map(([form]) => form);

/** A rule as data, or in words such as `gravestone never near well 10`. */
export const ruleSchema = z.unknown().transform((value, context): ContentRule => {
  const parsed = contentRuleSchema.safeParse(typeof value === 'string' ? inWords(value) : value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  const about = typeof value === 'string' || where === '' ? '' : ` (wrong: ${where})`;
  context.addIssue({ code: 'custom', message: `expected a rule such as ${ruleForms.join(' | ')}${about}` });
  return z.NEVER;
});

function inWords(text: string): unknown {
  const plain = text.trim().toLowerCase().replace(/\s+/g, ' ');
  for (const [, pattern, read] of forms) {
    const match = pattern.exec(plain);
    if (match) return read(match.slice(1));
  }
  return undefined;
}
