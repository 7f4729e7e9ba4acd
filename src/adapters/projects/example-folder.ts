import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { GraveshiftError } from '../../domain/failure.js';

export type PackageFiles = {
  /** The game that new projects start as. */
  example: string;
  /** The JSON Schema of `graveshift.json`. */
  schema: string;
};

/** Where the package has them: in the nearest folder above this file, which is the same from `src` and from `dist`. */
export function packageFiles(): PackageFiles {
  const start = path.dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = path.dirname(folder)) {
    const example = path.join(folder, 'examples', 'haunted-village');
    const schema = path.join(folder, 'schema', 'graveshift.schema.json');
    if (existsSync(path.join(example, configFileName)) && existsSync(schema)) return { example, schema };
    if (path.dirname(folder) === folder) {
      throw new GraveshiftError(
        'ToolMissing',
        `The package's examples are missing above ${start}. Install graveshift again, complete.`,
      );
    }
  }
}

export const configFileName = 'graveshift.json';
