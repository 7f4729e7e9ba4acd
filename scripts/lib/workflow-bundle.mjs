import { Buffer } from 'node:buffer';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { filesBelow, hashFiles, writeFileAtomically } from './files.mjs';

const sourceMapMarker = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';
const stampMarker = '// inputs, lines only: sha256-';

export const bundlePath = (root) => path.join(root, 'dist', 'workflow-bundle.js');

/**
 * Bundles the compiled workflows for the sandbox, so that a worker need not do it at its start. Answers whether
 * it had to. The hash of what went in stands inside the file: bundle and hash cannot disagree after a crash.
 */
export async function bundleWorkflows(root, { log }) {
  const entry = path.join(root, 'dist', 'workflows', 'index.js');
  if (!existsSync(entry)) return false;

  const stamp = await hashOfInputs(root);
  if (stamp === (await stampOf(bundlePath(root)))) return false;

  log('bundling the workflows');
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry,
    // The bundler's information is a list of modules; what matters to a person are warnings and errors.
    logger: new DefaultLogger('WARN', (entry) => log(`${entry.level}: ${entry.message}`)),
    webpackConfigHook: (config) => ({ ...config, context: root }),
  });
  await writeFileAtomically(bundlePath(root), insertStamp(withLinesOnly(code), stamp));
  return true;
}

async function hashOfInputs(root) {
  const compiled = [];
  for (const folder of ['dist/workflows', 'dist/domain']) {
    for (const name of await filesBelow(path.join(root, folder))) compiled.push(`${folder}/${name}`);
  }
  // The hidden lock file says which versions are installed, also of what our packages bring with them.
  return await hashFiles(root, [
    'node_modules/.package-lock.json',
    ...compiled.filter((name) => /\.js(on)?$/.test(name)),
  ]);
}

/** A stack trace needs files and lines; the sources themselves would cost each workflow worker 15 MB of memory. */
function withLinesOnly(code) {
  const start = code.lastIndexOf(sourceMapMarker);
  if (start < 0)
    throw new Error('The workflow bundle has no inline source map: has the SDK changed its format?');
  const map = JSON.parse(Buffer.from(code.slice(start + sourceMapMarker.length), 'base64').toString('utf8'));
  delete map.sourcesContent;
  return `${code.slice(0, start)}${sourceMapMarker}${Buffer.from(JSON.stringify(map)).toString('base64')}`;
}

/** The SDK takes the source map from its comment to the end of the file: the stamp goes before it, on its own line. */
function insertStamp(code, stamp) {
  const end = code.lastIndexOf(sourceMapMarker);
  return `${code.slice(0, end)}${stampMarker}${stamp}\n${code.slice(end)}`;
}

async function stampOf(file) {
  if (!existsSync(file)) return undefined;
  const code = await readFile(file, 'utf8');
  const start = code.lastIndexOf(stampMarker);
  return start < 0 ? undefined : code.slice(start + stampMarker.length).split('\n', 1)[0];
}
