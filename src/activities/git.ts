import type { GitActivities } from '../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import { changeSetDigest, changeSetSchema, type ChangeSet } from '../domain/change-set.js';
import { GraveshiftError, invalidInput } from '../domain/failure.js';
import { parseInput } from '../domain/parse-input.js';
import type { ProjectConfig, ProjectSnapshot } from '../domain/project.js';
import type { GitProjects, ProjectCommits } from '../adapters/git/index.js';
import {
  missingConfig,
  parseProjectConfig,
  projectConfigPath,
  selectTarget,
} from '../adapters/projects/project-config.js';
import type { ProjectRegistry } from '../adapters/projects/registry.js';
import { checkRojoPaths } from '../adapters/projects/rojo-paths.js';
import { activitySignal } from './support/context.js';

export type GitDependencies = {
  registry: ProjectRegistry;
  git: GitProjects;
  artifacts: ArtifactStore;
};

export function createGitActivities({ registry, git, artifacts }: GitDependencies): GitActivities {
  async function readConfig(project: string, commits: ProjectCommits): Promise<ProjectConfig> {
    const bytes = await git.read(project, commits.base, projectConfigPath);
    if (!bytes) throw missingConfig(commits.base);
    const config = parseProjectConfig(new TextDecoder().decode(bytes), project);
    requireSameBranches(config, commits);
    return config;
  }

  return {
    async snapshotProject({ project, environment, place }): Promise<ProjectSnapshot> {
      const { name } = await registry.resolve(project);
      const commits = await git.resolveCommits(name, { signal: activitySignal() });
      const config = await readConfig(name, commits);
      const target = selectTarget(config, environment, place);
      const source = { files: git, project: name, commit: commits.base };
      // Preparation steps make folders that are not committed (Packages, out): with them only the build can tell.
      const paths = config.prepare.length > 0 ? 'project-file-only' : 'all';
      await checkRojoPaths(source, target.rojoProject, paths);
      return {
        name,
        baseCommit: commits.base,
        ...(commits.next !== undefined && { nextCommit: commits.next }),
        config,
        target,
      };
    },

    async commitChangeSet({ project, runId, baseCommit, changeSet: ref, digest, message }) {
      const changeSet = await readChangeSet(artifacts, ref);
      if (changeSetDigest(changeSet) !== digest) {
        throw new GraveshiftError(
          'SyncFailure',
          `The change set ${ref.sha256} has the digest ${changeSetDigest(changeSet)}, and ${digest} was to be ` +
            `committed. Nothing was committed; run the step that made it again.`,
          { details: { changeSet: ref.sha256, digest } },
        );
      }
      const content = (artifact: ArtifactRef): Promise<Uint8Array> => artifacts.get(artifact);
      return await git.commitChangeSet(
        project,
        { runId, baseCommit, changeSet, digest, message, content },
        { signal: activitySignal() },
      );
    },

    async promoteToStaging({ project, expectedNext, ...promotion }) {
      return await git.promoteToStaging(
        project,
        { ...promotion, expectedNext },
        { signal: activitySignal() },
      );
    },

    async discardRun({ project, ...run }) {
      await git.discardRun(project, run, { signal: activitySignal() });
    },
  };
}

async function readChangeSet(artifacts: ArtifactStore, ref: ArtifactRef): Promise<ChangeSet> {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(await artifacts.get(ref));
  return parseInput(changeSetSchema, 'the change set', JSON.parse(text));
}

/** The branches were found by what the remote's HEAD says; the run's own commit must say the same. */
function requireSameBranches(config: ProjectConfig, { branches, base }: ProjectCommits): void {
  const problems = (['main', 'next'] as const)
    .filter((line) => config.branches[line] !== branches[line])
    .map((line) => ({
      field: `branches.${line}`,
      value: `"${config.branches[line]}" at ${base.slice(0, 12)}, but "${branches[line]}" at the repository's HEAD`,
      remedy: `give both the same name: merge the change of ${projectConfigPath} into ${branches.next}`,
    }));
  if (problems.length > 0) throw invalidInput(projectConfigPath, problems);
}
