/** `node scripts/build-and-run.mjs PROGRAM ARGUMENTS…`: builds where something changed, then becomes the program. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { packageRoot } from './lib/package-root.mjs';
import { runNode } from './lib/run-node.mjs';

const [program, ...programArguments] = process.argv.slice(2);
if (program === undefined) throw new Error('Name the program to run, such as bin/graveshift.js');

// In a process of its own, so that the compiler's and the bundler's memory goes back before the program starts.
const exitCode = await runNode([path.join(packageRoot, 'scripts', 'build.mjs')], {
  cwd: packageRoot,
  quietStdout: true,
});
if (exitCode === 0) {
  const file = path.resolve(packageRoot, program);
  process.argv = [process.argv[0], file, ...programArguments];
  await import(pathToFileURL(file).href);
} else {
  process.exitCode = exitCode;
}
