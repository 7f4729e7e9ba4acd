import { workflowInfo } from '@temporalio/workflow';

import type { RollbackPlan } from '../../../domain/deploy-activities.js';
import type { GateResult } from '../../../domain/gate.js';
import { allOf } from '../all-of.js';
import type { PipelineRun } from '../run.js';
import { live, releases, rescue, rojo } from '../stations.js';
import { tell } from '../tell.js';
import type { WentBack } from './go-back.js';

/** A cancellation leaves none of this undone. */
const inOrder = { alreadyDone: 'the place is back' };

/**
 * What follows when players are safe: configs, Git, the developer's Rojo, people, and the record. A part that fails asks
 * for attention, and may be skipped; the others do not wait for it.
 * @returns path of the post-mortem in the project, where it was written
 */
export async function putInOrder(
  run: PipelineRun,
  plan: RollbackPlan,
  back: WentBack,
  { reason, requestedBy }: { reason: string; requestedBy: string },
): Promise<string | undefined> {
  const parts = allOf(
    putConfigBack(run, plan),
    allOf(compareServe(run, plan), tellPeople(run, plan, back, reason)),
  );
  const [, postMortem] = await allOf(parts, revertThenWrite(run, plan, { reason, requestedBy }));
  return postMortem;
}

async function putConfigBack(run: PipelineRun, { project, config }: RollbackPlan): Promise<void> {
  if (workflowInfo().parent) {
    // Two drafts of one key would get into each other's way.
    run.skipStep('config', 'its deploy puts back what it switched on');
    return;
  }
  if (Object.keys(config).length === 0) {
    run.skipStep('config', 'the release changed none');
    return;
  }
  await run.step(
    'config',
    async () => {
      const { version } = await live('Put configs back').setConfig({
        target: project.target,
        runId: run.id,
        values: config,
        strategy: 'Immediate',
      });
      run.note('config', `${Object.keys(config).join(', ')}: config version ${version}`);
    },
    { skip: () => undefined, ...inOrder },
  );
}

const skippedServe: GateResult & { running: boolean } = {
  gate: 'serve',
  verdict: 'inconclusive',
  summary: 'skipped',
  findings: [],
  running: false,
};

async function compareServe(run: PipelineRun, { project, good }: RollbackPlan): Promise<void> {
  const { summary } = await run.step(
    'serve',
    () =>
      rojo('Compare with rojo serve').verifyServe({ serve: project.config.rojo.serve, place: good.place }),
    {
      skip: () => skippedServe,
      ...inOrder,
    },
  );
  run.note('serve', summary);
}

async function tellPeople(
  run: PipelineRun,
  { project, good, bad }: RollbackPlan,
  back: WentBack,
  reason: string,
): Promise<void> {
  const { environment, placeName } = project.target;
  const told = await run.step(
    'notify',
    () =>
      tell(run, project, {
        event: 'rolled-back',
        title: `${environment}/${placeName} is back at ${good.tag}: ${reason}`,
        lines: [
          `version ${back.version} replaces ${bad ? `${bad.tag}, version ${bad.version}` : 'what was there'}`,
          'that every server runs it is being proven',
        ],
      }),
    inOrder,
  );
  run.note('notify', told);
}

/** The post-mortem names the revert commits' place in history, so it comes after them, also when they were skipped. */
async function revertThenWrite(
  run: PipelineRun,
  { project, good, bad }: RollbackPlan,
  { reason, requestedBy }: { reason: string; requestedBy: string },
): Promise<string | undefined> {
  const { main, next } = project.config.branches;
  if (!bad || bad.commit === good.commit) {
    run.skipStep('git', 'main has nothing newer than what is live');
  } else {
    await run.step(
      'git',
      async () => {
        const { branches } = await releases(`Revert ${bad.tag} on ${main} and ${next}`).revertTo({
          project: project.name,
          runId: run.id,
          branches: [main, next],
          good: good.commit,
          bad: bad.commit,
          reason,
        });
        run.note(
          'git',
          branches.map(({ branch, reverted }) => `${branch}: ${reverted.length} reverted`).join(', '),
        );
      },
      { skip: () => undefined, ...inOrder },
    );
  }
  const written = await run.step(
    'post-mortem',
    () =>
      rescue('Write the post-mortem').writePostMortem({
        project: project.name,
        runId: run.id,
        workflowId: run.workflowId,
        ...(bad && { badRun: bad.runId }),
        environment: project.target.environment,
        place: project.target.placeName,
        reason,
        requestedBy,
        plan: { good, ...(bad && { bad }) },
        mainBranch: main,
        timeline: [
          { at: workflowInfo().startTime.toISOString(), what: `asked for by ${requestedBy}: ${reason}` },
          ...run.timeline(),
        ],
      }),
    { skip: () => undefined, ...inOrder },
  );
  await run.step(
    'join',
    async () => {
      const { tip } = await releases(`Bring ${main} into ${next}`).joinBranch({
        project: project.name,
        runId: run.id,
        from: main,
        into: next,
      });
      run.note('join', tip === undefined ? `there is no ${next}` : `${next} is at ${tip.slice(0, 9)}`);
    },
    { skip: () => undefined, ...inOrder },
  );
  if (!written) return undefined;
  run.note('post-mortem', `${written.path} in ${written.commit.slice(0, 9)}`);
  return written.path;
}
