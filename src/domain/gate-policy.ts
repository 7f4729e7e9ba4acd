import { z } from 'zod';

/** The gates that a project's policy decides about, in the order in which people read them. */
export const releaseGates = [
  'tasks',
  'review',
  'unit-tests',
  'coverage',
  'integration',
  'staging-tests',
  'performance',
  'security',
  'docs',
  'publish-safety',
] as const;
export type ReleaseGate = (typeof releaseGates)[number];

/** Advisory in a new project's policy: what people pushed themselves was not played, and could never be released. */
export const advisoryAtFirst = ['integration'] as const satisfies readonly ReleaseGate[];

const levelSchema = z.enum(['required', 'advisory', 'off']);
export type GateLevel = z.infer<typeof levelSchema>;

const level = (what: string) => levelSchema.default('required').describe(what);

const levelsSchema = z.strictObject({
  tasks: level('Every step of the run that staged it is done, none skipped'),
  review: level('A person, or the review of a pull request, said yes to the change'),
  'unit-tests': level("The project's Luau compiles and its tests pass, at the commit that is released"),
  coverage: level('Share of lines of the generated Luau that tests run'),
  integration: level('The night was played through without a screen'),
  'staging-tests': level('Tests passed in the cloud, on the very version that staging got'),
  performance: level('Size and number of what the place holds'),
  security: level('No secrets, foreign code, unknown hosts, unchecked remotes or unlicensed assets'),
  docs: level('Whoever changed code told people: a changelog or a page changed too'),
  'publish-safety': level('The place holds nothing that publishing by the API would not update'),
} satisfies Record<ReleaseGate, z.ZodType>);

const hostSchema = z
  .string()
  .regex(
    /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    'expected a host name, such as api.example.com or *.example.com',
  );

const assetIdSchema = z
  .union([z.string().regex(/^[1-9][0-9]{0,18}$/), z.int().positive()])
  .transform((id) => String(id));

/** What a project asks of a release before it may go to production. Numbers are starting points of ours, not limits of Roblox. */
export const gatePolicySchema = z.strictObject({
  mode: z
    .enum(['automatic', 'manual'])
    .default('automatic')
    .describe(
      '"manual": each required gate is a person\'s tick, for the day when the tools are down; what a tool failed stays failed',
    ),
  policy: levelsSchema
    .prefault({})
    .describe('"required": only a pass lets the release go; "advisory": shown; "off": not asked for'),
  coverage: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe('Least share of lines: the rest is mostly what only the engine can run'),
  performance: z
    .strictObject({
      instances: z
        .int()
        .positive()
        .default(50_000)
        .describe('Most instances in the place: each takes memory on every phone that joins'),
      scriptCount: z
        .int()
        .positive()
        .default(2_000)
        .describe('Most scripts and modules in the place: all of them are compiled before play begins'),
      placeMiB: z
        .number()
        .positive()
        .default(50)
        .describe('Largest place file, in MiB: every server loads it before anybody can play'),
      downloadMiB: z
        .number()
        .positive()
        .default(150)
        .describe('Most that a player loads, in MiB: the place and the meshes of the release'),
    })
    .prefault({}),
  security: z
    .strictObject({
      allowedHosts: z
        .array(hostSchema)
        .default([])
        .describe('Hosts that the game may call by HttpService; "*.example.com" covers all below it'),
      allowedAssets: z
        .array(assetIdSchema)
        .default([])
        .describe('Ids of assets of others that scripts may require or load'),
    })
    .prefault({}),
  publishSafety: z
    .strictObject({
      accept: z
        .array(z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'expected a class name, such as SurfaceAppearance'))
        .default([])
        .describe('Classes that the place may hold although publishing by the API does not update them'),
    })
    .prefault({}),
});
export type GatePolicy = z.infer<typeof gatePolicySchema>;
