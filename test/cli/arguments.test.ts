import { createServer, type AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeFolder, runCli } from './run-cli.js';

let folder: string;
let remove: () => Promise<void>;
let closedPort: number;

beforeAll(async () => {
  ({ folder, remove } = await makeFolder());
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closedPort = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
});
afterAll(() => remove());

const call = (args: string[], env: Record<string, string> = {}, stdin?: string) =>
  runCli(args, {
    env: { GRAVESHIFT_HOME: folder, ...env },
    cwd: folder,
    ...(stdin !== undefined && { stdin }),
  });

const commands = [
  ['up'],
  ['demo'],
  ['init'],
  ['doctor'],
  ['night'],
  ['feature'],
  ['start'],
  ['list'],
  ['show'],
  ['open'],
  ['watch'],
  ['approve'],
  ['reject'],
  ['pause'],
  ['resume'],
  ['cancel'],
  ['resolve'],
  ['project', 'add'],
  ['project', 'list'],
  ['project', 'remove'],
];

describe('help', () => {
  it.each(commands)('of %s %s has an example of itself and --json', async (...names) => {
    const { code, stdout, stderr } = await call([...names.filter(Boolean), '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--json');
    expect(stdout.split('Examples:')[1]).toContain(`graveshift ${names.join(' ')}`);
    expect(stderr).toBe('');
  });

  it('says what the exit status means', async () => {
    const { code, stdout } = await call(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Exit status: 0 done; 1 failed; 2 .*; 8 .*; 64 .*; 130/);
  });

  it('prints the version', async () => {
    expect(await call(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });
});

describe('a wrong command line exits 64, says why on standard error, and prints no data', () => {
  it.each([
    { args: ['nihgt', '3'], says: /unknown command 'nihgt'[^]*Did you mean night/ },
    { args: ['night'], says: /missing required argument 'n'/ },
    { args: ['night', '3', '--projcet', 'x'], says: /unknown option '--projcet'[^]*--project/ },
    {
      args: ['resolve', 'r', '--step', 's', '--action', 'ignore'],
      says: /Allowed choices are retry, skip, alternative, landed, abort/,
    },
    { args: ['resolve', 'r', '--action', 'skip'], says: /--step <id>' not specified/ },
    { args: ['up', '--temporal-port', '99999'], says: /expected a port from 1 to 65535/ },
    { args: ['demo', '--night', '0'], says: /expected a whole number from 1/ },
    { args: ['list', '--limit', '-1'], says: /expected a whole number from 1/ },
    { args: ['start', 'horrorDay', '--input', '{}'], says: /expected one of: horrorNight/ },
    { args: ['approve', 'r', '--digest', 'xyz'], says: /hexadecimal/ },
  ])('$args', async ({ args, says }) => {
    const { code, stdout, stderr } = await call(args);
    expect(code).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toMatch(says);
  });
});

describe('a bad input is refused before any server is asked', () => {
  it.each([
    { night: '0', found: '0' },
    { night: '-1', found: '-1' },
    { night: '1.5', found: '1.5' },
    { night: 'three', found: '"three"' },
    { night: '1000000000', found: '1000000000' },
  ])('night $night', async ({ night, found }) => {
    const { code, stderr } = await call(['night', night], { TEMPORAL_ADDRESS: `127.0.0.1:${closedPort}` });
    expect(code).toBe(1);
    expect(stderr).toContain(`night: got ${found}`);
    expect(stderr).toContain('expected a whole number from 1 to 1000');
    expect(stderr).not.toContain('cannot be reached');
  });

  it.each([
    { input: '{"night":3,"nigth":4}', says: /nigth: got 4; .*did you mean "night"/ },
    { input: '{night:3}', says: /--input: got .*expected JSON/ },
    { input: '[3]', says: /expected one JSON object/ },
    { input: '@missing.json', says: /missing\.json; expected a file that can be read: ENOENT/ },
  ])('start --input $input', async ({ input, says }) => {
    const { code, stderr } = await call(['start', 'horrorNight', '--input', input]);
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
  });

  it('reads standard input for -', async () => {
    const { code, stderr } = await call(['start', 'horrorNight', '--input', '-'], {}, '{"night":"x"}');
    expect(code).toBe(1);
    expect(stderr).toContain('night: got "x"');
  });
});

describe('a server that is not there', () => {
  const env = () => ({ TEMPORAL_ADDRESS: `127.0.0.1:${closedPort}` });

  it.each([
    ['list'],
    ['show', 'r'],
    ['watch', 'r'],
    ['pause', 'r'],
    ['approve', 'r', '--by', 'ana'],
    ['night', '1', '--project', 'manor'],
  ])('%s says where it looked and what to do, without a stack trace', async (...args) => {
    const { code, stdout, stderr } = await call(args, env());
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: Temporal at 127\.0\.0\.1:\d+ cannot be reached: start .*graveshift up/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('takes --address before the environment', async () => {
    const { stderr } = await call(['list', '--address', `localhost:${closedPort}`], env());
    expect(stderr).toContain(`Temporal at localhost:${closedPort} cannot`);
  });

  it('shows the stack trace for GRAVESHIFT_DEBUG=1', async () => {
    const { stderr } = await call(['list'], { ...env(), GRAVESHIFT_DEBUG: '1' });
    expect(stderr).toMatch(/^\s+at /m);
  });
});

describe('colours', () => {
  const terminal = { columns: 80, rows: 24 };
  const red = '\u001b[31m';
  const env = () => ({ TEMPORAL_ADDRESS: `127.0.0.1:${closedPort}`, GRAVESHIFT_HOME: folder });

  it('are for terminals', async () => {
    expect((await runCli(['list'], { env: env(), terminal })).stderr).toContain(red);
    expect((await runCli(['list'], { env: env() })).stderr).not.toContain(red);
  });

  it('obey NO_COLOR', async () => {
    expect((await runCli(['list'], { env: { ...env(), NO_COLOR: '1' }, terminal })).stderr).not.toContain(
      red,
    );
  });
});
