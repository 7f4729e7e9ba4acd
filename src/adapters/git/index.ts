export {
  createGitProjects,
  type CallOptions,
  type FoundCommit,
  type GitProjects,
  type GitProjectsOptions,
} from './git-projects.js';
export type { ChangeSetCommit, CommittedChangeSet } from './commit-change-set.js';
export type { CommitRange, ProjectBlob, ProjectChanges } from './project-changes.js';
export type { CommitSummary } from './commit-log.js';
export type { CommittedPage, PageCommit } from './commit-page.js';
export type { ProjectCommits } from './project-commits.js';
export type { Promotion } from './promote.js';
export type { MainPromotion } from './promote-to-main.js';
export type { Reversion, RevertedBranch } from './revert-commits.js';
export type { Author } from './run-git.js';
export type { ProjectWorktrees } from './worktrees.js';
