import { existsSync } from 'node:fs';
import path from 'node:path';

import { build } from './lib/build.mjs';
import { withoutCompiler } from './lib/compile.mjs';
import { findInstalled, packageRoot } from './lib/package-root.mjs';

/** `--if-possible` is for npm's `prepare`, which also runs where only production packages are installed. */
const ifPossible = process.argv.includes('--if-possible');
const started = performance.now();
const log = (message) => process.stderr.write(`build: ${message}\n`);

if (ifPossible && findInstalled('typescript/bin/tsc') === undefined) {
  if (!existsSync(path.join(packageRoot, 'dist', 'cli.js'))) log(withoutCompiler);
} else {
  try {
    const { compiled, bundled } = await build(packageRoot, { log });
    if (compiled || bundled) log(`done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    log(error.message);
    process.exitCode = 1;
  }
}
