#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const isBuilt = () => existsSync(path.join(root, 'dist', 'cli.js'));

// `npm ci --ignore-scripts` leaves a checkout without its build.
if (!isBuilt() && existsSync(path.join(root, 'scripts', 'build.mjs'))) {
  process.stderr.write('graveshift: not built yet; building once\n');
  spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
}

if (isBuilt()) {
  const { main } = await import('../dist/cli.js');
  process.exitCode = await main(process.argv);
} else {
  process.stderr.write(
    'graveshift: dist/cli.js is missing. In a checkout run "npm ci", then "npm run build"; ' +
      'an installed package carries its build: install it again.\n',
  );
  process.exitCode = 1;
}
