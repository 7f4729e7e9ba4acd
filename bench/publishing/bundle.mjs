import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const directory = import.meta.dirname;

/** Bundles the workflow that only publishes. @returns the arguments that start its worker with Node */
export async function bundlePublishing(cleanUp) {
  const folder = await mkdtemp(path.join(tmpdir(), 'graveshift-bench-'));
  cleanUp.add(() => rm(folder, { recursive: true, force: true }));
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(directory, 'workflows.mjs'),
    logger: new DefaultLogger('ERROR'),
  });
  const bundle = path.join(folder, 'workflow-bundle.js');
  await writeFile(bundle, code);
  return [path.join(directory, 'worker.mjs'), bundle];
}
