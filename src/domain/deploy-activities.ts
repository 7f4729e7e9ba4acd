/**
 * What `deploy` and `emergencyRollback` ask of the outside world, beside what `activities.ts` has. The same promises
 * hold: small inputs and results, no secrets, and the same call made again changes nothing twice.
 */
import type { PublishIntent } from './activities.js';
import type { ArtifactRef } from './artifact.js';
import type { Verification } from './approval.js';
import type { Statement } from './approval-statement.js';
import type { GateResult } from './gate.js';
import type { DeployPolicy } from './deploy.js';
import type { PlaceAudit } from './place.js';
import type { Environment, ProjectSnapshot, PublishTarget } from './project.js';
import type { ReleaseContent, ReleaseDraft, ReleaseManifest, ReleaseStatus } from './release.js';
import type { WatchBaseline, WatchPolicy, WatchReport } from './watch.js';

/** A staged commit that may go to production. */
export type DeployCandidate = {
  project: ProjectSnapshot;
  content: ReleaseContent;
  /** Where it is tested. `project.target` is where it goes. */
  staging: PublishTarget;
  /** The run that staged it, its tag, the version that staging got, and the checks that it passed there. */
  staged: { runId: string; tag: string; version: number; gates: GateResult[] };
  /** Digest and change set for the build's stamp. */
  changeSet?: ArtifactRef;
  /** Tip of the main branch; absent where there is none. */
  mainCommit?: string;
  /** What the place in production holds, as far as the ledger knows. */
  live?: PlaceRelease;
};

/** A version of a place that we published. */
export type PlaceRelease = {
  runId: string;
  version: number;
  place: ArtifactRef;
  commit: string;
  digest: string;
  tag: string;
  releasedAt: string;
  status: ReleaseStatus;
  /** Digest of the sealed manifest; absent for what was only staged. */
  manifest?: string;
};

export interface ReleaseActivities {
  /**
   * Finds what is to be deployed: `from` is a tag, a commit, or absent for what staging holds.
   * @throws InvalidInput when it was never staged, is in no branch, or production already has it or something newer
   */
  findCandidate(input: {
    project?: string;
    from?: string;
    /** Environment that it goes to, such as `production`. */
    to: string;
    place: string;
    /** Version that the release is to get: one that is taken is refused now, before anything is published. */
    version?: string;
  }): Promise<DeployCandidate>;
  /**
   * Writes the manifest to the store and the ledger. Asked again for the same run it answers the same manifest.
   * Without a `version` the next one is taken: minor where the release adds a night, patch where it does not.
   */
  sealRelease(input: {
    draft: ReleaseDraft;
    version?: string;
    run: ReleaseManifest['run'];
    approvals: ReleaseManifest['approvals'];
    versions: ReleaseManifest['versions'];
    published: { intent: PublishIntent; version: number };
  }): Promise<{ manifest: ArtifactRef; version: string; tag: string }>;
  /** Fast-forwards main to the commit and makes the annotated tag with the manifest's digest in its message. */
  promoteToMain(input: {
    project: string;
    commit: string;
    mainBranch: string;
    /** Tip that main must have. */
    expectedMain?: string;
    tag: string;
    tagMessage: string;
  }): Promise<{ main: string; tag: string }>;
  /**
   * Takes the commits after `good` back on the branches by revert commits, the newest first; asked twice, it reverts once.
   * @throws SyncFailure when Git cannot revert them without a person
   */
  revertTo(input: {
    project: string;
    runId: string;
    branches: string[];
    good: string;
    bad: string;
    reason: string;
  }): Promise<{ branches: { branch: string; tip: string; reverted: string[] }[] }>;
  /**
   * Brings what main has into the staging branch (reverts, post-mortems), so that main can be fast-forwarded to it later.
   * @throws SyncFailure when both changed the same lines
   */
  joinBranch(input: {
    project: string;
    runId: string;
    from: string;
    into: string;
  }): Promise<{ tip?: string }>;
  /** Changes how a published version fared. */
  markRelease(input: {
    host: Environment['host'];
    placeId: string;
    runId: string;
    version: number;
    status: ReleaseStatus;
    reason?: string;
  }): Promise<void>;
}

export interface QualityActivities {
  /** The gates that look at the commit and its place file; those that need a run's own knowledge are the workflow's. */
  inspectRelease(input: {
    project: ProjectSnapshot;
    content: ReleaseContent;
    /** What production holds: the change is what lies between. Absent: everything is new. */
    since?: string;
    /** Checks that the commit passed when it was staged. */
    staged: GateResult[];
  }): Promise<{ gates: GateResult[] }>;
}

export interface LiveActivities {
  /** Runs the project's staging tests in the cloud, on exactly this version of the staged place. */
  testStaged(input: {
    project: string;
    commit: string;
    target: PublishTarget;
    version: number;
  }): Promise<GateResult>;
  /**
   * Snapshots the data stores of the universe (one a UTC day), says who a restart would hit now, and measures what the
   * live version did in the time before: the watch compares with it.
   */
  prepareProduction(input: {
    target: PublishTarget;
    snapshot: boolean;
    /** The live one, where there is one. */
    version?: number;
    policy: WatchPolicy;
  }): Promise<{
    snapshot?: { taken: boolean; latestAt: string };
    forecast: { players: number; servers: number };
    baseline: WatchBaseline;
  }>;
  /** Restarts the servers of the place that run another version. Asked again, it does not restart twice. */
  restartOldServers(input: {
    target: PublishTarget;
    version: number;
    /** 0 closes them at once. */
    bleedOffMinutes: number;
  }): Promise<{ servers: number; players: number }>;
  /**
   * Waits until no server runs an old version and nobody else's publish is on its way, for `minutes` at most, and looks
   * that the place's newest version is ours. `fail`: it is not; `overtakenBy` is the run of ours whose it is.
   * `inconclusive`: old servers are left; they are named.
   */
  proveRollout(input: {
    target: PublishTarget;
    intent: PublishIntent;
    version: number;
    minutes: number;
  }): Promise<
    GateResult & {
      oldServers: { jobId: string; version: number }[];
      unrecorded: number[];
      overtakenBy?: { version: number; runId: string };
    }
  >;
  /** Watches the version until the policy's time is over, or something is surely wrong. */
  watchRelease(input: {
    target: PublishTarget;
    version: number;
    baseline: WatchBaseline;
    policy: WatchPolicy;
  }): Promise<WatchReport>;
  /** Publishes one in-experience config key; answers what it was, so that it can be put back. */
  setConfig(input: {
    target: PublishTarget;
    runId: string;
    values: Record<string, unknown>;
    strategy: 'Immediate' | 'GradualRollout';
  }): Promise<{ version: number; previous: Record<string, unknown>; changed: boolean }>;
}

export interface ApprovalActivities {
  /** Whether the SSH signature is of one of these keys, over exactly this statement. */
  verifyDecision(input: {
    statement: Statement;
    signature: string;
    /** The approver's public keys, as in `authorized_keys`. */
    keys: string[];
  }): Promise<Verification>;
}

export type Notice = {
  /** Such as `rolled-back`. */
  event: 'approval-wanted' | 'kept' | 'attention' | 'rolled-back' | 'rollback-failed';
  project: string;
  environment: string;
  runId: string;
  workflowId: string;
  /** One line. */
  title: string;
  lines: string[];
};

export interface RescueActivities {
  /** What the place held before these bytes; nothing where they were its first. */
  previousRelease(input: {
    host: Environment['host'];
    placeId: string;
    before: string;
  }): Promise<{ good?: PlaceRelease }>;
  /** Finds what to go back to, and whether its bytes are in the store or can be had from Roblox by version. */
  planRollback(input: {
    project?: string;
    environment: string;
    place: string;
    /** Release version, tag or manifest digest, or a run, to go back to; absent: the last stable one. */
    to?: string;
    /** A drill needs something to come back to. */
    drill: boolean;
  }): Promise<RollbackPlan>;
  /** Takes the place: a number higher than every lease given, so that what others send from now on is refused. */
  seizePlace(input: {
    host: Environment['host'];
    placeId: string;
    runId: string;
    workflowId: string;
  }): Promise<{ lease: number }>;
  /** Cancels the pipelines that are working on the place. */
  stopOthers(input: {
    project: string;
    environment: string;
    place: string;
    /** Workflow ids that go on: the rollback's own, and the deploy's that asked for it. */
    except: string[];
  }): Promise<{ stopped: string[] }>;
  notify(input: { notice: Notice }): Promise<{ delivered: string[]; failed: string[] }>;
  /**
   * Writes `docs/post-mortems/…` on a commit of its own on main, with the timeline and the culprit candidates; on
   * another `branch` where main cannot be pushed to. Asked again for the same run, it commits once.
   */
  writePostMortem(
    input: PostMortemInput,
  ): Promise<{ path: string; commit: string; branch: string; issue: ArtifactRef }>;
}

export type RollbackPlan = {
  project: ProjectSnapshot;
  /** What is taken back; absent where the ledger knows of nothing newer than the target. */
  bad?: PlaceRelease;
  good: PlaceRelease;
  /** Other versions of assets or config that the bad release brought, to be put back. */
  config: Record<string, unknown>;
  /** `downloaded`: the store had lost them, and Roblox still had the version. */
  bytes: 'stored' | 'downloaded';
};

export type PostMortemInput = {
  project: string;
  runId: string;
  workflowId: string;
  /** Workflow id or short name of the run that published the bad release. */
  badRun?: string;
  environment: string;
  /** Name of the place, such as `start`. */
  place: string;
  reason: string;
  requestedBy: string;
  plan: Pick<RollbackPlan, 'good' | 'bad'>;
  mainBranch: string;
  /** Of the rollback itself, in seconds from its start. */
  timeline: { at: string; what: string }[];
};

export interface PreflightActivities {
  /**
   * Everything that can be known to be wrong before anything is changed: keys and scopes of both environments, nobody
   * in Team Create, no freeze, and a place that holds what the ledger says.
   * @throws InvalidInput, AccessDenied, PlaceFrozen
   */
  checkDeploy(input: {
    staging: PublishTarget;
    production: PublishTarget;
    policy: DeployPolicy;
    live?: PlaceRelease;
    /** True where a config key switches the content on. */
    ramp: boolean;
    /** Run that staged the candidate: whether it did all of its work is the gate `tasks`. */
    stagedRun: string;
  }): Promise<{ notes: string[]; tasks: GateResult }>;
  /** The calls that a deploy would make and that change something, in their order. */
  listDeployCalls(input: {
    candidate: Pick<DeployCandidate, 'content' | 'staging' | 'staged'> & { target: PublishTarget };
    policy: DeployPolicy;
    ramp?: { key: string };
  }): Promise<{ calls: string[] }>;
  /** Number of the newest version in the place's history; absent for a place without any. */
  headOf(input: { target: PublishTarget }): Promise<{ head?: number }>;
  /** Compares the place's history with the ledger, and settles what was left open. */
  auditPlace(input: { target: PublishTarget }): Promise<PlaceAudit>;
  /** Marks the intent as landed where a person says so, and the place's history agrees. */
  confirmLanded(input: { intent: PublishIntent; version: number; by: string }): Promise<{ version: number }>;
}

export interface RebuildActivities {
  /**
   * Builds the place from the commit once more and compares it byte by byte with what was staged. A difference under
   * another Rojo than the staged one's is `inconclusive`.
   */
  rebuildPlace(input: {
    project: string;
    content: ReleaseContent;
    target: PublishTarget;
    prepare: ProjectSnapshot['config']['prepare'];
  }): Promise<GateResult>;
}
