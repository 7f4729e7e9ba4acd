import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeFolder, runCli } from './run-cli.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await makeFolder());
});
afterAll(() => remove());

const feature = (...args: string[]) =>
  runCli(['feature', ...args], { env: { GRAVESHIFT_HOME: folder }, cwd: folder });

describe('graveshift feature', () => {
  it('says what it understood with --dry-run, and asks no server', async () => {
    const { code, stdout } = await feature(
      'three red blue doors, and a leaderboard near the chapel',
      '--dry-run',
    );
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'door-red: door: 3 red, one key that is kept, stays open, at the spawn',
        'leaderboard-coins-chapel: leaderboard: the 10 with the most coins, every 60 s, near "chapel"',
        'meshes: crate, gate, gravestone',
        'not understood, and left out: blue',
        'understood 80 % of the words',
        '',
      ].join('\n'),
    );
  });

  it('gives the whole plan with --json', async () => {
    const { code, stdout } = await feature(
      ...['--spec', '{"feature":"trap","count":2}', '--name', 'bridge', '--dry-run', '--json'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'bridge',
      features: [{ id: 'bridge', spec: { feature: 'trap', count: 2, damage: 25 } }],
    });
  });

  it.each([
    [['pets that follow you'], 'ask for one of: collectible'],
    [['shpo'], 'did you mean "shop"'],
    [['500 traps'], 'count: got 500; expected a whole number from 1 to 20'],
    [[], 'expected either "request"'],
    [['a shop', '--spec', '{"feature":"shop"}'], 'expected either "request"'],
    [['--spec', '{"feature":'], 'expected JSON'],
    [['a shop', '--seed', 'x'], 'seed'],
    [['a shop', '--environment', 'production'], 'expected a staging environment'],
  ])('refuses %j before anything is asked of anybody', async (args, message) => {
    const { code, stderr } = await feature(...args);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});
