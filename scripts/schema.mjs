/** Writes `schema/graveshift.schema.json` from the built `dist/domain/project.js`. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { writeFileAtomically } from './lib/files.mjs';
import { packageRoot } from './lib/package-root.mjs';
import { renderProjectSchema } from './lib/project-schema.mjs';

const { projectConfigSchema } = await import('../dist/domain/project.js');
const file = path.join(packageRoot, 'schema', 'graveshift.schema.json');
await mkdir(path.dirname(file), { recursive: true });
await writeFileAtomically(file, renderProjectSchema(projectConfigSchema));
process.stderr.write(`schema: wrote ${path.relative(process.cwd(), file)}\n`);
