import { invalidInput } from '../../domain/failure.js';
import { parseInput } from '../../domain/parse-input.js';
import { projectConfigSchema, type ProjectConfig, type PublishTarget } from '../../domain/project.js';

export const projectConfigPath = 'graveshift.json';

/** @throws InvalidInput with the place of the first error */
export function parseConfigJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidInput(projectConfigPath, [
      {
        field: projectConfigPath,
        value: `text that is not JSON (${(error as Error).message})`,
        remedy: 'mend it, commit and push; JSON has no comments and no trailing commas',
      },
    ]);
  }
}

/** @throws InvalidInput that lists every problem */
export function parseProjectConfig(text: string, registeredName: string): ProjectConfig {
  const config = parseInput(projectConfigSchema, projectConfigPath, parseConfigJson(text));
  if (config.name === registeredName) return config;
  throw invalidInput(projectConfigPath, [
    {
      field: 'name',
      value: `"${config.name}" in a project that is registered as "${registeredName}"`,
      remedy: `change it to "${registeredName}", or register the project by its own name: graveshift project add ${config.name} …`,
    },
  ]);
}

export function missingConfig(commit: string): Error {
  return invalidInput('the project', [
    {
      field: projectConfigPath,
      value: `nothing in the root of commit ${commit.slice(0, 12)}`,
      remedy: 'make one with `graveshift init`, commit and push it',
    },
  ]);
}

/** @throws InvalidInput that names the environments or places that there are */
export function selectTarget(config: ProjectConfig, environment: string, placeName: string): PublishTarget {
  const chosen = ownEntry(config.environments, environment);
  if (!chosen) throw unknownName('environment', environment, Object.keys(config.environments));
  const place = ownEntry(chosen.places, placeName);
  if (!place) throw unknownName('place', placeName, Object.keys(chosen.places), environment);
  return {
    environment,
    host: chosen.host,
    universeId: chosen.universeId,
    creator: chosen.creator,
    placeName,
    placeId: place.placeId,
    rojoProject: place.project,
  };
}

function ownEntry<Value>(record: Record<string, Value>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function unknownName(field: string, name: string, known: readonly string[], environment?: string): Error {
  const owner =
    environment === undefined ? projectConfigPath : `environment "${environment}" of ${projectConfigPath}`;
  return invalidInput('the input', [
    {
      field,
      value: `"${name}", which ${owner} does not have`,
      remedy: `expected one of: ${[...known].sort().join(', ')}`,
    },
  ]);
}
