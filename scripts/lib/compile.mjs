import { copyFile, mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

import { filesBelow, hashFiles, writeFileAtomically } from './files.mjs';
import { findInstalled } from './package-root.mjs';
import { runNode } from './run-node.mjs';

const settings = ['tsconfig.json', 'tsconfig.build.json', 'node_modules/.package-lock.json'];
const isTypeScript = (name) => name.endsWith('.ts');
const toOutput = (name) => (isTypeScript(name) ? name.replace(/\.ts$/, '.js') : name);

/**
 * Compiles `src` to `dist` where anything changed, copies what is not TypeScript, and removes what has no source
 * any more (a workflow whose file is gone must not stay in the bundle). Answers whether it had to.
 */
export async function compile(root, { log }) {
  const source = path.join(root, 'src');
  const output = path.join(root, 'dist');
  const stampFile = path.join(output, '.build-stamp');

  const sources = await filesBelow(source);
  const stamp = await hashFiles(root, [...settings, ...sources.map((name) => `src/${name}`)]);
  const present = new Set(await filesBelow(output));
  const missing = sources.filter((name) => !name.endsWith('.d.ts') && !present.has(toOutput(name)));
  if (missing.length === 0 && stamp === (await readStamp(stampFile))) return false;

  const compiler = findInstalled('typescript/bin/tsc');
  if (compiler === undefined) throw new Error(withoutCompiler);

  await rm(stampFile, { force: true });
  // The compiler trusts its own record and would not write again what somebody removed.
  if (missing.some(isTypeScript)) await rm(path.join(output, '.tsbuildinfo'), { force: true });
  await removeOrphans(output, present, sources);

  log('compiling src → dist');
  const exitCode = await runNode([compiler, '-p', 'tsconfig.build.json'], { cwd: root, quietStdout: true });
  if (exitCode !== 0) throw new Error('The TypeScript compiler found the errors above; nothing was bundled.');
  for (const name of sources.filter((candidate) => !isTypeScript(candidate))) {
    await mkdir(path.dirname(path.join(output, name)), { recursive: true });
    await copyFile(path.join(source, name), path.join(output, name));
  }
  await writeFileAtomically(stampFile, stamp);
  return true;
}

export const withoutCompiler =
  'TypeScript is not installed, so Graveshift cannot be built here. In a checkout run "npm ci" (without ' +
  '--omit=dev); an installed package carries its build already, so install it again.';

async function readStamp(stampFile) {
  return await readFile(stampFile, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function removeOrphans(output, present, sources) {
  const wanted = new Set(
    sources.map(toOutput).flatMap((name) => (name.endsWith('.js') ? [name, `${name}.map`] : [name])),
  );
  // Files at the top that the build itself makes.
  const made = /^(\.build-stamp|\.tsbuildinfo|\.build\.lock\/.*|workflow-bundle\.js.*)$/;
  for (const name of present) {
    if (wanted.has(name) || made.test(name)) continue;
    await rm(path.join(output, name), { force: true });
    await removeEmptyFolders(output, path.dirname(name));
  }
}

async function removeEmptyFolders(output, folder) {
  for (let current = folder; current !== '.'; current = path.dirname(current)) {
    try {
      await rmdir(path.join(output, current));
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code)) return;
      throw error;
    }
  }
}
