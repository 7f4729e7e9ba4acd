import { missingConfig, parseProjectConfig, projectConfigPath } from '../adapters/projects/project-config.js';
import type { LiveDependencies } from '../activities/live.js';
import { invalidInput } from '../domain/failure.js';
import type { ProjectFiles } from '../domain/project.js';

/** The staging test that the project names in `deploy.tests.script`, as it is at the commit. */
export function createTestScriptReader(files: ProjectFiles): LiveDependencies['readTestScript'] {
  const read = async (project: string, commit: string, path: string): Promise<string | undefined> => {
    const bytes = await files.read(project, commit, path);
    return bytes && new TextDecoder().decode(bytes);
  };
  return async (project, commit) => {
    const text = await read(project, commit, projectConfigPath);
    if (text === undefined) throw missingConfig(commit);
    const { script: path, timeoutSeconds } = parseProjectConfig(text, project).deploy.tests;
    if (path === undefined) return undefined;
    const source = await read(project, commit, path);
    if (source !== undefined) return { path, source, timeoutSeconds };
    throw invalidInput(projectConfigPath, [
      {
        field: 'deploy.tests.script',
        value: `"${path}", which commit ${commit.slice(0, 12)} does not have`,
        remedy: 'commit the script, or leave the field out to run the unit tests',
      },
    ]);
  };
}
