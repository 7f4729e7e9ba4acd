import { z } from 'zod';

import { nightNumberSchema } from './difficulty.js';
import { projectNameSchema } from './project.js';

/** As in `graveshift.json`: the names of environments and of their places. */
const configuredName = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9-]*$/, 'expected a name from graveshift.json: lower-case letters, digits and hyphens');

/** The one argument of the workflow `horrorNight`. Only `night` has no default, so that a start by hand is short. */
export const horrorNightInputSchema = z
  .strictObject({
    night: nightNumberSchema,
    project: projectNameSchema
      .optional()
      .describe('A registered project; may be left out where the worker serves only one'),
    environment: configuredName
      .refine((name) => name !== 'production', {
        message:
          'expected a staging environment: production is reached by a deploy, which this version does not have',
      })
      .default('staging')
      .describe('An environment of graveshift.json that is not production'),
    place: configuredName.default('start').describe('A place of that environment'),
    requestedBy: z.string().trim().min(1).max(80).default('anonymous').describe('Who asks, as a claim'),
    reason: z.string().max(500).optional().describe('Why, for the record'),
  })
  .meta({ examples: [{ night: 3 }] });

export type HorrorNightInput = z.infer<typeof horrorNightInputSchema>;
export type HorrorNightRequest = z.input<typeof horrorNightInputSchema>;
