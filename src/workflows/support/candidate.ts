import type { CommitMessage, WorkSubject, WrittenCode } from '../../domain/activities.js';
import type { ArtifactRef } from '../../domain/artifact.js';
import { digestOf } from '../../domain/canonical-json.js';
import type { GateResult } from '../../domain/gate.js';
import type { ProjectSnapshot } from '../../domain/project.js';
import { failRun } from './failures.js';
import type { PipelineRun } from './run.js';
import { code, git, play, rojo } from './stations.js';

/** Shown to who approves, such as `balance.svg`. */
export type CandidatePicture = { name: string; picture: ArtifactRef };

/** What a run proposes to publish. */
export type Candidate = {
  commit: string;
  branch: string;
  stat: { files: number; insertions: number; deletions: number };
  changeSet: ArtifactRef;
  /** The change set's digest. */
  changeDigest: string;
  place: ArtifactRef;
  scripts: number;
  instances: number;
  rojoVersion: string;
  gates: GateResult[];
  /** JSON `CodeReport` in the store: every finding of the gate `code`. */
  codeReport: ArtifactRef;
  manifests: ArtifactRef[];
  pictures: CandidatePicture[];
  /** Run name of this candidate in Git: a second candidate of a run has its own branch. */
  gitRun: string;
};

/** Names exactly what is approved: these bytes, this change, at this cost. */
export function candidateDigest(candidate: Candidate, costUsd: number): string {
  const { commit, changeDigest, place } = candidate;
  return digestOf({ commit, changeDigest, place: place.sha256, costUsd });
}

/** What a pipeline wants to have in the game. */
export type Work = {
  subject: WorkSubject;
  /** Such as `night 3`. */
  title: string;
  message: CommitMessage;
  manifests: ArtifactRef[];
  /** Found before there was any code, such as the balance. */
  gates: GateResult[];
  pictures?: CandidatePicture[];
  write: () => Promise<WrittenCode>;
};

/** Writes the work's code, checks it, commits it on a branch of the run, builds the place from the commit, and plays it. */
export async function makeCandidate(
  run: PipelineRun,
  project: ProjectSnapshot,
  work: Work,
  round: number,
): Promise<Candidate> {
  const gitRun = round === 1 ? run.id : `${run.id}-${round}`;

  const written = await run.step('code', work.write);
  run.note('code', `${written.files} files`);

  const checked = await run.step('checks', async () => {
    const result = await code(`Check the code of ${work.title}`).checkCode({
      project,
      subject: work.subject,
      changeSet: written.changeSet,
    });
    refuseFailed(result.gates);
    return result;
  });
  run.note('checks', inShort(checked.gates));
  // Runs that began before checks wrote a page commit what was written.
  const { changeSet, digest } = (checked as Partial<typeof checked>).written ?? written;

  run.saga.register(`removal of branch graveshift/${gitRun}`, () =>
    git(`Remove branch graveshift/${gitRun}`).discardRun({ project: project.name, runId: gitRun }),
  );
  const committed = await run.step('commit', () =>
    git(`Commit ${work.title}`).commitChangeSet({
      project: project.name,
      runId: gitRun,
      baseCommit: project.baseCommit,
      changeSet,
      digest,
      message: work.message,
    }),
  );
  run.note('commit', `${committed.commit.slice(0, 9)} on ${committed.branch}`);

  const built = await run.step('build', async () => {
    const place = await rojo('Build the place and read it back').buildPlace({
      project: project.name,
      runId: gitRun,
      commit: committed.commit,
      target: project.target,
      prepare: project.config.prepare,
      changeSet,
      digest,
    });
    refuseFailed([place.gate]);
    return place;
  });
  run.note('build', `${built.scripts} scripts, ${built.instances} instances`);

  const played = await run.step('play', async () => {
    const { gate } = await play(`Play the place of ${work.title} without a screen`).playPlace({
      project,
      place: built.place,
      changeSet: written.changeSet,
      subject: work.subject,
    });
    refuseFailed([gate]);
    return gate;
  });
  run.note('play', played.summary);

  const served = await run.step('sync', () =>
    rojo('Compare with rojo serve').verifyServe({ serve: project.config.rojo.serve, place: built.place }),
  );
  run.note('sync', served.summary);

  const { running: _, ...servedGate } = served;
  return {
    ...committed,
    changeSet,
    changeDigest: digest,
    place: built.place,
    scripts: built.scripts,
    instances: built.instances,
    rojoVersion: built.rojoVersion,
    gates: [...work.gates, ...checked.gates, built.gate, played, servedGate],
    codeReport: checked.report,
    manifests: work.manifests,
    pictures: work.pictures ?? [],
    gitRun,
  };
}

/** @throws CodeFailure that names every gate that failed, with its findings */
export function refuseFailed(gates: readonly GateResult[]): void {
  const failed = gates.filter((gate) => gate.verdict === 'fail');
  if (failed.length === 0) return;
  const lines = failed.flatMap((gate) => [
    `${gate.gate}: ${gate.summary}`,
    ...gate.findings.map((finding) => `  ${finding}`),
  ]);
  throw failRun('CodeFailure', lines.join('\n'), { gates: failed.map((gate) => gate.gate) });
}

function inShort(gates: readonly GateResult[]): string {
  return gates.map((gate) => `${gate.gate} ${gate.verdict}`).join(', ');
}
