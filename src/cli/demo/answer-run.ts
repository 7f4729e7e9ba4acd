import path from 'node:path';

import { createFileArtifactStore } from '../../adapters/artifacts/index.js';
import type { ApprovalsView } from '../../domain/approval.js';
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
  person: DemoPerson;
  signal: AbortSignal;
};

/** Who answers; where nobody can be asked, the demo itself does, by this name. */
export type DemoPerson = { asked: boolean; name: string };

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

async function answerApproval(options: AnsweringOptions, progress: Progress, digest: string): Promise<void> {
  const { context, connected, run, view, person, signal } = options;
  view.stop();
  const { request, candidate } = await connected.client.approvals(run.workflowId);
  // Somebody else was quicker.
  if (request?.digest !== digest) return;
  context.say(`\n${(await describeAsked(options, request, candidate, progress.cost)).join('\n')}\n`);

  const answer: ApprovalAnswer = person.asked
    ? await askApproval(context, request.before, signal)
    : { decision: 'approve' };
  const { decision, ...reason } = answer;
  const by = person.name;
  if (!person.asked) context.say(`approved as ${by}`);
  await unlessTooLate(context, () =>
    connected.client.decide(run.workflowId, decision, { ...reason, by, digest }),
  );
}

/** A night is shown with its meshes, a release with its gates. */
async function describeAsked(
  { context, connected, run }: AnsweringOptions,
  request: NonNullable<ApprovalsView['request']>,
  candidate: unknown,
  costUsd: number,
): Promise<string[]> {
  const proposed = candidateSchema.safeParse(candidate);
  if (!proposed.success) {
    const [before, digest] = [plainText(request.before), request.digest.slice(0, 12)];
    return [
      context.colors.err.bold(`To be approved before ${before} (digest ${digest})`),
      ...request.summary.map((line) => `  ${plainText(line)}`),
    ];
  }
  const artifacts = createFileArtifactStore({ directory: connected.settings.store });
  const assets = await readAssets(artifacts, proposed.data.manifests);
  const folder = path.join(connected.home, 'thumbnails', runFileName(run));
  const thumbnails = await exportThumbnails(artifacts, assets, folder);
  return renderApproval(
    { request, candidate: proposed.data, assets, thumbnails, costUsd },
    context.colors.err,
  );
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
  await unlessTooLate(context, () =>
    connected.client.resolve(run.workflowId, step, action, { by: person.name }),
  );
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
