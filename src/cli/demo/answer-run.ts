import path from 'node:path';

import { createFileArtifactStore } from '../../adapters/artifacts/index.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { Progress } from '../../domain/progress.js';
import { renderApproval } from '../approval-summary.js';
import { candidateSchema, readAssets } from '../candidate.js';
import type { Connected } from '../connect.js';
import type { CliContext } from '../context.js';
import { runFileName } from '../run-file-name.js';
import { exportThumbnails } from '../thumbnails.js';
import type { LiveView } from '../view/live-view.js';
import { plainText } from '../view/text.js';
import { type ApprovalAnswer, askApproval, askResolution } from './ask-person.js';

export type AnsweringOptions = {
  context: CliContext;
  connected: Connected;
  run: { workflowId: string; runId: string };
  view: LiveView;
  /** Who answers; where nobody can be asked, the demo itself. */
  person: { asked: true; name: string } | { asked: false };
  signal: AbortSignal;
};

const demoName = 'demo';

/** Answers for the person of the demo: shows what is to be approved, takes the approval, and settles attention. */
export function createAnswers(options: AnsweringOptions): (progress: Progress) => Promise<void> {
  const answered = new Set<string>();
  return async (progress) => {
    const { attention, approval } = progress;
    const [first] = attention;
    if (first) {
      await once(answered, `${first.step} ${first.since}`, () => answerAttention(options, first));
    } else if (progress.state === 'awaiting-approval' && approval) {
      await once(answered, approval.digest, () => answerApproval(options, progress, approval.digest));
    }
  };
}

async function once(done: Set<string>, key: string, work: () => Promise<void>): Promise<void> {
  if (done.has(key)) return;
  done.add(key);
  await work();
}

async function answerApproval(
  { context, connected, run, view, person, signal }: AnsweringOptions,
  progress: Progress,
  digest: string,
): Promise<void> {
  view.stop();
  const { client, settings, home } = connected;
  const { request, candidate } = await client.approvals(run.workflowId);
  // Somebody else was quicker.
  if (request?.digest !== digest) return;
  const artifacts = createFileArtifactStore({ directory: settings.store });
  const proposed = candidateSchema.parse(candidate);
  const assets = await readAssets(artifacts, proposed.manifests);
  const thumbnails = await exportThumbnails(
    artifacts,
    assets,
    path.join(home, 'thumbnails', runFileName(run)),
  );
  const asked = { request, candidate: proposed, assets, thumbnails, costUsd: progress.cost };
  context.say(`\n${renderApproval(asked, context.colors.err).join('\n')}\n`);

  const answer: ApprovalAnswer = person.asked ? await askApproval(context, signal) : { decision: 'approve' };
  const { decision, ...reason } = answer;
  const by = person.asked ? person.name : demoName;
  if (!person.asked) context.say(`approved as ${by}`);
  await unlessTooLate(context, () => client.decide(run.workflowId, decision, { ...reason, by, digest }));
}

async function answerAttention(
  { context, connected, run, view, person, signal }: AnsweringOptions,
  attention: Progress['attention'][number],
): Promise<void> {
  view.stop();
  const { step, kind, problem } = attention;
  context.say(`\n${step} needs attention (${kind}): ${plainText(problem, { lines: true })}\n`);
  // With nobody to ask, a demo that cannot go on ends, undoes its work and says why.
  const action = person.asked ? await askResolution(context, attention, signal) : 'abort';
  const by = person.asked ? person.name : demoName;
  await unlessTooLate(context, () => connected.client.resolve(run.workflowId, step, action, { by }));
}

/** Another terminal may have answered while the question stood here: then the run goes on as it was told there. */
async function unlessTooLate(context: CliContext, say: () => Promise<unknown>): Promise<void> {
  try {
    await say();
  } catch (error) {
    if (!(error instanceof GraveshiftError && error.kind === 'InvalidInput')) throw error;
    context.say(plainText(error.message));
  }
}
