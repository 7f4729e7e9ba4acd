import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';

import { historiesFolder } from '../support/record-history.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const names = (await readdir(historiesFolder)).filter((name) => name.endsWith('.json'));

async function replay(name: string, workflowBundle: { codePath: string } | { code: string }): Promise<void> {
  const history = historyFromJSON(JSON.parse(await readFile(path.join(historiesFolder, name), 'utf8')));
  // Children are named after their parent: a replay under another id would be another run.
  const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? '';
  expect(workflowId).not.toBe('');
  await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
}

describe('runs of earlier versions that are in flight', () => {
  it('are on record for every workflow', () => {
    for (const prefix of ['horror-night', 'asset-batch', 'place', 'deploy', 'rollback']) {
      expect(names.some((name) => name.startsWith(prefix))).toBe(true);
    }
  });

  it.each(names)('go on with the workflows of today: %s', async (name) => {
    await replay(name, { codePath: path.resolve('dist/workflow-bundle.js') });
  });

  it('would be found by this test if a change broke them', async () => {
    const { code } = await bundleWorkflowCode({
      workflowsPath: path.resolve('test/pipelines/fixtures/changed-workflows.ts'),
      logger: new DefaultLogger('ERROR'),
    });
    await expect(replay('horror-night-staged.json', { code })).rejects.toMatchObject({
      name: 'DeterminismViolationError',
    });
  });
});
