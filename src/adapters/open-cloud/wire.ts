import { z } from 'zod';

/** An int64 as Roblox writes it, sometimes a string and sometimes a number; a string of digits from here on. */
export const int64 = z
  .union([z.string().regex(/^[0-9]{1,19}$/), z.int().nonnegative()])
  .transform((id) => String(id));

/** A version number, which the history answers as a string. */
export const versionNumber = z
  .union([z.int().positive(), z.string().regex(/^[1-9][0-9]{0,9}$/)])
  .transform((version) => Number(version));

export const publishAnswerSchema = z.object({ versionNumber });

export const versionHistorySchema = z.object({
  // Absent, null and "" have all been seen for the last page.
  nextCursor: z
    .string()
    .nullish()
    .transform((cursor) => (cursor === '' || cursor === null ? undefined : cursor)),
  placeVersions: z
    .array(
      z.object({
        version: versionNumber,
        isPublished: z.boolean().default(false),
        createdBy: int64.nullish(),
        createdTime: z.string().optional(),
        title: z.string().nullish(),
      }),
    )
    .nullish()
    .transform((versions) => versions ?? []),
});
export type PlaceVersion = z.infer<typeof versionHistorySchema>['placeVersions'][number];

export const locationSchema = z.object({ location: z.url({ protocol: /^https?$/ }) });

const moderationSchema = z
  .object({ moderationState: z.string() })
  .nullish()
  // Documented as `Approved`, seen as `MODERATION_STATE_APPROVED`. A state we do not know is not an approval.
  .transform((result): 'reviewing' | 'approved' | 'rejected' => {
    const state = result?.moderationState.toUpperCase().replace('MODERATION_STATE_', '');
    if (state === 'APPROVED') return 'approved';
    return state === 'REJECTED' ? 'rejected' : 'reviewing';
  });

export const assetSchema = z
  .object({
    assetId: int64,
    displayName: z.string().optional(),
    revisionId: z.string().optional(),
    moderationResult: moderationSchema,
  })
  .transform(({ moderationResult, ...asset }) => ({ ...asset, moderation: moderationResult }));
export type OpenCloudAsset = z.infer<typeof assetSchema>;

export const operationSchema = z
  .object({
    path: z.string().regex(/^(assets\/v1\/)?operations\/[^/]+$/),
    done: z.boolean().default(false),
    error: z
      .object({ code: z.union([z.int(), z.string()]).optional(), message: z.string().default('') })
      .nullish(),
    response: assetSchema.nullish(),
  })
  .transform(({ path, done, error, response }) => ({
    path: path.replace('assets/v1/', ''),
    done,
    ...(error ? { error } : {}),
    ...(response ? { asset: response } : {}),
  }));
export type AssetOperation = z.infer<typeof operationSchema>;

/** `users/123` or `groups/123` → `123`. */
const resourceId = z
  .string()
  .regex(/\/[0-9]{1,19}$/)
  .transform((path) => path.slice(path.lastIndexOf('/') + 1));

export const universeSchema = z
  .object({
    path: resourceId,
    displayName: z.string().default(''),
    user: resourceId.optional(),
    group: resourceId.optional(),
    rootPlace: resourceId.optional(),
  })
  .transform(({ path, displayName, user, group, rootPlace }) => ({
    universeId: path,
    displayName,
    ...(user ? { creator: { type: 'user' as const, id: user } } : {}),
    ...(group ? { creator: { type: 'group' as const, id: group } } : {}),
    ...(rootPlace ? { rootPlaceId: rootPlace } : {}),
  }));
export type Universe = z.infer<typeof universeSchema>;

export const placeSchema = z
  .object({ path: resourceId, displayName: z.string().default(''), root: z.boolean().default(false) })
  .transform(({ path, ...place }) => ({ placeId: path, ...place }));
export type Place = z.infer<typeof placeSchema>;

export const introspectionSchema = z
  .object({
    name: z.string().default(''),
    authorizedUserId: int64.optional(),
    enabled: z.boolean().default(true),
    expired: z.boolean().default(false),
    expirationTimeUtc: z.string().nullish(),
    scopes: z
      .array(
        z.object({
          name: z.string(),
          operations: z
            .array(z.string())
            .nullish()
            .transform((operations) => operations ?? []),
          universeIds: z.array(int64.or(z.literal('*'))).optional(),
        }),
      )
      .default([]),
  })
  .transform(({ scopes, expirationTimeUtc, ...key }) => ({
    ...key,
    ...(expirationTimeUtc ? { expiresAt: expirationTimeUtc } : {}),
    /** Such as `universe-places:write`, with the universes it holds for; absent: all of them. */
    scopes: scopes.flatMap(({ name, operations, universeIds }) =>
      operations.map((operation) => ({
        scope: `${name}:${operation}`,
        ...(universeIds === undefined || universeIds.includes('*') ? {} : { universeIds }),
      })),
    ),
  }));
export type KeyIntrospection = z.infer<typeof introspectionSchema>;
