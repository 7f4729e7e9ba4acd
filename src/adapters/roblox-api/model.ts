import { z } from 'zod';

/**
 * The engine's API as scripts of a game see it. Types are Luau, as text: the model is written to the cache beside the
 * definitions and read back for prompts and advice.
 */
export const apiMemberSchema = z.object({
  name: z.string(),
  kind: z.enum(['property', 'method', 'event', 'callback']),
  /** As it stands in a definition file: `Name: string`, `function Destroy(self): ()`. */
  declaration: z.string(),
  access: z.enum(['read', 'write', 'read-write']),
  /** Marked as deprecated: what to use instead, or empty where nothing takes its place. */
  deprecated: z.string().optional(),
});
export type ApiMember = z.infer<typeof apiMemberSchema>;

export const apiClassSchema = z.object({
  name: z.string(),
  superclass: z.string().optional(),
  /** An instance class, or a value such as `Vector3`. */
  kind: z.enum(['class', 'datatype']),
  deprecated: z.string().optional(),
  members: z.array(apiMemberSchema),
});
export type ApiClass = z.infer<typeof apiClassSchema>;

export const apiEnumSchema = z.object({
  name: z.string(),
  items: z.array(z.object({ name: z.string(), deprecated: z.string().optional() })),
});
export type ApiEnum = z.infer<typeof apiEnumSchema>;

export const apiGlobalSchema = z.object({
  name: z.string(),
  /** What follows `declare`: `function tick(): number`, `game: DataModel`. */
  declaration: z.string(),
  deprecated: z.string().optional(),
});
export type ApiGlobal = z.infer<typeof apiGlobalSchema>;

export const robloxApiSchema = z.object({
  /** Of `@rbxts/types`. */
  version: z.string(),
  /** Superclasses come before their subclasses. */
  classes: z.array(apiClassSchema),
  enums: z.array(apiEnumSchema),
  /** Named table types of arguments and results. */
  aliases: z.array(z.object({ name: z.string(), type: z.string() })),
  globals: z.array(apiGlobalSchema),
  services: z.array(z.string()),
  creatable: z.array(z.string()),
});
export type RobloxApi = z.infer<typeof robloxApiSchema>;
