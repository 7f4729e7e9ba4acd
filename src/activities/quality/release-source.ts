import type { ProjectChanges } from '../../adapters/git/index.js';
import { readPlace, type PlaceInstance } from '../../adapters/rojo/index.js';
import type { ArtifactStore } from '../../domain/artifact.js';
import type { ProjectFiles, ProjectSnapshot } from '../../domain/project.js';
import type { ReleaseContent } from '../../domain/release.js';
import type { CodeGateTools } from '../code-gate/index.js';
import { testRelease, type ReleaseTests } from './test-gates.js';

export type QualityDependencies = {
  artifacts: ArtifactStore;
  /** `GitProjects` is both. */
  git: ProjectFiles & ProjectChanges;
  /** Compiles and runs the commit's Luau. */
  code: CodeGateTools;
};

/** What the gates look at: one commit, its place, and what changed since the last release. Read once, when first asked for. */
export type ReleaseSource = QualityDependencies & {
  project: ProjectSnapshot;
  content: ReleaseContent;
  since: string | undefined;
  signal: AbortSignal | undefined;
  /** Paths of all files of the commit. */
  paths: () => Promise<string[]>;
  /** The commit's Luau by path, without a byte order mark. */
  luau: () => Promise<ReadonlyMap<string, string>>;
  /** The place's instances, parents before children. */
  instances: () => Promise<PlaceInstance[]>;
  /** A file of the commit as text; undefined where there is none. */
  text: (path: string) => Promise<string | undefined>;
  /** What the commit's own tests say. */
  tests: () => Promise<ReleaseTests>;
};

export function openRelease(
  dependencies: QualityDependencies,
  input: { project: ProjectSnapshot; content: ReleaseContent; since?: string | undefined },
  signal: AbortSignal | undefined,
): ReleaseSource {
  const { artifacts, git } = dependencies;
  const { project, content } = input;
  const text = async (path: string) => {
    const bytes = await git.read(project.name, content.commit, path);
    return bytes && new TextDecoder().decode(bytes);
  };
  const release: ReleaseSource = {
    ...dependencies,
    project,
    content,
    since: input.since,
    signal,
    text,
    paths: once(() => git.list(project.name, content.commit, '.')),
    luau: once(async () => {
      const luau = new Map<string, string>();
      // Nothing lies between a commit and itself: these are the files of its tree.
      const range = { since: content.commit, commit: content.commit };
      await git.visitBlobs(
        project.name,
        range,
        ({ paths, bytes }) => {
          for (const path of paths) luau.set(path, new TextDecoder().decode(bytes));
        },
        { signal, only: (path) => /\.luau?$/.test(path) },
      );
      return new Map([...luau].sort(([a], [b]) => (a < b ? -1 : 1)));
    }),
    instances: once(async () => readPlace(await artifacts.get(content.place))),
    tests: once(() => testRelease(release)),
  };
  return release;
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined;
  return () => (reading ??= read());
}
