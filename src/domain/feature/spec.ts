import { z } from 'zod';

import { enemyKinds } from '../night.js';

export const featureKinds = [
  'collectible',
  'door',
  'shop',
  'npc',
  'quest',
  'weather',
  'safe-zone',
  'trap',
  'chase',
  'leaderboard',
] as const;
export type FeatureKind = (typeof featureKinds)[number];

export const colours = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'white',
  'black',
  'grey',
  'brown',
  'gold',
  'silver',
] as const;
export const colourSchema = z.enum(colours);
export type Colour = z.infer<typeof colourSchema>;

export const weathers = ['clear', 'fog', 'rain', 'storm', 'snow'] as const;
export const trapStyles = ['spikes', 'jaws', 'flames'] as const;
export const leaderboardStats = ['coins', 'collected', 'quests', 'escapes', 'minutes'] as const;

/** What players read: one line of letters, digits and plain punctuation, so that it is nothing but words anywhere. */
const shown = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^[\p{L}\p{N} ,.;:!?'’()&%+-]+$/u, 'expected letters, digits, spaces and plain punctuation');
export const featureNameSchema = shown(32);
const lineSchema = shown(200);

export const featureIdSchema = z
  .string()
  .max(48)
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'expected lower-case words joined by hyphens, such as shop-candles',
  );

const common = {
  id: featureIdSchema
    .optional()
    .describe(
      'Names the feature in the project: the same id again replaces it. Made from the rest where absent',
    ),
  near: featureNameSchema
    .default('spawn')
    .describe('Something of the game to stand at: the name of an instance in Workspace, or "spawn"'),
};

const whole = (lowest: number, highest: number) => z.int().min(lowest).max(highest);

export const collectibleSpecSchema = z.strictObject({
  feature: z.literal('collectible'),
  ...common,
  item: featureNameSchema.default('coin'),
  count: whole(1, 60).default(12),
  value: whole(1, 1000).default(1).describe('Coins for one'),
  respawnSeconds: whole(0, 3600).default(30).describe('0: gone for good until the server restarts'),
  colour: colourSchema.default('gold'),
});

export const doorSpecSchema = z.strictObject({
  feature: z.literal('door'),
  ...common,
  doors: whole(1, 8).default(1),
  colour: colourSchema.default('red'),
  openSeconds: whole(0, 600).default(0).describe('Closes again after so long; 0: it stays open'),
  keepsKey: z.boolean().default(true).describe('False: the key breaks when it has opened a door'),
});

export const shopItemSchema = z.strictObject({
  name: featureNameSchema,
  price: whole(1, 100_000).default(10).describe('Coins'),
  light: z.boolean().default(false).describe('True: it gives light when held'),
});

export const shopSpecSchema = z.strictObject({
  feature: z.literal('shop'),
  ...common,
  keeper: featureNameSchema.default('Shopkeeper'),
  items: z
    .array(shopItemSchema)
    .min(1)
    .max(8)
    .refine((items) => new Set(items.map(({ name }) => name.toLowerCase())).size === items.length, {
      message: 'expected items with different names',
    })
    .default([{ name: 'candle', price: 10, light: true }]),
  welcomeCoins: whole(0, 10_000).default(50).describe("A new player's first coins"),
  limit: whole(1, 99).default(10).describe('Most that a player owns of one item'),
});

export const npcSpecSchema = z.strictObject({
  feature: z.literal('npc'),
  ...common,
  name: featureNameSchema.default('Villager'),
  greeting: lineSchema.default('You should not be out here after dark.'),
  topics: z
    .array(z.strictObject({ ask: shown(60), answer: lineSchema }))
    .max(4)
    .default([
      { ask: 'What happened here?', answer: 'They came with the fog, and the bells have not rung since.' },
      { ask: 'Where is it safe?', answer: 'Stay near the light, and do not run unless you must.' },
    ]),
  farewell: lineSchema.default('Keep your light burning.'),
  colour: colourSchema.default('brown'),
});

export const questSpecSchema = z.strictObject({
  feature: z.literal('quest'),
  ...common,
  title: featureNameSchema.default('Lost things'),
  giver: featureNameSchema.default('Notice board'),
  item: featureNameSchema.default('candle'),
  count: whole(1, 20).default(5),
  reward: whole(1, 10_000).default(50).describe('Coins'),
  repeatMinutes: whole(0, 1440).default(0).describe('May be done again after so long; 0: once'),
});

export const weatherSpecSchema = z.strictObject({
  feature: z.literal('weather'),
  ...common,
  dayMinutes: whole(1, 240).default(12).describe('Real minutes of a whole day'),
  startHour: whole(0, 23).default(17),
  weathers: z
    .array(z.enum(weathers))
    .min(1)
    .max(weathers.length)
    .refine((list) => new Set(list).size === list.length, { message: 'expected each weather once' })
    .default(['clear', 'fog', 'rain']),
  changeSeconds: whole(20, 3600).default(120),
});

export const safeZoneSpecSchema = z.strictObject({
  feature: z.literal('safe-zone'),
  ...common,
  radius: whole(6, 120).default(24).describe('Studs'),
  healPerSecond: whole(0, 50).default(5),
  colour: colourSchema.default('green'),
});

export const trapSpecSchema = z.strictObject({
  feature: z.literal('trap'),
  ...common,
  style: z.enum(trapStyles).default('spikes'),
  count: whole(1, 20).default(4),
  damage: whole(1, 100).default(25).describe('Of the 100 that a player has'),
  rearmSeconds: whole(1, 300).default(6),
  radius: whole(2, 20).default(4).describe('Studs'),
});

export const chaseSpecSchema = z.strictObject({
  feature: z.literal('chase'),
  ...common,
  creature: z.enum(enemyKinds).default('shambler'),
  count: whole(1, 5).default(1),
  speed: whole(4, 24).default(13).describe('Studs a second; a player walks 16'),
  sight: whole(10, 200).default(50).describe('Studs'),
  giveUpSeconds: whole(2, 120).default(12),
  damage: whole(1, 100).default(40),
  reward: whole(0, 1000).default(5).describe('Coins for shaking it off'),
});

export const leaderboardSpecSchema = z.strictObject({
  feature: z.literal('leaderboard'),
  ...common,
  stat: z.enum(leaderboardStats).default('coins'),
  size: whole(3, 25).default(10),
  refreshSeconds: whole(30, 600).default(60),
});

export const specSchemas = {
  collectible: collectibleSpecSchema,
  door: doorSpecSchema,
  shop: shopSpecSchema,
  npc: npcSpecSchema,
  quest: questSpecSchema,
  weather: weatherSpecSchema,
  'safe-zone': safeZoneSpecSchema,
  trap: trapSpecSchema,
  chase: chaseSpecSchema,
  leaderboard: leaderboardSpecSchema,
} as const satisfies Record<FeatureKind, z.ZodType>;

/** One feature with all its options; each has a default, so `{"feature": "shop"}` is enough. */
export const featureSpecSchema = z.discriminatedUnion('feature', [
  collectibleSpecSchema,
  doorSpecSchema,
  shopSpecSchema,
  npcSpecSchema,
  questSpecSchema,
  weatherSpecSchema,
  safeZoneSpecSchema,
  trapSpecSchema,
  chaseSpecSchema,
  leaderboardSpecSchema,
]);
export type FeatureSpec = z.infer<typeof featureSpecSchema>;
export type FeatureSpecInput = z.input<typeof featureSpecSchema>;
export type SpecOf<Kind extends FeatureKind> = Extract<FeatureSpec, { feature: Kind }>;
