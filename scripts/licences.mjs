/** Fails when a package that users get with Graveshift has a licence that nobody has agreed to. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { init } from 'license-checker-rseidelsohn';

import { judgeLicences } from './lib/licences.mjs';
import { packageRoot } from './lib/package-root.mjs';

const exceptionsFile = path.join('scripts', 'licence-exceptions.json');
const exceptions = JSON.parse(await readFile(path.join(packageRoot, exceptionsFile), 'utf8'));
const packages = await promisify(init)({
  start: packageRoot,
  production: true,
  excludePrivatePackages: true,
});
const { accepted, refused } = judgeLicences(packages, exceptions);

for (const { id, licence } of refused) {
  process.stderr.write(
    `licences: ${id} is under "${licence}", which is not on the list of allowed licences. Choose another package, ` +
      `or, when the licence permits our use, write why into ${exceptionsFile}.\n`,
  );
}
const total = [...accepted.values()].reduce((sum, count) => sum + count, 0);
// No package at all means that node_modules was not found, not that all is well.
if (refused.length > 0 || total === 0) {
  process.stderr.write(`licences: ${refused.length} refused, ${total} accepted\n`);
  process.exitCode = 1;
} else {
  const counts = [...accepted].sort(([, a], [, b]) => b - a).map(([licence, count]) => `${licence} ${count}`);
  process.stdout.write(`licences: ${total} production packages: ${counts.join(', ')}\n`);
}
