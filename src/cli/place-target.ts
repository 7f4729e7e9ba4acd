import { createGitActivities } from '../activities/git.js';
import { createFileArtifactStore } from '../adapters/artifacts/index.js';
import { createGitProjects } from '../adapters/git/index.js';
import { createProjectRegistry } from '../adapters/projects/registry.js';
import type { ProjectSnapshot } from '../domain/project.js';
import type { WorkerSettings } from '../worker/settings.js';

export type PlaceFlags = { project?: string; environment?: string; place?: string };

/** The place that the flags mean, by the project's committed `graveshift.json`. */
export async function findPlace(
  settings: WorkerSettings,
  { project, environment = 'production', place = 'start' }: PlaceFlags,
): Promise<ProjectSnapshot> {
  const registry = createProjectRegistry({ file: settings.projectsFile });
  const git = createGitProjects({ registry, directory: settings.clones });
  const artifacts = createFileArtifactStore({ directory: settings.store });
  const activities = createGitActivities({ registry, git, artifacts });
  return activities.snapshotProject({ environment, place, ...(project !== undefined && { project }) });
}
