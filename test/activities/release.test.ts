import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createReleaseActivities } from '../../src/activities/release.js';
import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import type { DeployCandidate, ReleaseActivities } from '../../src/domain/deploy-activities.js';
import type { ReleaseStatus } from '../../src/domain/release.js';
import { releaseDigest, releaseManifestSchema } from '../../src/domain/release.js';
import { config, gameFiles, git, Studio } from '../git/fixtures.js';
import { intentOf, tickingClock } from '../ledger/fixtures.js';

const staging = config.environments.staging;
const production = { ...staging, universeId: '11', places: { start: { placeId: '22' } } };
const mesh = (letter: string) => letter.repeat(64);
const gates = [{ gate: 'compile', verdict: 'pass' as const, summary: '3 files compile', findings: [] }];

describe('the release activities', () => {
  let studio: Studio;
  let ledger: Ledger;
  let activities: ReleaseActivities;
  let version: number;

  beforeEach(async () => {
    version = 0;
    const environments = { staging, production, mirror: staging };
    studio = await Studio.open({
      ...gameFiles,
      'graveshift.json': JSON.stringify({ ...config, environments }),
      'assets.lock.json': JSON.stringify({
        version: 1,
        assets: {
          [`emulator/user:7/${mesh('b')}`]: { assetId: '12', name: 'tree' },
          [`emulator/user:7/${mesh('a')}`]: { assetId: '11', name: 'crypt' },
          [`roblox/user:7/${mesh('a')}`]: { assetId: '999', name: 'crypt' },
          [`emulator/group:7/${mesh('a')}`]: { assetId: '998', name: 'crypt' },
        },
      }),
    });
    ledger = await createLedger({ url: `${studio.root}/ledger.db`, clock: tickingClock() });
    activities = createReleaseActivities({
      snapshotProject: (input) => studio.activities.snapshotProject(input),
      git: studio.projects,
      ledger,
      artifacts: studio.artifacts,
    });
  });
  afterEach(async () => {
    await ledger.close();
    await studio[Symbol.asyncDispose]();
  });

  const targets = {
    staging: { environment: 'staging', universeId: '1', placeId: '2' },
    production: { environment: 'production', universeId: '11', placeId: '22' },
  };
  const intent = async (to: keyof typeof targets, runId: string, commit: string, bytes: string) =>
    intentOf(runId, {
      target: {
        ...targets[to],
        host: 'emulator',
        creator: { type: 'user', id: '7' },
        placeName: 'start',
        rojoProject: 'default.project.json',
      },
      place: await studio.artifacts.put(Buffer.from(bytes), 'application/vnd.roblox.place'),
      commit,
      lease: version,
    });
  const publish = async (to: keyof typeof targets, commit: string, bytes: string, night?: number) => {
    const runId = `run-${++version}`;
    await ledger.releases.record({
      intent: await intent(to, runId, commit, bytes),
      version,
      tag: night === undefined ? `tag-${version}` : `night-${night}`,
      gates,
      approvals: [],
      ...(night !== undefined && { night }),
    });
    return { runId, version };
  };
  const mark = (
    to: keyof typeof targets,
    of: { runId: string; version: number },
    status: ReleaseStatus,
    reason = '',
  ) => activities.markRelease({ host: 'emulator', placeId: targets[to].placeId, ...of, status, reason });
  const find = (from?: string, more: { to?: string; version?: string } = {}) =>
    activities.findCandidate({
      to: 'production',
      place: 'start',
      ...(from !== undefined && { from }),
      ...more,
    });
  const head = () => git(studio.game, 'rev-parse', 'HEAD');

  it('finds what staging holds, with the assets of the target only', async () => {
    const commit = await head();
    const { runId } = await publish('staging', commit, 'night 1', 1);
    const found = await find();
    expect(found).toMatchObject({
      content: {
        project: 'village',
        placeName: 'start',
        commit,
        tree: await git(studio.game, 'rev-parse', 'HEAD^{tree}'),
        night: 1,
        changeDigest: 'd'.repeat(64),
        assets: [
          { id: 'crypt', assetId: '11', sha256: mesh('a') },
          { id: 'tree', assetId: '12', sha256: mesh('b') },
        ],
        config: {},
      },
      staging: { environment: 'staging', placeId: '2' },
      project: { target: { environment: 'production', placeId: '22' } },
      staged: { runId, tag: 'night-1', version: 1, gates },
      mainCommit: commit,
    });
    expect(found.live).toBeUndefined();
  });

  it('finds a staged release by every name, and by the run that made its bytes', async () => {
    const first = await head();
    const made = await publish('staging', first, 'night 1', 1);
    const second = await studio.commit({ 'a.luau': '' });
    await publish('staging', second, 'night 2', 2);
    await git(studio.game, 'tag', 'halloween', first);
    for (const from of ['night-1', '1', first, first.slice(0, 8), 'run-1', 'halloween']) {
      expect((await find(from)).staged).toMatchObject({ ...made, tag: 'night-1' });
    }
    await publish('staging', first, 'night 1', 1);
    expect((await find()).staged).toMatchObject(made);
  });

  it('says what is live, as small as a history wants it', async () => {
    const first = await head();
    await publish('production', first, 'old');
    const commit = await studio.commit({ 'a.luau': '' });
    await publish('staging', commit, 'new');
    const { live } = await find();
    expect(live).toMatchObject({ runId: 'run-1', version: 1, commit: first, status: 'live' });
    expect(live).not.toHaveProperty('gates');
  });

  describe('refuses, and says what to do,', () => {
    const refused = async (candidate: Promise<DeployCandidate>, says: RegExp) => {
      await expect(candidate).rejects.toMatchObject({ kind: 'InvalidInput' });
      await expect(candidate).rejects.toThrow(says);
    };

    it('what was never staged', async () => {
      await refused(find(), /never staged.*graveshift night/);
      await publish('staging', await head(), 'night 1', 1);
      await refused(find('night-7'), /"night-7", which was never staged.*such as night-1/);
      await studio.commit({ 'b.luau': '' });
      await refused(find('main'), /never staged/);
    });

    it('an environment that is staging, or whose place is', async () => {
      await refused(find(undefined, { to: 'staging' }), /is the place 2 of staging/);
      await refused(find(undefined, { to: 'mirror' }), /is the place 2 of staging/);
      await refused(find(undefined, { to: 'moon' }), /environment/);
    });

    it('bytes that the store lost', async () => {
      version++;
      const lost = { sha256: '9'.repeat(64), bytes: 1, mediaType: 'application/vnd.roblox.place' };
      await ledger.releases.record({
        intent: { ...(await intent('staging', 'run-1', await head(), 'x')), place: lost },
        version,
        tag: 'night-1',
        gates,
        approvals: [],
      });
      await refused(find(), /not in the artifact store.*stage it again/);
    });

    it('a commit that is on no branch any more', async () => {
      const start = await head();
      const commit = await studio.commit({ 'a.luau': '' });
      await publish('staging', commit, 'night 1', 1);
      await git(studio.game, 'reset', '--hard', '--quiet', start);
      await refused(find(), /on no branch/);
    });

    it('what production has, and what is older than that', async () => {
      const first = await head();
      await publish('staging', first, 'night 1', 1);
      await publish('production', first, 'night 1', 1);
      await refused(find(), /production has already, as version 2/);
      const second = await studio.commit({ 'a.luau': '' });
      await publish('production', second, 'night 2', 2);
      await refused(find('night-1'), /older than what production has: night-2.*emergency rollback/);
    });

    it('what was taken back, unless it is named', async () => {
      const commit = await head();
      const staged = await publish('staging', commit, 'night 1', 1);
      const live = await publish('production', commit, 'night 1', 1);
      await mark('production', live, 'rolled-back', 'servers crash');
      await refused(find(), /taken back from production \(servers crash\).*--from night-1/);
      expect((await find('night-1')).staged.runId).toBe(staged.runId);
      await mark('staging', staged, 'rolled-back', 'staging tests failed');
      await refused(find(), /taken back \(staging tests failed\)/);
    });

    it('what would take work of people on main away from players', async () => {
      const start = await head();
      await git(studio.game, 'checkout', '--quiet', '-b', 'graveshift/next');
      const commit = await studio.commit({ 'a.luau': '' });
      await publish('staging', commit, 'night 1', 1);
      await git(studio.game, 'checkout', '--quiet', 'main');
      const hotfix = await studio.commit({ 'fix.luau': '' });
      await refused(find(), new RegExp(`lacks 1 commit of main.*${hotfix.slice(0, 12)}.*merge main into`));
      await git(studio.game, 'reset', '--hard', '--quiet', start);
      expect((await find()).mainCommit).toBe(start);
    });

    it('a version that another release or a tag of the game has', async () => {
      await publish('staging', await head(), 'night 1', 1);
      await git(studio.game, 'tag', 'v2.0.0');
      await refused(find(undefined, { version: '2.0.0' }), /2\.0\.0, which a tag in Git names already/);
      expect(await find(undefined, { version: '2.0.1' })).toBeDefined();
    });
  });

  describe('sealRelease', () => {
    const seal = async (candidate: DeployCandidate, runId: string, more: { version?: string } = {}) => {
      const { content } = candidate;
      version++;
      const published = {
        intent: { ...(await intent('production', runId, content.commit, 'x')), place: content.place },
        version,
      };
      return {
        published,
        draft: { content, gates },
        sealed: await activities.sealRelease({
          draft: { content, gates },
          run: { id: runId, workflowId: `village/${runId}`, pipeline: 'deploy' },
          approvals: [{ by: 'ada', at: '2026-10-31T22:00:00Z' }],
          versions: {
            production: { host: 'emulator', universeId: '11', placeId: '22', version },
          },
          published,
          ...more,
        }),
      };
    };

    it('writes the manifest to the store and the ledger, the same for the same run', async () => {
      await publish('staging', await head(), 'night 1', 1);
      const candidate = await find();
      const { sealed, draft } = await seal(candidate, 'deploy-1');
      expect(sealed).toMatchObject({ version: '1.0.0', tag: 'v1.0.0' });
      const text = Buffer.from(await studio.artifacts.get(sealed.manifest)).toString('utf8');
      expect(releaseManifestSchema.parse(JSON.parse(text))).toMatchObject({
        release: releaseDigest(draft),
        version: '1.0.0',
        tag: 'v1.0.0',
        content: candidate.content,
        gates,
        approvals: [{ by: 'ada' }],
      });
      expect(await ledger.releases.live('emulator', '22')).toMatchObject({
        version: 2,
        tag: 'v1.0.0',
        manifest: sealed.manifest.sha256,
        releaseVersion: '1.0.0',
      });
      version--;
      expect((await seal(candidate, 'deploy-1')).sealed).toEqual(sealed);
      expect(await ledger.manifests.list('village')).toHaveLength(1);
      expect(await ledger.releases.history('emulator', '22')).toHaveLength(1);
      await expect(find('1.0.0')).rejects.toThrow(/production has already/);
    });

    it("goes on after the game's own version tags", async () => {
      await git(studio.game, 'tag', 'v0.4.2');
      await publish('staging', await head(), 'night 1', 1);
      const { sealed } = await seal(await find(), 'deploy-1');
      expect(sealed.tag).toBe('v0.5.0');
      const again = await seal(await candidateOf('patch'), 'deploy-2');
      expect(again.sealed.tag).toBe('v0.5.1');
      await expect(seal(await candidateOf('more'), 'deploy-3', { version: '0.5.1' })).rejects.toThrow(
        /run deploy-2 sealed already/,
      );
    });

    const candidateOf = async (bytes: string): Promise<DeployCandidate> => {
      await publish('staging', await studio.commit({ [`${bytes}.luau`]: '' }), bytes);
      return find();
    };
  });

  it('moves main forward and back by the project of the input', async () => {
    const start = await head();
    await git(studio.game, 'checkout', '--quiet', '-b', 'graveshift/next');
    const commit = await studio.commit({ 'a.luau': 'return 1\n' }, 'feat(night-1): add horror night 1');
    await git(studio.game, 'checkout', '--quiet', '--detach');
    const promoted = await activities.promoteToMain({
      project: 'village',
      commit,
      mainBranch: 'main',
      expectedMain: start,
      tag: 'v1.0.0',
      tagMessage: 'Release 1.0.0',
    });
    expect(promoted).toEqual({ main: commit, tag: 'v1.0.0' });
    const { branches } = await activities.revertTo({
      project: 'village',
      runId: 'rescue-1',
      branches: ['main', 'graveshift/next'],
      good: start,
      bad: commit,
      reason: 'servers crash',
    });
    expect(branches.map(({ branch, reverted }) => [branch, reverted])).toEqual([
      ['main', [commit]],
      ['graveshift/next', [commit]],
    ]);
    expect(await git(studio.game, 'diff', '--stat', start, 'main')).toBe('');
  });
});
