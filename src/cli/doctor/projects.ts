import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parseProjectConfig, projectConfigPath } from '../../adapters/projects/project-config.js';
import { createProjectRegistry, type RegisteredProject } from '../../adapters/projects/registry.js';
import type { ProjectConfig } from '../../domain/project.js';
import { type Check, firstLine } from './check.js';

/** The registered games, and whether the `graveshift.json` of those on this machine can be read. */
export async function checkProjects(
  projectsFile: string,
): Promise<{ checks: Check[]; configs: ProjectConfig[] }> {
  let projects: RegisteredProject[];
  try {
    projects = await createProjectRegistry({ file: projectsFile }).list();
  } catch (error) {
    const remedy = `mend ${projectsFile}, or remove it and add the projects again`;
    return { checks: [{ name: 'projects', state: 'missing', found: firstLine(error), remedy }], configs: [] };
  }
  if (projects.length === 0) {
    const remedy = 'graveshift project add NAME GIT-URL|PATH';
    return {
      checks: [{ name: 'projects', state: 'note', found: 'none is registered', remedy }],
      configs: [],
    };
  }
  const results = await Promise.all(projects.map(checkProject));
  return {
    checks: results.map(({ check }) => check),
    configs: results.flatMap(({ config }) => (config ? [config] : [])),
  };
}

async function checkProject({
  name,
  repository,
}: RegisteredProject): Promise<{ check: Check; config?: ProjectConfig }> {
  const label = `project ${name}`;
  // What is elsewhere is read by the worker, from its clone, when a run starts.
  if (!path.isAbsolute(repository)) return { check: { name: label, state: 'ok', found: repository } };
  try {
    const config = parseProjectConfig(await readFile(path.join(repository, projectConfigPath), 'utf8'), name);
    return { check: { name: label, state: 'ok', found: repository }, config };
  } catch (error) {
    const found = error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : String(error);
    const remedy = `mend ${path.join(repository, projectConfigPath)} and commit it, or: graveshift project remove ${name}`;
    return { check: { name: label, state: 'missing', found, remedy } };
  }
}
