import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import lockfile from 'proper-lockfile';

import { compile } from './compile.mjs';
import { bundleWorkflows } from './workflow-bundle.mjs';

/** Brings `dist` in step with `src`; two processes that build at once take turns, and the second finds nothing to do. */
export async function build(root, { log }) {
  const output = path.join(root, 'dist');
  await mkdir(output, { recursive: true });
  const release = await lockfile.lock(output, {
    lockfilePath: path.join(output, '.build.lock'),
    // The bundler can keep the process busy for seconds; a builder that died is passed over after this, in ms.
    stale: 30_000,
    // A build takes seconds; waits five minutes in all before it gives up.
    retries: { retries: 1500, factor: 1, minTimeout: 200, maxTimeout: 200 },
  });
  try {
    const compiled = await compile(root, { log });
    const bundled = await bundleWorkflows(root, { log });
    return { compiled, bundled };
  } finally {
    await release();
  }
}
