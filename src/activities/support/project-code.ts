import { changeSetDigest, type ChangeSet } from '../../domain/change-set.js';
import type { WrittenCode } from '../../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../../domain/artifact.js';
import { assetManifestSchema, type AssetLock, type NightAsset } from '../../domain/asset.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import { GraveshiftError, invalidInput } from '../../domain/failure.js';
import { parseInput } from '../../domain/parse-input.js';
import type { ProjectFiles, ProjectSnapshot } from '../../domain/project.js';
import {
  assetLockPath,
  findMount,
  generatedMark,
  parseAssetLock,
  readRojoMounts,
  type Mount,
} from '../../adapters/luau/index.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The mark is in the first lines; nothing further down counts. */
const markWithin = 400;

const mediaTypes: Record<string, string> = {
  luau: 'text/x-luau; charset=utf-8',
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Where the project's code goes; `client` is absent where Rojo maps no such folder into StarterPlayerScripts. */
export type Mounts = { shared: Mount; server: Mount; client?: Mount };

/** Paths, from the project's root. */
export type Survey = { generated: string[]; foreign: Set<string> };

/** What every pipeline that writes code asks of the project and the store. */
export type ProjectCode = ReturnType<typeof createProjectCode>;

export function createProjectCode({
  artifacts,
  projectFiles,
}: {
  artifacts: ArtifactStore;
  projectFiles: ProjectFiles;
}) {
  const putText = (text: string, mediaType = 'application/json') =>
    artifacts.put(new TextEncoder().encode(text), mediaType);

  const getText = async (ref: ArtifactRef): Promise<string> => utf8.decode(await artifacts.get(ref));

  const getJson = async (ref: ArtifactRef): Promise<unknown> => JSON.parse(await getText(ref));

  async function readText(project: ProjectSnapshot, path: string): Promise<string | undefined> {
    const bytes = await projectFiles.read(project.name, project.baseCommit, path);
    // Somebody's own file may hold anything: what is not UTF-8 only has to differ from ours.
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** @throws GraveshiftError `InvalidInput` where Rojo does not map the folders of `code` to where they work */
  async function readMounts(project: ProjectSnapshot): Promise<Mounts> {
    const { rojoProject } = project.target;
    const text = await readText(project, rojoProject);
    const mounts = text === undefined ? [] : readRojoMounts(rojoProject, text);
    const { shared, server, client } = project.config.code;
    const find = (folder: string, field: string, service: string): Mount =>
      findMount(mounts, folder, { field, service, rojoProject });
    const hasClient = mounts.some(({ folder }) => client === folder || client.startsWith(`${folder}/`));
    return {
      shared: find(shared, 'code.shared', 'ReplicatedStorage'),
      server: find(server, 'code.server', 'ServerScriptService'),
      ...(hasClient && { client: find(client, 'code.client', 'StarterPlayer') }),
    };
  }

  /** Luau and Markdown that the project has where the pipeline writes: by whose hand it is. */
  async function survey(
    project: ProjectSnapshot,
    folders: readonly string[],
    files: readonly string[] = [],
  ): Promise<Survey> {
    const listed = await Promise.all(
      folders.map((folder) => projectFiles.list(project.name, project.baseCommit, folder)),
    );
    const candidates = new Set([...listed.flat(), ...files]);
    const result: Survey = { generated: [], foreign: new Set() };
    for (const path of [...candidates].filter((candidate) => /\.(luau|md)$/.test(candidate))) {
      const text = await readText(project, path);
      if (text === undefined) continue;
      if (text.slice(0, markWithin).includes(generatedMark)) result.generated.push(path);
      else result.foreign.add(path);
    }
    return result;
  }

  async function readAssets(manifests: readonly ArtifactRef[]): Promise<NightAsset[]> {
    const parsed = await Promise.all(
      manifests.map(async (ref) => parseInput(assetManifestSchema, 'an asset manifest', await getJson(ref))),
    );
    return parsed.flatMap((manifest) => manifest.assets);
  }

  async function readAssetLock(project: ProjectSnapshot): Promise<AssetLock | undefined> {
    const text = await readText(project, assetLockPath);
    return text === undefined ? undefined : parseAssetLock(text);
  }

  /**
   * Puts the files into the store as a change set. Generated files that are there and not among them are removed,
   * unless `keep` says that they are another work's.
   * @throws GraveshiftError `CodeFailure` where one of them would overwrite somebody's own
   */
  async function putChangeSet(
    files: ReadonlyMap<string, string>,
    present: Survey,
    keep: (path: string) => boolean,
  ): Promise<WrittenCode> {
    refuseToOverwrite([...files.keys()].filter((path) => present.foreign.has(path)));
    const entries = await Promise.all(
      [...files].map(async ([path, text]) => {
        const extension = path.slice(path.lastIndexOf('.') + 1);
        return [path, await putText(text, mediaTypes[extension] ?? 'text/plain')] as const;
      }),
    );
    const removals = present.generated.filter((path) => !files.has(path) && !keep(path)).sort();
    const changeSet: ChangeSet = { files: Object.fromEntries(entries), removals };
    return {
      changeSet: await putText(canonicalJson(changeSet)),
      digest: changeSetDigest(changeSet),
      files: files.size,
    };
  }

  return {
    putText,
    getText,
    getJson,
    readText,
    readMounts,
    survey,
    readAssets,
    readAssetLock,
    putChangeSet,
  };
}

/**
 * Where players' own scripts go, for what cannot do without them.
 * @throws GraveshiftError `InvalidInput` where Rojo maps no such folder
 */
export function requireClient(project: ProjectSnapshot, { client }: Mounts): Mount {
  if (client !== undefined) return client;
  const { rojoProject } = project.target;
  throw invalidInput('the project', [
    {
      field: 'code.client',
      value: `"${project.config.code.client}", which ${rojoProject} maps nowhere`,
      remedy: `name a folder that ${rojoProject} maps into StarterPlayer.StarterPlayerScripts, or map this one there: a player's screen, sounds and light are scripts of the player's own`,
    },
  ]);
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
