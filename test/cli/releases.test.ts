import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createReleaseActivities } from '../../src/activities/release.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import { buildPlaceFile, findRojo, stampPlace } from '../../src/adapters/rojo/index.js';
import type { ArtifactRef } from '../../src/domain/artifact.js';
import type { ReleaseContent } from '../../src/domain/release.js';
import { intentOf, tickingClock } from '../ledger/fixtures.js';
import { Folder, game } from '../rojo/support.js';
import { makeFolder, runCli } from './run-cli.js';

const commits = { old: '1'.repeat(40), new: '2'.repeat(40) };
const gates = [
  { gate: 'compile', verdict: 'pass' as const, summary: '3 files compile', findings: [] },
  { gate: 'integration', verdict: 'inconclusive' as const, summary: 'nobody played it', findings: [] },
];

describe('graveshift releases', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let ledger: Ledger;
  const home = () => path.join(folder, 'home');
  const call = (...args: string[]) =>
    runCli(args, { env: { GRAVESHIFT_HOME: home(), HOME: folder }, cwd: folder });
  const json = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await call(...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    ({ folder, remove } = await makeFolder());
    const artifacts = createFileArtifactStore({ directory: path.join(home(), 'store') });
    ledger = await createLedger({ url: path.join(home(), 'ledger.db'), clock: tickingClock() });
    const rojo = await findRojo({ env: process.env });
    const unused = () => Promise.reject(new Error('sealing asks Git for its tags only'));
    const { sealRelease, markRelease } = createReleaseActivities({
      ledger,
      artifacts,
      snapshotProject: unused,
      git: {
        tags: () => Promise.resolve([]),
        read: unused,
        resolveCommits: unused,
        findCommit: unused,
        isAncestor: unused,
        commitsMissing: unused,
        promoteToMain: unused,
        joinBranch: unused,
        revertTo: unused,
      },
    });

    const build = async (commit: string, changes: Record<string, string>): Promise<ArtifactRef> => {
      await using checkout = await Folder.of({ ...game, ...changes });
      const built = await buildPlaceFile(
        { rojo, environment: process.env, signal: undefined },
        checkout.path,
        'default.project.json',
      );
      return await artifacts.put(
        stampPlace(built, { commit, digest: 'd'.repeat(64) }),
        'application/vnd.roblox.place',
      );
    };
    const intent = (
      runId: string,
      environment: string,
      placeId: string,
      commit: string,
      place: ArtifactRef,
    ) =>
      intentOf(runId, {
        target: { ...intentOf(runId).target, environment, placeId },
        commit,
        place,
      });
    const release = async (
      version: number,
      commit: string,
      place: ArtifactRef,
      more: Pick<ReleaseContent, 'assets' | 'config'>,
    ) => {
      const runId = `deploy-${version}`;
      await ledger.releases.record({
        intent: intent(`night-run-${version}`, 'staging', '200', commit, place),
        version,
        tag: `night-${version}`,
        night: version,
        gates,
        approvals: [],
      });
      await sealRelease({
        draft: {
          content: {
            project: 'village',
            placeName: 'start',
            commit,
            tree: commit,
            place,
            night: version,
            ...more,
          },
          gates,
        },
        run: { id: runId, workflowId: `village/${runId}`, pipeline: 'deploy' },
        approvals: [{ by: 'ada', at: '2026-10-31T22:00:00Z', key: 'SHA256:abc', reason: 'played it' }],
        versions: {
          production: { host: 'emulator', universeId: '100', placeId: '300', version },
        },
        published: { intent: intent(runId, 'production', '300', commit, place), version },
      });
    };
    const mesh = (letter: string) => letter.repeat(64);
    await release(1, commits.old, await build(commits.old, {}), {
      assets: [
        { id: 'crypt', assetId: '11', sha256: mesh('a') },
        { id: 'lamp', assetId: '12', sha256: mesh('b') },
      ],
      config: { fog: { on: 0.5, off: 0 }, lamps: { on: true, off: false } },
    });
    await markRelease({
      host: 'emulator',
      placeId: '300',
      runId: 'deploy-1',
      version: 1,
      status: 'stable',
      reason: 'kept after 15 minutes',
    });
    await release(
      2,
      commits.new,
      await build(commits.new, {
        'src/server/Main.server.luau': 'print("a")\nprint("b")\nprint("c")\n',
        'src/server/Night2.luau': 'return {\n\tnight = 2,\n}\n',
        'src/server/Main.meta.json': '{"properties":{"Disabled":false}}',
        'src/shared/Note.txt': 'good night',
        'src/shared/Graveshift/Child.lua': 'return 3\n',
        'src/shared/Fog.model.json': '{"className":"Folder"}',
      }),
      {
        assets: [{ id: 'crypt', assetId: '21', sha256: mesh('c') }],
        config: {
          fog: { on: 0.7, off: 0 },
          lamps: { on: true, off: false },
          moon: { on: 1, off: 0 },
        },
      },
    );
    await ledger.close();
  });
  afterAll(() => remove());

  it('lists what went where, the latest first, in words and as JSON', async () => {
    const { code, stdout } = await call('releases');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^PROJECT +PLACE +RELEASE +VERSION +STATUS +COMMIT/);
    expect(stdout).toMatch(/village +production\/start +1\.1\.0 +2 +live +222222222/);
    expect(stdout).toMatch(/village +production\/start +1\.0\.0 +1 +stable .*kept after 15 minutes/);
    expect(await json('releases', '--project', 'village', '--environment', 'production')).toMatchObject([
      { releaseVersion: '1.1.0', status: 'live', version: 2 },
      { releaseVersion: '1.0.0', status: 'stable', version: 1 },
    ]);
    expect(await json('releases', '--project', 'nobody')).toEqual([]);
  });

  it('shows a release by version, tag, night, run or commit', async () => {
    const { code, stdout } = await call('release', 'show', '1.0.0');
    expect(code).toBe(0);
    expect(stdout).toContain('Release 1.0.0 of village');
    expect(stdout).toMatch(/compile +pass +3 files compile/);
    expect(stdout).toMatch(/integration +inconclusive +nobody played it/);
    expect(stdout).toContain('ada, 2026-10-31T22:00:00Z, signed by SHA256:abc: played it');
    expect(stdout).toMatch(/production +version 1 of place 300 +stable/);
    expect(stdout).toMatch(/staging +version 1 of place 200 +superseded/);
    expect(stdout).toContain('fog = {"on":0.5,"off":0}');
    for (const name of ['v1.0.0', 'deploy-1', commits.old, 'night-1']) {
      expect(await json('release', 'show', name)).toMatchObject({
        release: { commit: commits.old, releaseVersion: '1.0.0' },
      });
    }
    expect(await json('release', 'show', 'v1.0.0')).toMatchObject({
      manifest: { version: '1.0.0', run: { workflowId: 'village/deploy-1' } },
    });
  });

  it('says what a release brings over another one', async () => {
    const { code, stdout } = await call('release', 'diff', '1.0.0', '1.1.0');
    expect(code).toBe(0);
    expect(stdout).toContain('From 1.0.0 to 1.1.0');
    expect(stdout).toContain('~ ServerScriptService/Server/Main (Script) +1 -0');
    expect(stdout).toContain('+ ServerScriptService/Server/Night2 (ModuleScript) +3 -0');
    expect(stdout).toContain('~ ReplicatedStorage/Shared/Note (StringValue): Value');
    expect(stdout).toContain('+ ReplicatedStorage/Shared/Fog (Folder)');
    expect(stdout).toContain('~ crypt: 11, now 21');
    expect(stdout).toContain('- lamp: 12');
    expect(stdout).toContain('~ fog: {"on":0.5,"off":0}, now {"on":0.7,"off":0}');
    expect(stdout).toContain('+ moon: {"on":1,"off":0}');
    expect(await json('release', 'diff', '1.1.0', '1.0.0')).toMatchObject({
      before: { name: '1.1.0', commit: commits.new },
      scripts: [
        { kind: 'changed', path: 'ReplicatedStorage/Shared/Graveshift/Child', added: 1, removed: 1 },
        { kind: 'changed', path: 'ServerScriptService/Server/Main', added: 0, removed: 1 },
        { kind: 'removed', path: 'ServerScriptService/Server/Night2', added: 0, removed: 3 },
      ],
      instances: [
        { kind: 'removed', path: 'ReplicatedStorage/Shared/Fog', className: 'Folder' },
        { kind: 'changed', path: 'ReplicatedStorage/Shared/Note', properties: ['Value'] },
        { kind: 'changed', path: 'ServerScriptService/Server/Main', properties: ['Disabled'] },
      ],
      assets: [
        { kind: 'changed', id: 'crypt', before: '21', after: '11' },
        { kind: 'added', id: 'lamp', after: '12' },
      ],
      config: [{ key: 'fog' }, { kind: 'removed', key: 'moon', before: { on: 1, off: 0 } }],
    });
    expect(await json('release', 'diff', '1.0.0', '1.0.0')).toMatchObject({
      scripts: [],
      instances: [],
      assets: [],
      config: [],
    });
  });

  it('says what is there when a name is not, and makes no ledger where there is none', async () => {
    expect(await call('release', 'show', '9.9.9')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/"9\.9\.9", which no release has.*1\.1\.0/s) as string,
    });
    const elsewhere = path.join(folder, 'elsewhere');
    const { code, stderr } = await call('releases', '--home', elsewhere);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no ledger') as string,
    });
    await expect(access(elsewhere)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is there in the command that a shell starts', async () => {
    const bin = path.resolve(import.meta.dirname, '../../bin/graveshift.js');
    const { stdout } = await promisify(execFile)(process.execPath, [bin, 'releases', '--json'], {
      env: { PATH: process.env.PATH, GRAVESHIFT_HOME: home(), HOME: folder },
    });
    expect(JSON.parse(stdout)).toHaveLength(4);
    for (const args of [['releases'], ['release', 'show'], ['release', 'diff']]) {
      const help = await call(...args, '--help');
      expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Examples:') as string });
    }
  });
});
