import type { FoundCommit, GitProjects } from '../adapters/git/index.js';
import type { Ledger, ReleaseRecord } from '../adapters/ledger/index.js';
import { selectTarget } from '../adapters/projects/project-config.js';
import { invalidInput } from '../domain/failure.js';
import type { ProjectSnapshot, PublishTarget } from '../domain/project.js';
import { findRollbackOf } from '../domain/release-history.js';

/** Where the candidate is tested. @throws InvalidInput where that is where it goes */
export function stagingOf({ config, target }: ProjectSnapshot): PublishTarget {
  const staging = selectTarget(config, 'staging', target.placeName);
  if (staging.host !== target.host || staging.placeId !== target.placeId) return staging;
  throw unfit(
    'to',
    `"${target.environment}", whose ${target.placeName} is the place ${target.placeId} of staging`,
    'expected an environment with a place of its own: what players have must not be tested on them',
  );
}

/** What staging holds, or the staged release that `from` names: by tag, run, night, commit, version or branch. */
export async function findStaged(
  {
    ledger,
    git,
    signal,
  }: {
    ledger: Pick<Ledger, 'releases' | 'manifests'>;
    git: Pick<GitProjects, 'findCommit'>;
    signal: AbortSignal | undefined;
  },
  input: { project: string; staging: PublishTarget; from: string | undefined },
): Promise<ReleaseRecord> {
  const { project, staging, from } = input;
  const all = await ledger.releases.history(staging.host, staging.placeId);
  const history = all.filter((release) => release.project === project);
  const [newest] = history;
  if (newest === undefined) {
    throw unfit(
      'from',
      `nothing: ${staging.placeName} of ${project} was never staged`,
      'make and stage something first, such as: graveshift night 1',
    );
  }
  if (from === undefined) {
    const takenBack = findRollbackOf(history, newest.place.sha256);
    if (takenBack) {
      throw unfit(
        'from',
        `nothing, and ${newest.tag}, the last one staged, was taken back${because(takenBack)}`,
        `stage a new one, or name this one to deploy it all the same: --from ${newest.tag}`,
      );
    }
    return originOf(history, newest);
  }
  const named =
    history.find(({ tag, runId, commit }) => tag === from || runId === from || commit === from) ??
    history.find(({ night }) => night !== undefined && [`${night}`, `night-${night}`].includes(from)) ??
    (await findByManifest(ledger, project, from, history)) ??
    (await findByRevision(git, project, from, { history, signal }));
  if (named) return originOf(history, named);
  const known = [...new Set(history.map(({ tag }) => tag))].slice(0, 5).join(', ');
  throw unfit(
    'from',
    `"${from}", which was never staged as ${staging.placeName}`,
    `expected a tag, commit, night, run or version that was staged, such as ${known}`,
  );
}

type Fitness = {
  staged: ReleaseRecord;
  found: FoundCommit | undefined;
  /** True where a person named this very release. */
  isNamed: boolean;
  environment: string;
  /** Of the place it goes to, the newest first. */
  history: readonly ReleaseRecord[];
  live: ReleaseRecord | undefined;
  hasBytes: boolean;
  isOlderThanLive: boolean;
};

/** @throws InvalidInput that says why this must not go there, and what to do instead */
export function requireFit({
  staged,
  found,
  isNamed,
  environment,
  history,
  live,
  hasBytes,
  isOlderThanLive,
}: Fitness): FoundCommit {
  const { tag, commit, place } = staged;
  const short = commit.slice(0, 12);
  if (found === undefined || found.branches.length === 0) {
    throw unfit(
      'from',
      `${tag}, whose commit ${short} is on no branch of the repository`,
      'push the branch that held it again, or stage what is there now',
    );
  }
  if (live?.place.sha256 === place.sha256) {
    throw unfit(
      'from',
      `${tag}, which ${environment} has already, as version ${live.version} (${live.tag})`,
      'stage something new first',
    );
  }
  if (live !== undefined && isOlderThanLive) {
    throw unfit(
      'from',
      `${tag}, older than what ${environment} has: ${live.tag} grew from its commit ${short}`,
      'deploy something newer, or go back with an emergency rollback, which also reverts Git',
    );
  }
  const takenBack = findRollbackOf(history, place.sha256);
  if (takenBack && !isNamed) {
    throw unfit(
      'from',
      `nothing, and ${tag}, which staging holds, was taken back from ${environment}${because(takenBack)}`,
      `stage a fix, or name it to deploy it all the same: --from ${tag}`,
    );
  }
  if (!hasBytes) {
    throw unfit(
      'from',
      `${tag}, whose place file ${place.sha256.slice(0, 12)} is not in the artifact store`,
      'restore it from a backup of the store, or stage it again: what players get must be the bytes that were tested',
    );
  }
  return found;
}

/** @throws InvalidInput where people put work on main that players would lose again */
export function refuseLostWork(tag: string, mainBranch: string, missing: readonly string[]): void {
  const [newest] = missing;
  if (newest === undefined) return;
  throw unfit(
    'from',
    `${tag}, which lacks ${missing.length} ${missing.length === 1 ? 'commit' : 'commits'} of ${mainBranch} ` +
      `(the newest is ${newest.slice(0, 12)})`,
    `merge ${mainBranch} into the staging branch and stage that: a release only moves ${mainBranch} forward`,
  );
}

/** The run that made these bytes: publishing them to staging again, for a test or after one, made them no other release. */
function originOf(history: readonly ReleaseRecord[], release: ReleaseRecord): ReleaseRecord {
  return history.findLast(({ place }) => place.sha256 === release.place.sha256) ?? release;
}

async function findByManifest(
  ledger: Pick<Ledger, 'manifests'>,
  project: string,
  name: string,
  history: readonly ReleaseRecord[],
): Promise<ReleaseRecord | undefined> {
  const manifest = await ledger.manifests.find(project, name);
  return history.find(({ place }) => place.sha256 === manifest?.placeSha256);
}

async function findByRevision(
  git: Pick<GitProjects, 'findCommit'>,
  project: string,
  revision: string,
  { history, signal }: { history: readonly ReleaseRecord[]; signal: AbortSignal | undefined },
): Promise<ReleaseRecord | undefined> {
  const found = await git.findCommit(project, revision, { signal });
  return history.find(({ commit }) => commit === found?.commit);
}

function because({ statusReason }: ReleaseRecord): string {
  return statusReason === undefined ? '' : ` (${statusReason})`;
}

function unfit(field: string, value: string, remedy: string): Error {
  return invalidInput('the candidate', [{ field, value, remedy }]);
}
