import { z } from 'zod';

import { artifactRefSchema } from './artifact.js';
import { digestOf } from './canonical-json.js';

/** A path inside the project: relative, with forward slashes, never out of the tree or into `.git`. */
export const projectPathSchema = z
  .string()
  .min(1)
  .max(240)
  .refine(
    (path) =>
      !/^([/\\]|[A-Za-z]:)|\\|\0/.test(path) &&
      path
        .split('/')
        .every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git'),
    'expected a relative path with forward slashes, without "..", "." or ".git"',
  );

/** What a run wants to write into the project: path → artifact, and paths to remove. Kept in the store as JSON. */
export const changeSetSchema = z.object({
  files: z.record(projectPathSchema, artifactRefSchema),
  removals: z.array(projectPathSchema).default([]),
});

export type ChangeSet = z.infer<typeof changeSetSchema>;

/** The change set's name: the same files give the same digest, whatever run made them. */
export function changeSetDigest(changeSet: ChangeSet): string {
  return digestOf({
    files: Object.fromEntries(
      Object.entries(changeSet.files).map(([path, artifact]) => [path, artifact.sha256]),
    ),
    removals: [...changeSet.removals].sort(),
  });
}
