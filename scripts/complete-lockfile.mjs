/**
 * Adds to package-lock.json the optional platform packages that npm left out. npm omits those that the registry in use
 * does not carry (a mirror may lack the ones of other platforms), and `npm ci` then refuses the file everywhere else.
 * Run it after `npm install`: `npm run lockfile`.
 */
import path from 'node:path';
import { readFile } from 'node:fs/promises';

import { writeFileAtomically } from './lib/files.mjs';
import { completeLockfile } from './lib/lockfile.mjs';
import { packageRoot } from './lib/package-root.mjs';

const file = path.join(packageRoot, 'package-lock.json');
const lockfile = JSON.parse(await readFile(file, 'utf8'));
const added = completeLockfile(lockfile);
if (added.length > 0) await writeFileAtomically(file, `${JSON.stringify(lockfile, undefined, 2)}\n`);
process.stdout.write(
  `${added.length} packages of other platforms added\n${added.map((name) => `  ${name}\n`).join('')}`,
);
