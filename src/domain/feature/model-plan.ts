import { z } from 'zod';

import { contentWords } from './clause.js';
import type { FeatureWish } from './request.js';
import { featureIdSchema } from './spec.js';

/** The plan of a feature that a language model writes: kept in the store as JSON. */
export const modelPlanSchema = z.object({
  version: z.literal(1),
  generator: z.literal('model'),
  /** Names the work in Git and the ledger. */
  name: featureIdSchema,
  request: z.string(),
});
export type ModelPlan = z.infer<typeof modelPlanSchema>;

const wordsOfName = 3;
const longestName = 32;

/** Its name is the wish's id, or made from the first words that mean something. */
export function planForModel({ id, request = '' }: FeatureWish): ModelPlan {
  const words = contentWords(request.toLowerCase())
    .map((word) => word.replaceAll(/[^a-z0-9]/g, ''))
    .filter((word) => /^[a-z]/.test(word))
    .slice(0, wordsOfName);
  const name =
    id ??
    featureIdSchema.catch('made-to-order').parse(words.join('-').slice(0, longestName).replace(/-+$/, ''));
  return { version: 1, generator: 'model', name, request };
}

export const describeModelPlan = ({ name, request }: ModelPlan): string[] => [
  `${name}, written by a language model: ${request}`,
];
