/**
 * What the pipelines ask of the outside world: one interface per file in `activities/`. Inputs and results are
 * small and carry references; nothing here is a secret. Every activity may be called again with the same
 * input after its worker died, and then changes nothing twice; `publishPlace` is the one exception, and has one attempt.
 */
import type { ArtifactRef } from './artifact.js';
import type { AssetRole, GeneratedAsset, MeshGeneratorName, NightAsset, UploadedAsset } from './asset.js';
import type { GateResult } from './gate.js';
import type { Freeze } from './place.js';
import type { Difficulty } from './night.js';
import type { Environment, ProjectSnapshot, PublishTarget, Season } from './project.js';

export type AssetBatchPlan = {
  /** Such as `environment-1`. */
  id: string;
  /** The batch's specs in the store: JSON `AssetSpec[]`. */
  specs: ArtifactRef;
  assets: { id: string; role: AssetRole; recipe: string }[];
};

export interface DesignActivities {
  /** Designs the night and splits its assets into batches of 12 at most. Spends nothing. */
  designNight(input: { project: string; night: number; season: Season }): Promise<{
    /** JSON `NightDesign` in the store. */
    design: ArtifactRef;
    difficulty: Difficulty;
    environment: AssetBatchPlan[];
    enemies: AssetBatchPlan[];
  }>;
}

export interface AssetActivities {
  /** Makes one mesh, or finds it in the store by its key. */
  generateAsset(input: {
    specs: ArtifactRef;
    assetId: string;
    generator: MeshGeneratorName;
  }): Promise<GeneratedAsset>;
  /** Uploads one mesh as a Model, or finds its id in the lock file or the ledger. */
  uploadAsset(input: {
    project: string;
    /** Commit that the run starts from: its lock file says what is uploaded already. */
    baseCommit: string;
    runId: string;
    asset: GeneratedAsset;
    target: PublishTarget;
  }): Promise<UploadedAsset>;
  /** Writes a batch's manifest (JSON `AssetManifest`) to the store, with its contact sheet. */
  sealAssets(input: {
    batch: string;
    assets: NightAsset[];
  }): Promise<{ manifest: ArtifactRef; contactSheet: ArtifactRef }>;
}

/** What a run makes: says which rules of their own its checks and its headless play follow. */
export type WorkSubject =
  /** `design`: JSON `NightDesign` in the store. */
  | { kind: 'night'; night: number; design: ArtifactRef }
  /** `plan`: JSON `FeaturePlan` in the store. */
  | { kind: 'feature'; feature: string; plan: ArtifactRef }
  /** `plan`: JSON `ContentPlan` in the store. */
  | { kind: 'content'; content: string; plan: ArtifactRef };

/** `changeSet`: JSON `ChangeSet` in the store, and its digest. */
export type WrittenCode = { changeSet: ArtifactRef; digest: string; files: number };

export interface CodeActivities {
  /** Writes the night's Luau, lock file and provenance into a change set. */
  writeNightCode(input: {
    project: ProjectSnapshot;
    runId: string;
    design: ArtifactRef;
    manifests: ArtifactRef[];
  }): Promise<WrittenCode>;
  /**
   * The gate `code`: everything that can be told of the change set over the project's base commit without building
   * a place. One result per check; the report (JSON `CodeReport` in the store) holds every finding.
   * @returns `written`: the change set with a page about its checks, which is what is committed
   */
  checkCode(input: { project: ProjectSnapshot; subject: WorkSubject; changeSet: ArtifactRef }): Promise<{
    gates: GateResult[];
    report: ArtifactRef;
    written: WrittenCode;
  }>;
}

export interface PlayActivities {
  /**
   * Plays the night's rules many times over with bots, and tunes its free parameters where survival is out of the
   * difficulty's band. `design` is the one given where nothing had to be tuned.
   */
  balanceNight(input: { project: ProjectSnapshot; design: ArtifactRef }): Promise<{
    design: ArtifactRef;
    gate: GateResult;
    /** JSON `BalanceReport` in the store. */
    report: ArtifactRef;
    /** SVG of tension and survival. */
    picture: ArtifactRef;
    tuned: boolean;
  }>;
  /**
   * Runs the place's own scripts on a model of the engine, with bots as players, and the scenarios of the change set
   * (`tests/graveshift/play/NAME.play.luau`).
   */
  playPlace(input: {
    project: ProjectSnapshot;
    place: ArtifactRef;
    /** JSON `ChangeSet` in the store. */
    changeSet: ArtifactRef;
    subject: WorkSubject;
  }): Promise<{
    gate: GateResult;
    /** JSON `PlayReport` in the store. */
    report: ArtifactRef;
  }>;
}

export interface FeatureActivities {
  /** Understands a request in plain words (or a structured spec) and plans assets and code. Spends nothing without an LLM. */
  planFeature(input: { project: ProjectSnapshot; request: unknown }): Promise<{
    plan: ArtifactRef;
    /** Kebab-case, such as `shop-candles`: names the work in Git and the ledger. */
    feature: string;
    /** What was understood, in words for a person. */
    summary: string[];
    assets: AssetBatchPlan[];
  }>;
  /** Writes the feature's Luau, lock file and provenance into a change set. */
  writeFeatureCode(input: {
    project: ProjectSnapshot;
    runId: string;
    plan: ArtifactRef;
    manifests: ArtifactRef[];
  }): Promise<WrittenCode>;
}

export interface ModelCodeActivities {
  /**
   * Has a language model write a feature that no template covers, and repairs it until the gate `code` passes.
   * Answers are kept: the same input is not paid for twice.
   * @throws CodeFailure where no answer passes, BudgetExceeded before a call that could break the run's cap
   */
  writeModelCode(input: {
    project: ProjectSnapshot;
    runId: string;
    /** JSON `ModelPlan` in the store. */
    plan: ArtifactRef;
    manifests: ArtifactRef[];
    /** US dollars that the run has spent on other things. */
    otherUsd: number;
    /** From 1; a higher one asks for other answers than those that are kept. */
    attempt: number;
  }): Promise<
    WrittenCode & {
      /** What the run's models have cost so far, in US dollars. */
      costUsd: number;
      note: string;
    }
  >;
}

export interface ContentActivities {
  /** Checks a content request, lays it out, proves its rules under many seeds, and plans its variations. Spends nothing. */
  planContent(input: { project: ProjectSnapshot; request: unknown }): Promise<{
    plan: ArtifactRef;
    /** Kebab-case, such as `forest`. */
    content: string;
    summary: string[];
    assets: AssetBatchPlan[];
    /** The gate `content`: the layout's rules, and the proof. */
    gate: GateResult;
  }>;
  /** Writes generator, content manager and data into a change set, with the map as a picture. */
  writeContentCode(input: {
    project: ProjectSnapshot;
    runId: string;
    plan: ArtifactRef;
    manifests: ArtifactRef[];
  }): Promise<WrittenCode>;
}

export type CommitMessage = { type: string; scope: string; subject: string; body: string };

export interface GitActivities {
  /** Reads and validates the project at the commit a run starts from. @throws InvalidInput before anything is changed */
  snapshotProject(input: { project?: string; environment: string; place: string }): Promise<ProjectSnapshot>;
  /** Commits the change set on `graveshift/<run>` off the base, with trailers; asked twice, it commits once. */
  commitChangeSet(input: {
    project: string;
    runId: string;
    baseCommit: string;
    changeSet: ArtifactRef;
    digest: string;
    message: CommitMessage;
  }): Promise<{
    commit: string;
    branch: string;
    stat: { files: number; insertions: number; deletions: number };
  }>;
  /** Fast-forwards the staging branch to the commit, tags it, and pushes both with the run's branch removed. */
  promoteToStaging(input: {
    project: string;
    runId: string;
    commit: string;
    /** Tip that the staging branch must have; absent: it must not exist yet. */
    expectedNext?: string;
    nextBranch: string;
    tag: string;
    tagMessage: string;
  }): Promise<{ tag: string; next: string }>;
  /** Removes what the run left in Git: its branch, and its tag where it points to the run's commit and was not staged. */
  discardRun(input: { project: string; runId: string; tag?: string; commit?: string }): Promise<void>;
}

export interface RojoActivities {
  /**
   * Builds the place from the commit (after the project's preparation steps), stamps it with commit and change
   * set, reads it back and compares every script with the commit.
   */
  buildPlace(input: {
    project: string;
    runId: string;
    commit: string;
    target: PublishTarget;
    prepare: ProjectSnapshot['config']['prepare'];
    changeSet: ArtifactRef;
    digest: string;
  }): Promise<{
    place: ArtifactRef;
    gate: GateResult;
    scripts: number;
    instances: number;
    rojoVersion: string;
  }>;
  /** Compares what `rojo serve` shows with the built place, where it runs. */
  verifyServe(input: { serve: string; place: ArtifactRef }): Promise<GateResult & { running: boolean }>;
}

export type PublishIntent = {
  runId: string;
  project: string;
  target: PublishTarget;
  place: ArtifactRef;
  commit: string;
  digest: string;
  /** Number of the lease that the `place` entity gave; rises with each lease. */
  lease: number;
  /** A rollback's calls may use the reserved share of the quota. */
  urgent?: boolean;
};

export interface OpenCloudActivities {
  /** Proves key, scopes, universe and place by reading, before anything is spent on them. */
  checkTarget(input: { target: PublishTarget }): Promise<void>;
  /** Proves key, scopes, universe and place by reading, and records the intent with the last version seen. */
  preparePublish(input: { intent: PublishIntent }): Promise<{
    lastVersion: number;
    /** Versions after our newest one that no run recorded. */
    unrecorded?: number[];
  }>;
  /**
   * Publishes the bytes. One attempt only.
   * @throws DeploymentFailure when it certainly had no effect, OutcomeUnknown when it may have had
   */
  publishPlace(input: {
    intent: PublishIntent;
    versionType: 'Saved' | 'Published';
  }): Promise<{ version: number }>;
  /** Looks for the intent's bytes among the versions after the last one seen: by their content's stamp and hash. */
  reconcilePublish(input: { intent: PublishIntent; lastVersion: number }): Promise<
    | { outcome: 'landed'; version: number; evidence: string }
    | { outcome: 'absent'; evidence: string }
    /** The process that publishes is alive and not done: absence proves nothing yet. */
    | { outcome: 'sending'; evidence: string }
    | { outcome: 'ambiguous'; evidence: string }
  >;
}

export interface PlaceActivities {
  /** Asks the `place` entity for its lease, starting it where it does not run; the entity answers by signal. */
  requestLease(input: LeaseRequest & { host: Environment['host']; placeId: string }): Promise<void>;
  /** Gives out the place's next lease number. Asked again after a crash it gives a higher one: it need only rise. */
  grantLease(input: { host: Environment['host']; placeId: string }): Promise<{
    lease: number;
    /** What the ledger says: an entity that was begun anew after a loss does not remember it. */
    frozen?: Freeze;
  }>;
  /** True while the workflow execution is running. */
  isRunning(input: { workflowId: string }): Promise<boolean>;
  /** Writes to the ledger whether the place is frozen: the entity's memory may be lost with its cluster. */
  recordFreeze(input: { host: Environment['host']; placeId: string; frozen: Freeze | null }): Promise<void>;
}

/** Who asks to publish to a place. */
export type LeaseRequest = {
  runId: string;
  workflowId: string;
  /** 1 goes first. A rollback asks with 1, a night with 3. */
  priority: number;
};

export type RunState =
  | 'running'
  | 'paused'
  | 'awaiting-approval'
  | 'attention'
  | 'succeeded'
  | 'failed'
  | 'rejected'
  | 'cancelled'
  | 'aborted';

export interface LedgerActivities {
  /** Opens the run and claims its subject (such as `night:3`) in the project; names the running holder if there is one. */
  openRun(input: {
    runId: string;
    workflowId: string;
    pipeline: string;
    project: string;
    subject: string;
    requestedBy: string;
    input: unknown;
  }): Promise<{ heldBy?: { runId: string; workflowId: string } }>;
  /** Frees the run's subject while it goes on: another run may begin the same. */
  freeSubject(input: { runId: string }): Promise<void>;
  /** Records how the run ended, its step timings and costs, and frees its subject. */
  closeRun(input: {
    runId: string;
    state: RunState;
    summary: string;
    costUsd: number;
    steps: { id: string; startedAt: string; finishedAt?: string; state: string }[];
  }): Promise<void>;
  /** Records what an environment holds now. */
  recordRelease(input: {
    intent: PublishIntent;
    version: number;
    night?: number;
    tag: string;
    gates: GateResult[];
    approvals: { by: string; at: string; reason?: string }[];
    /** Digest of the sealed manifest that the bytes belong to. */
    manifest?: string;
    /** `stable` for bytes that a watch has found good before; else `live`. */
    status?: 'live' | 'stable';
    /** Rojo that built the place. */
    rojoVersion?: string;
  }): Promise<void>;
}
