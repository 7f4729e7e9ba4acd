import { z } from 'zod';

import { deprecatedGlobals, discouragedArguments, removedMembers } from './known-deprecations.js';
import type { ApiMember, RobloxApi } from './model.js';

const namesByClass = z.record(z.string(), z.array(z.string()));
const adviceByClass = z.record(z.string(), z.record(z.string(), z.string()));

/** What a definition file cannot say; `luau-kit` reads it beside the definitions. */
export const robloxApiMetadataSchema = z.object({
  /** `@rbxts/types 1.0.954`. */
  version: z.string(),
  /** Class → member → what to use instead; empty where nothing takes its place. Enum items stand under `EnumX_INTERNAL`. */
  deprecated: adviceByClass,
  /** Class → what to use instead, of classes that are not to be created or got any more. */
  deprecatedClasses: z.record(z.string(), z.string()),
  deprecatedGlobals: z.record(z.string(), z.string()),
  /** Function (`Instance.new`) → number of the argument, from 1 → what to do instead. */
  discouragedArguments: adviceByClass,
  /** Class → member that is gone, or that scripts cannot use → what to do. Not declared, so that using it is an error. */
  removed: adviceByClass,
  /** What `Instance.new` makes. */
  creatable: z.array(z.string()),
  /** What `GetService` answers. */
  services: z.array(z.string()),
  /** Class → properties that scripts may not write. */
  readonly: namesByClass,
  /** Class → callbacks, which scripts may not read. */
  writeonly: namesByClass,
  enums: z.array(z.string()),
});
export type RobloxApiMetadata = z.infer<typeof robloxApiMetadataSchema>;

export function describeMetadata(api: RobloxApi): RobloxApiMetadata {
  const deprecatedItems = api.enums.map(
    ({ name, items }) => [`Enum${name}_INTERNAL`, deprecatedOnes(items)] as const,
  );
  const deprecatedMembers = api.classes.map(({ name, members }) => [name, deprecatedOnes(members)] as const);
  return {
    version: `@rbxts/types ${api.version}`,
    deprecated: Object.fromEntries(
      [...deprecatedMembers, ...deprecatedItems].filter(([, advice]) => Object.keys(advice).length > 0),
    ),
    deprecatedClasses: deprecatedOnes(api.classes),
    deprecatedGlobals: { ...deprecatedOnes(api.globals), ...deprecatedGlobals },
    discouragedArguments,
    removed: removedMembers,
    creatable: api.creatable,
    services: api.services,
    readonly: membersWhere(api, ({ kind, access }) => kind === 'property' && access === 'read'),
    writeonly: membersWhere(api, ({ access }) => access === 'write'),
    enums: api.enums.map(({ name }) => name),
  };
}

function deprecatedOnes(
  items: readonly { name: string; deprecated?: string | undefined }[],
): Record<string, string> {
  return Object.fromEntries(
    items.flatMap(({ name, deprecated }) => (deprecated === undefined ? [] : [[name, deprecated]])),
  );
}

function membersWhere(api: RobloxApi, fits: (member: ApiMember) => boolean): Record<string, string[]> {
  return Object.fromEntries(
    api.classes
      .map(({ name, members }) => [name, members.filter(fits).map((member) => member.name)] as const)
      .filter(([, names]) => names.length > 0),
  );
}
