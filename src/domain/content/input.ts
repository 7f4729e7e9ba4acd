import { z } from 'zod';

import { projectNameSchema } from '../project.js';
import { contentRequestSchema, type ContentRequest } from './request.js';

/** As in `graveshift.json`: the names of environments and of their places. */
const configuredName = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9-]*$/, 'expected a name from graveshift.json: lower-case letters, digits and hyphens');

/** The one argument of the workflow `proceduralContent`. Only `contentType` has no default. */
export const contentInputSchema = z
  .strictObject({
    ...contentRequestSchema.shape,
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
  .meta({ examples: [{ contentType: 'forest', variationCount: 12, rules: ['dead-tree spacing 8'] }] });
export type ContentInput = z.infer<typeof contentInputSchema>;

const requestSchema = z.object(contentRequestSchema.shape);

/** The part of the input that says what to make. */
export const requestOf = (input: ContentInput): ContentRequest => requestSchema.parse(input);

/** Names the content in the project, in Git and in the ledger. */
export const contentId = ({ id, contentType }: Pick<ContentRequest, 'id' | 'contentType'>): string =>
  id ?? contentType;
