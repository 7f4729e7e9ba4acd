import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { createGitActivities } from '../../src/activities/git.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createGitProjects, type GitProjects } from '../../src/adapters/git/index.js';
import { createProjectRegistry, type ProjectRegistry } from '../../src/adapters/projects/registry.js';
import type { GitActivities } from '../../src/domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../../src/domain/artifact.js';
import { canonicalJson } from '../../src/domain/canonical-json.js';
import { changeSetDigest, type ChangeSet } from '../../src/domain/change-set.js';

const run = promisify(execFile);

/** Git as a person at the keyboard has it, away from this machine's configuration. */
const personEnvironment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Mina',
  GIT_AUTHOR_EMAIL: 'mina@example.com',
  GIT_COMMITTER_NAME: 'Mina',
  GIT_COMMITTER_EMAIL: 'mina@example.com',
};

export async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: directory, env: personEnvironment });
  return stdout.trim();
}

export const rojoProject = {
  name: 'village',
  tree: {
    $className: 'DataModel',
    ReplicatedStorage: { Shared: { $path: 'src/shared' } },
    ServerScriptService: { Server: { $path: 'src/server' } },
  },
};

export const config = {
  name: 'village',
  environments: {
    staging: {
      host: 'emulator',
      universeId: '1',
      creator: { type: 'user', id: '7' },
      places: { start: { placeId: '2' } },
    },
  },
};

export const gameFiles: Record<string, string> = {
  'graveshift.json': JSON.stringify(config),
  'default.project.json': JSON.stringify(rojoProject),
  'src/shared/Game.luau': 'return {}\n',
  'src/server/init.server.luau': 'print("hello")\n',
};

/** A game's repository with a work tree, the worker's clones beside it, and the activities over both. */
export class Studio implements AsyncDisposable {
  readonly game: string;
  readonly registry: ProjectRegistry;
  readonly artifacts: ArtifactStore;
  readonly projects: GitProjects;
  readonly activities: GitActivities;

  private constructor(readonly root: string) {
    this.game = path.join(root, 'game');
    this.registry = createProjectRegistry({ file: path.join(root, 'projects.json') });
    this.artifacts = createFileArtifactStore({ directory: path.join(root, 'store') });
    this.projects = this.newWorker();
    this.activities = createGitActivities({
      registry: this.registry,
      git: this.projects,
      artifacts: this.artifacts,
    });
  }

  static async open(files: Record<string, string> | undefined = gameFiles): Promise<Studio> {
    const studio = new Studio(await mkdtemp(path.join(tmpdir(), 'graveshift-git-')));
    await mkdir(studio.game);
    await git(studio.game, 'init', '--quiet', '--initial-branch=main');
    if (Object.keys(files).length > 0) await studio.commit(files);
    await studio.registry.add('village', studio.game);
    return studio;
  }

  /** Another worker on the same machine has clones of its own only where it is given another folder. */
  newWorker(folder = 'clones'): GitProjects {
    return createGitProjects({
      registry: this.registry,
      directory: path.join(this.root, folder),
      environment: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    });
  }

  async write(files: Record<string, string>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.game, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  /** What a person commits in the work tree. */
  async commit(files: Record<string, string>, message = 'Work on the game'): Promise<string> {
    await this.write(files);
    await git(this.game, 'add', '--all');
    await git(this.game, 'commit', '--quiet', '-m', message);
    return await git(this.game, 'rev-parse', 'HEAD');
  }

  async changeSet(
    files: Record<string, string>,
    removals: string[] = [],
  ): Promise<{ changeSet: ArtifactRef; digest: string }> {
    const entries = await Promise.all(
      Object.entries(files).map(
        async ([name, text]) => [name, await this.artifacts.put(Buffer.from(text), 'text/plain')] as const,
      ),
    );
    const value: ChangeSet = { files: Object.fromEntries(entries), removals };
    const changeSet = await this.artifacts.put(Buffer.from(canonicalJson(value)), 'application/json');
    return { changeSet, digest: changeSetDigest(value) };
  }

  snapshot() {
    return this.activities.snapshotProject({ environment: 'staging', place: 'start' });
  }

  async commitNight(runId: string, files: Record<string, string>, removals: string[] = []) {
    const { baseCommit } = await this.snapshot();
    const written = await this.changeSet(files, removals);
    return await this.activities.commitChangeSet({
      project: 'village',
      runId,
      baseCommit,
      ...written,
      message,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

export const message = {
  type: 'feat',
  scope: 'night-3',
  subject: 'add horror night 3',
  body: 'Night logic, map and asset ids.',
};
