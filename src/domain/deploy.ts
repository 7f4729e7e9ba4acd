import { z } from 'zod';

import { projectPathSchema } from './change-set.js';
import { watchPolicySchema } from './watch.js';

/** As in `graveshift.json`: the names of environments and of their places. */
export const configuredName = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9-]*$/, 'expected a name from graveshift.json: lower-case letters, digits and hyphens');

const isoTime = z.iso.datetime({ offset: true });

const freezeWindowSchema = z
  .strictObject({ from: isoTime, to: isoTime, reason: z.string().min(1).max(200) })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'expected "from" before "to"');

/** The part `deploy` of `graveshift.json`. */
export const deployPolicySchema = z.strictObject({
  tests: z
    .strictObject({
      script: projectPathSchema
        .optional()
        .describe(
          'Luau that is run in the cloud on the staged version; without it the project’s unit tests are',
        ),
      timeoutSeconds: z.int().min(1).max(300).default(120),
    })
    .prefault({}),
  bleedOffMinutes: z
    .int()
    .min(0)
    .max(240)
    .default(10)
    .describe('How long players may stay on servers of the old version; 0 closes them at once'),
  proofMinutes: z
    .int()
    .min(0)
    .max(480)
    .default(20)
    .describe('How long to wait, after the bleed-off, until no server runs an old version'),
  snapshotDataStores: z.boolean().default(true).describe('Snapshot the data stores before players get it'),
  watch: watchPolicySchema.prefault({}),
  automaticRollback: z
    .boolean()
    .default(true)
    .describe('Take a release back by itself when its watch says fail; otherwise ask for attention'),
  freezeWindows: z
    .array(freezeWindowSchema)
    .default([])
    .describe(
      'Times in which nothing is deployed, such as a holiday week-end; rollbacks are never held back',
    ),
  rollback: z
    .strictObject({
      confirmations: z
        .union([z.literal(1), z.literal(2)])
        .default(2)
        .describe('2: the request and a second yes, by the same person or another; 1: the request alone'),
      secondPerson: z.boolean().default(false).describe('The second yes must come from somebody else'),
      standing: z
        .array(z.string().min(1).max(80))
        .default([])
        .describe('Who may roll back on a single request'),
    })
    .prefault({}),
});
export type DeployPolicy = z.infer<typeof deployPolicySchema>;

const requestedBy = z.string().trim().min(1).max(80).default('anonymous').describe('Who asks, as a claim');

/** The one argument of the workflow `deploy`. Everything has a default: what staging holds goes to production. */
export const deployInputSchema = z
  .strictObject({
    project: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and hyphens, 63 at most')
      .optional()
      .describe('A registered project; may be left out where the worker serves only one'),
    from: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('A staged tag (night-3) or commit; absent: what staging holds'),
    to: configuredName
      .refine((name) => name !== 'staging', 'expected another environment than staging, such as production')
      .default('production')
      .describe('Environment that it goes to'),
    place: configuredName.default('start').describe('A place of that environment'),
    version: z
      .string()
      .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, 'expected MAJOR.MINOR.PATCH, such as 1.4.0')
      .optional()
      .describe('Version of the release; absent: the next one'),
    dryRun: z.boolean().default(false).describe('All but the writes, with the calls that would be made'),
    ramp: z
      .strictObject({
        key: z.string().min(1).max(100).describe('In-experience config key that switches the content on'),
        on: z.json().default(true),
        off: z.json().default(false),
      })
      .optional()
      .describe('Publish dark, then switch it on for more and more players, watched all the while'),
    window: z
      .strictObject({ notBefore: isoTime.optional(), notAfter: isoTime.optional() })
      .refine(
        ({ notBefore, notAfter }) =>
          notBefore === undefined || notAfter === undefined || Date.parse(notBefore) < Date.parse(notAfter),
        'expected notBefore to be earlier than notAfter',
      )
      .optional()
      .describe('When it may go to players'),
    requestedBy,
    reason: z.string().max(500).optional().describe('Why, for the record'),
  })
  .meta({ examples: [{}, { from: 'night-3', window: { notBefore: '2026-10-31T18:00:00Z' } }] });
export type DeployInput = z.infer<typeof deployInputSchema>;

/** The one argument of the workflow `emergencyRollback`. */
export const rollbackInputSchema = z
  .strictObject({
    project: deployInputSchema.shape.project,
    environment: configuredName.default('production').describe('Environment whose place goes back'),
    place: configuredName.default('start').describe('A place of that environment'),
    to: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Release (1.4.0, v1.4.0, a digest) or run to go back to; absent: the last stable one'),
    reason: z.string().trim().min(3).max(500).describe('What is wrong: goes into the record and the notices'),
    confirm: z
      .string()
      .max(63)
      .optional()
      .describe("The place's name, typed again: the second confirmation by the same person"),
    requestedBy,
    drill: z
      .boolean()
      .default(false)
      .describe('Exercise: everything but Git, post-mortem and configs, and then back to what it was'),
  })
  .refine(({ drill, environment }) => !drill || environment === 'staging', {
    path: ['environment'],
    message: 'a drill goes against staging: it restarts servers, and nobody is asked',
  })
  .meta({ examples: [{ reason: 'the gate crashes servers', confirm: 'start' }] });
export type RollbackInput = z.infer<typeof rollbackInputSchema>;
