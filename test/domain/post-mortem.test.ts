import { describe, expect, it } from 'vitest';

import { rankCommits } from '../../src/domain/culprits.js';
import type { PlaceRelease } from '../../src/domain/deploy-activities.js';
import { renderFixIssue } from '../../src/domain/fix-issue.js';
import { postMortemName, renderPostMortem, type PostMortem } from '../../src/domain/post-mortem.js';

const release = (tag: string, version: number, letter: string): PlaceRelease => ({
  runId: `deploy-${letter}`,
  version,
  place: { sha256: letter.repeat(64), bytes: 10, mediaType: 'application/vnd.roblox.place' },
  commit: letter.repeat(40),
  digest: letter.repeat(64),
  tag,
  releasedAt: '2026-10-31T21:00:00.000Z',
  status: 'live',
});

const incident: PostMortem = {
  project: 'village',
  environment: 'production',
  place: 'start',
  reason: 'Servers crash | when the stalker spawns',
  requestedBy: 'mina',
  runId: 'rollback-start-1a2b3c4d',
  workflowId: 'village/rollback-start',
  startedAt: '2026-10-31T21:12:00.000Z',
  bad: release('v1.4.0', 7, 'b'),
  good: release('v1.3.0', 6, 'a'),
  badRun: {
    workflowId: 'village/deploy-7',
    entries: [
      { at: '2026-10-31T20:50:00.000Z', kind: 'people', what: 'ben said approve' },
      { at: '2026-10-31T21:00:00.000Z', kind: 'work', what: 'Publish to production/start: version 7' },
    ],
    facts: {
      published: { at: '2026-10-31T21:00:00.000Z', version: 7 },
      forecast: { servers: 40, players: 610 },
      watch: {
        verdict: 'fail',
        summary: '12 of 40 servers crashed',
        minutes: 4,
        signals: [
          { signal: 'server-crashes', verdict: 'fail', summary: '12 of 40 servers, 0 before' },
          { signal: 'memory', verdict: 'pass', summary: '900 MB' },
        ],
        newErrors: [{ message: 'ServerScriptService.Server.Stalker:41: attempt to index nil', count: 12 }],
      },
    },
  },
  rollback: {
    timeline: [{ at: '0.4 s', what: 'the place is seized' }],
    facts: {
      published: { at: '2026-10-31T21:12:30.000Z', version: 8 },
      restarted: { servers: 28, players: 400 },
    },
  },
  commits: [
    { commit: '1'.repeat(40), subject: 'Tune the fog', author: 'Ben', files: ['src/shared/Fog.luau'] },
    {
      commit: '2'.repeat(40),
      subject: 'Add <b>stalkers</b>',
      author: 'Mina',
      files: ['src/server/Stalker.server.luau', 'README.md'],
    },
  ],
  commitsTotal: 2,
  runs: [{ runId: 'night-3-1a2b3c4d', pipeline: 'horrorNight', requestedBy: 'ben', input: { night: 3 } }],
  assets: [
    { of: 'night 3', id: 'enemy-stalker-1', generator: 'procedural', origin: { recipe: 'stalker', seed: 7 } },
  ],
  approvals: [{ by: 'ben', at: '2026-10-31T20:50:00.000Z' }],
  gates: [
    { gate: 'play', verdict: 'inconclusive', summary: 'nobody has played it', findings: [] },
    { gate: 'compile', verdict: 'pass', summary: 'compiles', findings: [] },
  ],
};

describe('a post-mortem', () => {
  const page = renderPostMortem(incident);

  it('is named by day, place and tag', () => {
    expect(postMortemName(incident)).toBe('2026-10-31-production-start-v1.4.0');
    const odd = { ...incident, bad: { ...release('v1/odd name', 7, 'b') } };
    expect(postMortemName(odd)).toBe('2026-10-31-production-start-v1-odd-name');
  });

  it('says what players had, in the figures that there are', () => {
    expect(page).toContain('Live for 12 min 30 s: from 2026-10-31 21:00:00 UTC to 2026-10-31 21:12:30 UTC');
    expect(page).toContain('610 players on 40 servers');
    expect(page).toContain('The rollback closed 28 servers with 400 players');
    expect(page).toContain('- server-crashes: fail, 12 of 40 servers, 0 before');
    expect(page).not.toContain('900 MB');
    expect(page).toContain(
      'New error, 12 times: `ServerScriptService.Server.Stalker:41: attempt to index nil`',
    );
  });

  it('names both releases, who approved, and which gate had not passed', () => {
    for (const text of ['v1.4.0', 'v1.3.0', 'b'.repeat(40), 'a'.repeat(64)]) expect(page).toContain(text);
    expect(page).toContain('Approved by ben (2026-10-31 20:50:00 UTC).');
    expect(page).toContain('Gate `play` was inconclusive: nobody has played it.');
    expect(page).toMatch(/Why did the tests on staging not show it\? Not passed: `play`\./);
  });

  it('puts the commit first whose file an error names, and says so', () => {
    expect(rankCommits(incident).map(({ commit, named }) => [commit.author, named])).toEqual([
      ['Mina', ['Stalker']],
      ['Ben', []],
    ]);
    expect(page.indexOf('222222222')).toBeLessThan(page.indexOf('111111111'));
    expect(page).toContain('an error names `Stalker`');
  });

  it('keeps what people wrote from becoming markup', () => {
    expect(page).toContain('Servers crash \\| when the stalker spawns');
    expect(page).toContain('Add \\<b\\>stalkers\\</b\\>');
  });

  it('asks five things that only people know', () => {
    const section = page.split('## What to look at')[1]?.split('##')[0] ?? '';
    expect(section.match(/^\d\. .*\?/gm)).toHaveLength(5);
  });

  it('says what is not known instead of leaving it out', () => {
    const { bad: _, badRun: __, ...rest } = incident;
    const unknown = renderPostMortem({
      ...rest,
      commits: [],
      commitsTotal: 0,
      approvals: [],
      runs: [],
      assets: [],
    });
    expect(unknown).toContain('The run that published it is not known.');
    expect(unknown).toContain('How long it was live is not known');
    expect(unknown).toContain('No commit lies between the two releases');
    expect(unknown).toContain('Nobody’s approval before production is on record.');
    expect(unknown).not.toMatch(/undefined|null|NaN/);
  });
});

describe('the issue for the fix', () => {
  const where = { path: 'docs/post-mortems/x.md', commit: 'c'.repeat(40), branch: 'main' };

  it('says from where to branch and which command deploys it', () => {
    const issue = renderFixIssue(incident, where, 'main');
    expect(issue).toContain('git switch -c fix/production-start-v1.4.0 origin/main');
    expect(issue).toContain(`git cherry-pick ${'a'.repeat(12)}..${'b'.repeat(12)}`);
    expect(issue).toContain('graveshift deploy --project village --to production --place start --by NAME');
    expect(issue).toContain('First candidate of 2: `222222222`');
    expect(issue).not.toContain('merge it');
  });

  it('says that the page must be merged where main could not be pushed to', () => {
    const issue = renderFixIssue(incident, { ...where, branch: 'graveshift/r-post-mortem' }, 'main');
    expect(issue).toContain('on `graveshift/r-post-mortem` (merge it: `main` could not be pushed to)');
  });
});
