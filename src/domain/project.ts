import { z } from 'zod';

import { approvalPolicySchema } from './approval-policy.js';
import { meshGeneratorNames } from './asset.js';
import { balanceSettingsSchema } from './balance.js';
import { projectPathSchema } from './change-set.js';
import { gatePolicySchema } from './gate-policy.js';
import { deployPolicySchema } from './deploy.js';
import { modelsConfigSchema } from './model.js';
import { notifyConfigSchema } from './notice.js';

/** Roblox ids are int64: a string of digits; a JSON number is taken where it is exact. */
const robloxId = z
  .union([z.string().regex(/^[1-9][0-9]{0,18}$/), z.int().positive()])
  .transform((id) => String(id))
  .describe('A Roblox id: digits, as a string (numbers are taken where they are exact)');

export const projectNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and hyphens, 63 at most');

const placeSchema = z
  .strictObject({
    placeId: robloxId,
    project: projectPathSchema
      .default('default.project.json')
      .describe('The Rojo project file that this place is built from'),
  })
  .describe('A place of the universe');

export const environmentSchema = z.strictObject({
  host: z
    .enum(['emulator', 'roblox'])
    .describe(
      '"emulator": the local Open Cloud; "roblox": apis.roblox.com. Ids of one never stand for the other',
    ),
  universeId: robloxId,
  creator: z
    .strictObject({ type: z.enum(['user', 'group']), id: robloxId })
    .describe('Owner of the experience: uploaded assets must belong to it'),
  places: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/), placeSchema)
    .refine((places) => 'start' in places, 'expected a place named "start"'),
});
export type Environment = z.infer<typeof environmentSchema>;

export const seasonSchema = z.strictObject({
  theme: z.string().min(1).max(120).default('abandoned village'),
  audience: z
    .enum(['minimal', 'mild', 'moderate', 'restricted'])
    .default('mild')
    .describe("Roblox's content maturity label that the game has: bounds fear, darkness and gore"),
  firstNight: z.int().min(1).max(1000).default(1).describe('The night number at which the curve starts'),
  curve: z.enum(['gentle', 'standard', 'brutal']).default('standard'),
  seed: z.int().min(0).max(0xffff_ffff).default(1).describe('Seed of every layout and mesh of the season'),
});
export type Season = z.infer<typeof seasonSchema>;

/** The contents of `graveshift.json` in the root of a game's repository. A key that nothing reads is refused. */
export const projectConfigSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors'),
  name: projectNameSchema,
  environments: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/), environmentSchema)
    .refine((environments) => 'staging' in environments, 'expected an environment named "staging"'),
  branches: z
    .strictObject({
      main: z.string().min(1).default('main').describe('What production holds'),
      next: z.string().min(1).default('graveshift/next').describe('What staging holds'),
    })
    .prefault({}),
  prepare: z
    .array(
      z.strictObject({
        run: z.array(z.string().min(1)).min(1).describe('Program and arguments, without a shell'),
        timeoutSeconds: z.int().min(1).max(3600).default(300),
      }),
    )
    .default([])
    .describe('Run in a clean checkout before each build, such as {"run": ["wally", "install"]}'),
  code: z
    .strictObject({
      shared: projectPathSchema
        .default('src/shared')
        .describe('Folder that Rojo maps into ReplicatedStorage'),
      server: projectPathSchema
        .default('src/server')
        .describe('Folder that Rojo maps into ServerScriptService'),
      client: projectPathSchema
        .default('src/client')
        .describe(
          'Folder that Rojo maps into StarterPlayer.StarterPlayerScripts; needed by what players see on their own screen',
        ),
    })
    .prefault({}),
  season: seasonSchema.prefault({}),
  generators: z
    .strictObject({
      mesh: z
        .array(z.enum(meshGeneratorNames))
        .min(1)
        .default(['procedural'])
        .describe('Mesh generators in order of preference; the next one is the alternative when one fails'),
    })
    .prefault({}),
  models: modelsConfigSchema
    .prefault({})
    .describe('Language models that write code which no template covers'),
  approvals: approvalPolicySchema.prefault({}),
  gates: gatePolicySchema.prefault({}),
  balance: balanceSettingsSchema.prefault({}),
  deploy: deployPolicySchema.prefault({}),
  notify: notifyConfigSchema.prefault({}),
  budget: z
    .strictObject({
      runUsd: z.number().nonnegative().default(10).describe('Most that one run may spend, in US dollars'),
    })
    .prefault({}),
  rojo: z
    .strictObject({
      serve: z
        .url({ protocol: /^http$/, hostname: /^(localhost|127\.0\.0\.1|\[::1\])$/ })
        .default('http://127.0.0.1:34872')
        .describe("Where a developer's `rojo serve` answers; compared with the build when it runs"),
    })
    .prefault({}),
});
export type ProjectConfig = z.infer<typeof projectConfigSchema>;

/** Where a run publishes to: one place of one environment. */
export type PublishTarget = {
  environment: string;
  host: Environment['host'];
  universeId: string;
  creator: Environment['creator'];
  placeName: string;
  placeId: string;
  /** The Rojo project file that the place is built from. */
  rojoProject: string;
};

/** What a run knows of its project, read once at its start and kept. */
export type ProjectSnapshot = {
  name: string;
  /** Commit that the run starts from: the tip of the staging branch, or of main where that holds all of it already. */
  baseCommit: string;
  /** Tip of the staging branch when the run started; absent where there is none yet. */
  nextCommit?: string;
  config: ProjectConfig;
  target: PublishTarget;
};

/** Reads a project's committed files. Implemented in `adapters/git`; a checkout is never touched. */
export interface ProjectFiles {
  /** The file's bytes at the commit; undefined when there is no such file. */
  read(project: string, commit: string, path: string): Promise<Uint8Array | undefined>;
  /** Paths of all files under the folder at the commit, from the project's root, sorted; none when there is no such folder. */
  list(project: string, commit: string, folder: string): Promise<string[]>;
}
