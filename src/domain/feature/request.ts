import { z } from 'zod';

import { projectNameSchema } from '../project.js';
import { featureIdSchema, featureSpecSchema } from './spec.js';

/** As in `graveshift.json`: the names of environments and of their places. */
const configuredName = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9-]*$/, 'expected a name from graveshift.json: lower-case letters, digits and hyphens');

export const mostFeatures = 5;

const wordsSchema = z
  .string()
  .trim()
  .min(1)
  .max(500, 'expected 500 characters at most: say more in a spec')
  .describe('What to make, in plain English');

const specSchema = z
  .preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z
      .array(featureSpecSchema)
      .min(1)
      .max(mostFeatures)
      .refine((specs) => {
        const ids = specs.flatMap(({ id }) => (id === undefined ? [] : [id]));
        return new Set(ids).size === ids.length;
      }, 'expected features with different ids'),
  )
  .describe('What to make, with its options: one feature or a list of them');

/** What is asked for: plain words, or specs. */
export const featureWishSchema = z
  .strictObject({
    request: wordsSchema.optional(),
    spec: specSchema.optional(),
    id: featureIdSchema.optional().describe('Names the work, where the request is for one feature'),
    generator: z
      .enum(['templates', 'model'])
      .default('templates')
      .describe(
        'Who writes the code: the tested templates, or a language model of graveshift.json for what no template covers',
      ),
    seed: z.int().min(0).max(0xffff_ffff).default(1).describe('Another seed sets things up elsewhere'),
  })
  .refine(({ request, spec }) => (request === undefined) !== (spec === undefined), {
    message: 'expected either "request" (plain words) or "spec" (a feature with its options)',
  })
  .refine(({ generator, request }) => generator === 'templates' || request !== undefined, {
    path: ['request'],
    message: 'expected plain words: a language model is not given a spec',
  });
export type FeatureWish = z.infer<typeof featureWishSchema>;

/** The one argument of the workflow `feature`. */
export const featureInputSchema = z
  .strictObject({
    ...featureWishSchema.shape,
    project: projectNameSchema
      .optional()
      .describe('A registered project; may be left out where the worker serves only one'),
    environment: configuredName
      .refine((name) => name !== 'production', {
        message: 'expected a staging environment: production is reached by a deploy of what was staged',
      })
      .default('staging')
      .describe('An environment of graveshift.json that is not production'),
    place: configuredName.default('start').describe('A place of that environment'),
    dryRun: z.boolean().default(false).describe('True: ends with the plan; nothing is spent or changed'),
    requestedBy: z.string().trim().min(1).max(80).default('anonymous').describe('Who asks, as a claim'),
    reason: z.string().max(500).optional().describe('Why, for the record'),
  })
  .refine(({ request, spec }) => (request === undefined) !== (spec === undefined), {
    message: 'expected either "request" (plain words) or "spec" (a feature with its options)',
  })
  .refine(({ generator, request }) => generator === 'templates' || request !== undefined, {
    path: ['request'],
    message: 'expected plain words: a language model is not given a spec',
  })
  .meta({ examples: [{ request: 'a shop where players buy candles with coins' }] });

export type FeatureInput = z.infer<typeof featureInputSchema>;

/** The part of the input that says what to make. */
export function wishOf({ request, spec, id, seed, generator }: FeatureInput): FeatureWish {
  return {
    seed,
    generator,
    ...(request !== undefined && { request }),
    ...(spec !== undefined && { spec }),
    ...(id !== undefined && { id }),
  };
}
