import { describe, expect, it } from 'vitest';

import { judgeRollout, type RolloutLook } from '../../src/domain/rollout.js';

const look = (changes: Partial<RolloutLook>): RolloutLook => ({
  history: [{ version: 7, isPublished: true, createdBy: '1' }],
  recorded: [{ version: 7, runId: 'r7' }],
  oldServers: [],
  ...changes,
});

describe('a roll-out', () => {
  it('is proven when ours is the newest version and no server runs another', () => {
    expect(judgeRollout(look({}), 7)).toMatchObject({ verdict: 'pass', findings: [], unrecorded: [] });
  });

  it('goes on while servers run another version, and names them', () => {
    const state = judgeRollout(look({ oldServers: [{ jobId: 'job-1', version: 6 }] }), 7);
    expect(state).toMatchObject({ verdict: 'waiting', findings: ['server job-1 runs version 6'] });
  });

  it.each([
    [
      'a person published',
      [{ version: 8, isPublished: true, createdBy: '42' }],
      'version 8 is, by user 42',
      [8],
    ],
    [
      'another run published',
      [{ version: 9, isPublished: true, createdBy: '1' }],
      'version 9 is, by run r9',
      [],
    ],
  ])('fails when %s after it', (_, newer, words, unrecorded) => {
    const state = judgeRollout(
      look({ history: [...newer, ...look({}).history], recorded: [{ version: 9, runId: 'r9' }] }),
      7,
    );
    expect(state).toMatchObject({ verdict: 'fail', unrecorded });
    expect(state.summary).toContain(words);
  });

  it('fails when the history does not have it', () => {
    expect(judgeRollout(look({ history: [] }), 7).verdict).toBe('fail');
  });

  it('names what somebody only saved, which goes to no player', () => {
    const history = [{ version: 8, isPublished: false, createdBy: '42' }, ...look({}).history];
    expect(judgeRollout(look({ history }), 7)).toMatchObject({
      verdict: 'pass',
      findings: ['version 8 is not recorded: saved by user 42'],
      unrecorded: [8],
    });
  });

  it('names a version of nobody between the last one and ours: a publish that landed late', () => {
    const history = [
      { version: 7, isPublished: true },
      { version: 6, isPublished: true },
    ];
    expect(judgeRollout(look({ history }), 7)).toMatchObject({ verdict: 'pass', unrecorded: [6] });
  });
});
