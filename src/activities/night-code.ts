import type { CodeActivities } from '../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import type { NightDesign } from '../domain/night.js';
import { nightDesignSchema } from '../domain/night-design-schema.js';
import { parseInput } from '../domain/parse-input.js';
import type { ProjectFiles } from '../domain/project.js';
import {
  bootstrapPath,
  clientFolder,
  generateNight,
  nightSheetsFolder,
  readLuauPackage,
  testsFolder,
} from '../adapters/luau/index.js';
import { createProjectCode, requireClient } from './support/project-code.js';

export type NightCodeDependencies = { artifacts: ArtifactStore; projectFiles: ProjectFiles };

export function createNightCodeActivities(
  dependencies: NightCodeDependencies,
): Pick<CodeActivities, 'writeNightCode'> {
  const projectCode = createProjectCode(dependencies);

  const readDesign = async (ref: ArtifactRef): Promise<NightDesign> =>
    parseInput(nightDesignSchema, 'the night design', await projectCode.getJson(ref));

  return {
    async writeNightCode({ project, design: designRef, manifests }) {
      const design = await readDesign(designRef);
      const assets = await projectCode.readAssets(manifests);
      const mounts = await projectCode.readMounts(project);
      const { shared, server } = mounts;
      const client = requireClient(project, mounts);
      const root = `${shared.folder}/Graveshift`;
      const present = await projectCode.survey(
        project,
        [root, clientFolder(client.folder), testsFolder, nightSheetsFolder],
        [bootstrapPath(server.folder)],
      );
      const files = generateNight(
        {
          design,
          assets,
          target: project.target,
          shared,
          serverFolder: server.folder,
          client,
          existingNights: nightsIn(present.generated, root),
          existingLock: await projectCode.readAssetLock(project),
        },
        await readLuauPackage(),
      );
      return projectCode.putChangeSet(files, present, (path) =>
        belongsToAnotherWork(path, root, design.night),
      );
    },
  };
}

/** Numbers of the nights whose config is among the paths. */
function nightsIn(paths: readonly string[], root: string): number[] {
  return paths.flatMap((path) => {
    if (!path.startsWith(`${root}/Nights/`)) return [];
    const night = /^Night([1-9][0-9]*)\/Config\.luau$/.exec(path.slice(`${root}/Nights/`.length))?.[1];
    return night === undefined ? [] : [Number(night)];
  });
}

/** Other nights, features and content are left as they are: only this night is generated. */
function belongsToAnotherWork(path: string, root: string, night: number): boolean {
  const inData = path.startsWith(`${root}/Nights/Night`) && !path.startsWith(`${root}/Nights/Night${night}/`);
  const test = path.startsWith(`${testsFolder}/`) ? path.slice(testsFolder.length + 1) : undefined;
  const inTests =
    test !== undefined &&
    (test.includes('/') || (/^Night[0-9]+\.spec\.luau$/.test(test) && test !== `Night${night}.spec.luau`));
  const inSheets =
    path.startsWith(`${nightSheetsFolder}/`) && path !== `${nightSheetsFolder}/night-${night}.md`;
  return inData || inTests || inSheets;
}
