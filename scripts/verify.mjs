/**
 * Everything that must hold before a change goes in, one after the other: a first failure does not hide the others.
 * The last line of stdout counts the tests, as the test runner counted them.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { findInstalled, packageRoot } from './lib/package-root.mjs';
import { runNode } from './lib/run-node.mjs';
import { countTests, describeCounts } from './lib/test-report.mjs';

const reportFolder = await mkdtemp(path.join(tmpdir(), 'graveshift-verify-'));
const reportFile = path.join(reportFolder, 'tests.json');

const steps = [
  { name: 'format', program: ['prettier/bin/prettier.cjs', '--check', '.'] },
  { name: 'lint', program: ['eslint/package.json#bin/eslint.js', '.', '--max-warnings', '0'] },
  { name: 'types', program: ['typescript/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'build and bundle', program: ['./scripts/build.mjs'] },
  { name: 'licences', program: ['./scripts/licences.mjs'] },
  {
    name: 'tests',
    program: [
      'vitest/package.json#vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ],
  },
];

/** `package/file`, or `package/package.json#file` where the package does not export the file, or `./file` of ours. */
function locate(program) {
  if (program.startsWith('./')) return path.join(packageRoot, program);
  const [specifier, beside] = program.split('#');
  const found = findInstalled(specifier);
  if (found === undefined) throw new Error(`${specifier} is not installed: run "npm ci" first`);
  return beside === undefined ? found : path.join(path.dirname(found), beside);
}

async function readCounts() {
  try {
    return countTests(JSON.parse(await readFile(reportFile, 'utf8')));
  } catch (error) {
    process.stderr.write(`verify: the test runner left no report (${error.message})\n`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

const results = [];
try {
  for (const step of steps) {
    process.stdout.write(`\n▶ ${step.name}\n`);
    const started = performance.now();
    const [program, ...programArguments] = step.program;
    const exitCode = await runNode([locate(program), ...programArguments], { cwd: packageRoot });
    results.push({ name: step.name, ok: exitCode === 0, seconds: (performance.now() - started) / 1000 });
  }
  const counts = await readCounts();
  if (counts.passed + counts.failed === 0) results.push({ name: 'any test ran', ok: false, seconds: 0 });

  process.stdout.write('\n');
  for (const { name, ok, seconds } of results) {
    process.stdout.write(`${ok ? '✔' : '✘'} ${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s\n`);
  }
  process.stdout.write(`${describeCounts(counts)}\n`);
  if (counts.failed > 0 || results.some((result) => !result.ok)) process.exitCode = 1;
} finally {
  await rm(reportFolder, { recursive: true, force: true });
}
