import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { defineSearchAttributeKey } from '@temporalio/common';
import { inject, afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPostMortemActivities } from '../../src/activities/post-mortem.js';
import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import {
  connectClient,
  ensureSearchAttributes,
  loadTemporalSettings,
  type TemporalConnection,
} from '../../src/adapters/temporal/index.js';
import type { PlaceRelease, PostMortemInput } from '../../src/domain/deploy-activities.js';
import { git, Studio } from '../git/fixtures.js';
import { eventually } from '../support/eventually.js';

let temporal: TemporalConnection;
let workflowId: string;
beforeAll(async () => {
  temporal = await connectClient(loadTemporalSettings({ TEMPORAL_ADDRESS: inject('temporalAddress') }));
  await ensureSearchAttributes(temporal.connection, temporal.namespace);
  // No worker serves it: its history is that somebody asked for it, and paused it.
  workflowId = `post-mortem-${randomUUID()}`;
  const handle = await temporal.client.workflow.start('emergencyRollback', {
    workflowId,
    taskQueue: workflowId,
    args: [{ requestedBy: 'mina' }],
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('GraveshiftRun', 'KEYWORD'), value: `short-${workflowId}` },
    ],
  });
  await handle.signal('pause', { by: 'ann', reason: 'look first' });
});
afterAll(async () => {
  await temporal.client.workflow.getHandle(workflowId).terminate();
  await temporal.close();
});

let studio: Studio;
let ledger: Ledger;
let input: PostMortemInput;
beforeEach(async () => {
  studio = await Studio.open();
  ledger = await createLedger({ url: path.join(studio.root, 'ledger.db') });
  const good = await git(studio.game, 'rev-parse', 'HEAD');
  await ledger.runs.open({
    runId: 'night-3-0a1b2c3d',
    workflowId: 'village/night-3',
    pipeline: 'horrorNight',
    project: 'village',
    subject: 'night:3',
    requestedBy: 'ben',
    input: { night: 3, wish: 'more fog' },
  });
  const mesh = (id: string, letter: string) => ({
    id,
    generator: 'procedural',
    mesh: letter.repeat(64),
    provenance: letter.repeat(64),
  });
  const origin = { version: '1.2.0', recipe: 'stalker', seed: 7, statistics: { triangles: 900 } };
  const provenance = await studio.artifacts.put(Buffer.from(JSON.stringify(origin)), 'application/json');
  const record = {
    night: 3,
    assets: [{ ...mesh('enemy-1', 'e'), provenance: provenance.sha256 }, mesh('lost', 'f')],
  };
  const bad = await studio.commit(
    { 'src/server/Stalker.luau': 'return 1\n', 'assets/graveshift/night-3.json': JSON.stringify(record) },
    'feat(night-3): add stalkers\n\nGraveshift-Run: night-3-0a1b2c3d',
  );
  // A person whose checkout is the remote is not on the branch that is pushed to.
  await git(studio.game, 'switch', '--quiet', '--create', 'work');
  const release = (tag: string, version: number, commit: string): PlaceRelease => ({
    runId: `deploy-${tag}`,
    version,
    place: { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'application/vnd.roblox.place' },
    commit,
    digest: 'd'.repeat(64),
    tag,
    releasedAt: '2026-10-31T21:00:00.000Z',
    status: 'live',
  });
  input = {
    project: 'village',
    runId: 'rollback-start-1a2b3c4d',
    workflowId,
    badRun: workflowId,
    environment: 'production',
    place: 'start',
    reason: 'servers crash',
    requestedBy: 'mina',
    plan: { good: release('v1.3.0', 6, good), bad: release('v1.4.0', 7, bad) },
    mainBranch: 'main',
    timeline: [{ at: '0.4 s', what: 'the place is seized' }],
  };
});
afterEach(async () => {
  await ledger.close();
  await studio[Symbol.asyncDispose]();
});

const write = (changes: Partial<PostMortemInput> = {}) =>
  createPostMortemActivities({
    client: () => temporal.client,
    git: studio.projects,
    ledger,
    artifacts: studio.artifacts,
  }).writePostMortem({ ...input, ...changes });

const show = (commit: string, file: string) => git(studio.game, 'show', `${commit}:${file}`);

describe('the post-mortem in the game', () => {
  it('is one commit on main, with histories, commits, the runs behind them and what was generated', async () => {
    const tip = await git(studio.game, 'rev-parse', 'main');
    const written = await write();
    expect(written.path).toMatch(/^docs\/post-mortems\/\d{4}-\d\d-\d\d-production-start-v1\.4\.0\.md$/);
    expect(written.branch).toBe('main');
    expect(await git(studio.game, 'rev-parse', 'main', 'main^')).toBe(`${written.commit}\n${tip}`);
    expect(
      await git(
        studio.game,
        'show',
        '--format=%(trailers:key=Graveshift-Run,valueonly)',
        '--name-only',
        'main',
      ),
    ).toBe(`${input.runId}\n\n\n${written.path}`);
    const page = await show('main', written.path);
    expect(page).toContain('ann paused the run: look first');
    expect(page).toContain('feat(night-3): add stalkers | Mina |');
    expect(page).toContain('`{"night":3,"wish":"more fog"}`');
    expect(page).toContain('| night 3 | `enemy-1` | `procedural` | version 1.2.0, recipe stalker, seed 7 |');
    expect(page).toContain('| night 3 | `lost` | `procedural` |  |');
    expect(page).toContain('| 0.4 s | the place is seized |');
    const issue = Buffer.from(await studio.artifacts.get(written.issue)).toString();
    expect(issue).toContain(`Post-mortem: \`${written.path}\``);
  });

  it('is written once, however often it is asked for, also when main has moved on', async () => {
    const first = await write();
    await git(studio.game, 'switch', '--quiet', 'main');
    await studio.commit({ 'src/shared/More.luau': 'return 2\n' });
    await git(studio.game, 'switch', '--quiet', 'work');
    expect(await write()).toMatchObject({ path: first.path, commit: first.commit, branch: 'main' });
    expect(await git(studio.game, 'rev-list', '--count', 'main', '--', 'docs/post-mortems')).toBe('1');
  });

  it('has a name of its own when a second rollback of the day takes the same tag back', async () => {
    const first = await write();
    const second = await write({ runId: 'rollback-start-5e6f7a8b' });
    expect(second.path).toBe(first.path.replace('.md', '-2.md'));
  });

  it('goes to a branch beside main where main is checked out at the remote, once too', async () => {
    await git(studio.game, 'switch', '--quiet', 'main');
    const tip = await git(studio.game, 'rev-parse', 'main');
    const first = await write();
    expect(first.branch).toBe(`graveshift/${input.runId}-post-mortem`);
    expect(await git(studio.game, 'rev-parse', 'main', `${first.branch}^`)).toBe(`${tip}\n${tip}`);
    expect(await write()).toMatchObject({ commit: first.commit, branch: first.branch });
    const issue = Buffer.from(await studio.artifacts.get(first.issue)).toString();
    expect(issue).toContain('merge it');
  });

  it('goes there too where the branch that production was told to have is not there', async () => {
    const { branch, commit } = await write({ mainBranch: 'release' });
    expect(branch).toBe(`graveshift/${input.runId}-post-mortem`);
    expect(await git(studio.game, 'rev-parse', `${commit}^`)).toBe(input.plan.bad?.commit);
  });

  it('is put on top of what somebody pushed to main while it was written', async () => {
    const overtaking = await git(studio.game, 'commit-tree', '-p', 'main', '-m', 'Hotfix', 'main^{tree}');
    const page = await studio.artifacts.put(Buffer.from('# What happened\n'), 'text/markdown');
    const { commit, branch } = await studio.projects.commitPage('village', {
      runId: input.runId,
      branch: 'main',
      sideBranch: 'graveshift/aside',
      base: input.plan.good.commit,
      folder: 'docs/post-mortems',
      name: 'today',
      page,
      // Read between the fetch and the push.
      content: async (artifact) => {
        await git(studio.game, 'branch', '--force', 'main', overtaking);
        return studio.artifacts.get(artifact);
      },
      message: { type: 'docs', scope: 'post-mortem', subject: 'tell what happened', body: '' },
    });
    expect(branch).toBe('main');
    expect(await git(studio.game, 'rev-parse', 'main', 'main^')).toBe(`${commit}\n${overtaking}`);
  });

  it('finds the history of the bad run by its short name too', async () => {
    const query = `GraveshiftRun = 'short-${workflowId}'`;
    await eventually(
      () => temporal.client.workflow.count(query),
      ({ count }) => count === 1,
    );
    const { path: file } = await write({ badRun: `short-${workflowId}` });
    expect(await show('main', file)).toContain('ann paused the run: look first');
  });

  it('says what the ledger knows of a run whose history is over', async () => {
    const { path: file } = await write({ badRun: 'village/night-3' });
    expect(await show('main', file)).toMatch(
      /Its history is no longer kept\. The ledger says: horrorNight asked for by ben/,
    );
  });
});
