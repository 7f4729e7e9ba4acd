import { asyncLocalStorage } from '@temporalio/activity';

import { changeSetDigest, changeSetSchema, type ChangeSet } from '../domain/change-set.js';
import type { CodeActivities } from '../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import { assetManifestSchema } from '../domain/asset.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { GraveshiftError } from '../domain/failure.js';
import type { NightDesign } from '../domain/night.js';
import { nightDesignSchema } from '../domain/night-design-schema.js';
import { parseInput } from '../domain/parse-input.js';
import type { ProjectFiles, ProjectSnapshot } from '../domain/project.js';
import {
  assetLockPath,
  bootstrapPath,
  findMount,
  generatedMark,
  generateNight,
  nightSheetsFolder,
  parseAssetLock,
  readLuauPackage,
  readRojoMounts,
  testsFolder,
  type Mount,
} from '../adapters/luau/index.js';
import { checkFormat, checkMap, checkUnitTests, checkCompile } from './night-gates.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The mark is in the first lines; nothing further down counts. */
const markWithin = 400;

const mediaTypes: Record<string, string> = {
  luau: 'text/x-luau; charset=utf-8',
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
};

export type NightCodeDependencies = { artifacts: ArtifactStore; projectFiles: ProjectFiles };

type Mounts = { shared: Mount; server: Mount };

/** Paths, from the project's root. */
type Survey = { generated: string[]; foreign: Set<string> };

export function createNightCodeActivities({
  artifacts,
  projectFiles,
}: NightCodeDependencies): CodeActivities {
  const putText = (text: string, mediaType: string) =>
    artifacts.put(new TextEncoder().encode(text), mediaType);

  const getJson = async (ref: ArtifactRef): Promise<unknown> =>
    JSON.parse(utf8.decode(await artifacts.get(ref)));

  const readDesign = async (ref: ArtifactRef): Promise<NightDesign> =>
    parseInput(nightDesignSchema, 'the night design', await getJson(ref));

  async function readText(project: ProjectSnapshot, path: string): Promise<string | undefined> {
    const bytes = await projectFiles.read(project.name, project.baseCommit, path);
    // Somebody's own file may hold anything: what is not UTF-8 only has to differ from ours.
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  async function readMounts(project: ProjectSnapshot): Promise<Mounts> {
    const { rojoProject } = project.target;
    const text = await readText(project, rojoProject);
    const mounts = text === undefined ? [] : readRojoMounts(rojoProject, text);
    const { shared, server } = project.config.code;
    return {
      shared: findMount(mounts, shared, {
        field: 'code.shared',
        service: 'ReplicatedStorage',
        rojoProject,
      }),
      server: findMount(mounts, server, {
        field: 'code.server',
        service: 'ServerScriptService',
        rojoProject,
      }),
    };
  }

  /** Luau and Markdown that the project has where Graveshift writes: by whose hand it is. */
  async function survey(project: ProjectSnapshot, mounts: Mounts): Promise<Survey> {
    const folders = [`${mounts.shared.folder}/Graveshift`, testsFolder, nightSheetsFolder];
    const listed = await Promise.all(
      folders.map((folder) => projectFiles.list(project.name, project.baseCommit, folder)),
    );
    const candidates = [...listed.flat(), bootstrapPath(mounts.server.folder)];
    const result: Survey = { generated: [], foreign: new Set() };
    for (const path of candidates.filter((candidate) => /\.(luau|md)$/.test(candidate))) {
      const text = await readText(project, path);
      if (text === undefined) continue;
      if (text.slice(0, markWithin).includes(generatedMark)) result.generated.push(path);
      else result.foreign.add(path);
    }
    return result;
  }

  return {
    async writeNightCode({ project, design: designRef, manifests }) {
      const design = await readDesign(designRef);
      const parsed = await Promise.all(
        manifests.map(async (ref) =>
          parseInput(assetManifestSchema, 'an asset manifest', await getJson(ref)),
        ),
      );
      const mounts = await readMounts(project);
      const root = `${mounts.shared.folder}/Graveshift`;
      const present = await survey(project, mounts);
      const lock = await readText(project, assetLockPath);
      const files = generateNight(
        {
          design,
          assets: parsed.flatMap((manifest) => manifest.assets),
          target: project.target,
          shared: mounts.shared,
          serverFolder: mounts.server.folder,
          existingNights: nightsIn(present.generated, root),
          existingLock: lock === undefined ? undefined : parseAssetLock(lock),
        },
        await readLuauPackage(),
      );
      refuseToOverwrite([...files.keys()].filter((path) => present.foreign.has(path)));

      const entries = await Promise.all(
        [...files].map(async ([path, text]) => {
          const extension = path.slice(path.lastIndexOf('.') + 1);
          return [path, await putText(text, mediaTypes[extension] ?? 'text/plain')] as const;
        }),
      );
      const removals = present.generated.filter(
        (path) => !files.has(path) && !belongsToAnotherNight(path, root, design.night),
      );
      const changeSet: ChangeSet = { files: Object.fromEntries(entries), removals: removals.sort() };
      return {
        changeSet: await putText(canonicalJson(changeSet), 'application/json'),
        digest: changeSetDigest(changeSet),
        files: files.size,
      };
    },

    async checkCode({ project, subject, changeSet: changeSetRef }) {
      const design = subject.kind === 'night' ? await readDesign(subject.design) : undefined;
      const changeSet = parseInput(changeSetSchema, 'the change set', await getJson(changeSetRef));
      const luau = new Map<string, string>();
      for (const [path, ref] of Object.entries(changeSet.files)) {
        if (path.endsWith('.luau')) luau.set(path, utf8.decode(await artifacts.get(ref)));
      }
      const mounts = await readMounts(project);
      const signal = asyncLocalStorage.getStore()?.cancellationSignal;
      const checks = [
        checkFormat(luau),
        await checkCompile(luau, signal),
        await checkUnitTests(
          luau,
          [
            mounts.shared,
            mounts.server,
            { folder: testsFolder, instance: ['ServerStorage', 'GraveshiftTests'] },
          ],
          signal,
        ),
        ...(design === undefined ? [] : [checkMap(design.map)]),
      ];
      const gates = checks.map(({ gate }) => gate);
      const report = { version: 1, subject: subject.kind, changeSet: changeSetDigest(changeSet), checks };
      return { gates, report: await putText(canonicalJson(report), 'application/json') };
    },
  };
}

/** A file of the game's own where one of ours goes is never overwritten. */
function refuseToOverwrite(foreign: readonly string[]): void {
  if (foreign.length === 0) return;
  throw new GraveshiftError(
    'CodeFailure',
    `The project has its own ${foreign.join(', ')}, where Graveshift would write. Rename or remove it; ` +
      `a file that Graveshift wrote says "${generatedMark}" in its first lines.`,
    { details: { files: foreign } },
  );
}

/** Numbers of the nights whose config is among the paths. */
function nightsIn(paths: readonly string[], root: string): number[] {
  return paths.flatMap((path) => {
    if (!path.startsWith(`${root}/Nights/`)) return [];
    const night = /^Night([1-9][0-9]*)\/Config\.luau$/.exec(path.slice(`${root}/Nights/`.length))?.[1];
    return night === undefined ? [] : [Number(night)];
  });
}

/** Other nights are left as they are: only this one is generated. */
function belongsToAnotherNight(path: string, root: string, night: number): boolean {
  const inData = path.startsWith(`${root}/Nights/Night`) && !path.startsWith(`${root}/Nights/Night${night}/`);
  const inTests =
    /^Night[0-9]+\.spec\.luau$/.test(path.slice(testsFolder.length + 1)) &&
    path !== `${testsFolder}/Night${night}.spec.luau`;
  const inSheets =
    path.startsWith(`${nightSheetsFolder}/`) && path !== `${nightSheetsFolder}/night-${night}.md`;
  return inData || inTests || inSheets;
}
