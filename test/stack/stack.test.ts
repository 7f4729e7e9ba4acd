import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isTemporalServing } from '../../src/stack/grpc-health.js';
import { ensureHome, homePaths, type HomePaths } from '../../src/stack/home.js';
import { endOrphans } from '../../src/stack/orphans.js';
import { processIdentity } from '../../src/stack/process-identity.js';
import { startStack } from '../../src/stack/stack.js';
import { readRunningStack, writeStackFile } from '../../src/stack/stack-file.js';
import type { Stack, StackEvent, StackOptions } from '../../src/stack/stack-options.js';
import { compileSources } from './compiled.js';
import { makeTemporaryFolder, realTemporalCli } from './temp-home.js';

let home: string;
let paths: HomePaths;
let remove: () => Promise<void>;
let temporalCli: string;
let emulatorProgram: string;
let workerProgram: string;
let events: StackEvent[];
const stacks: Stack[] = [];

/** The other side of the protocol in `child-protocol.ts`, as small as it can be. */
const emulatorSource = `
import { createServer } from 'node:http';
const server = createServer((request, response) => response.end('emulator'));
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  console.log('a line that is not the ready line');
  console.log(JSON.stringify({ ready: true, url: 'http://127.0.0.1:' + server.address().port }));
});
process.once('SIGTERM', () => { server.close(() => process.exit(0)); server.closeAllConnections(); });
`;
/** On SIGTERM it does what a draining worker does: it still needs the servers, and takes its time. */
const workerSource = `
console.log(JSON.stringify({ environment: Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(TEMPORAL_|GRAVESHIFT_)/.test(name))) }));
console.log(JSON.stringify({ ready: true }));
const alive = setInterval(() => {}, 1000);
process.once('SIGTERM', async () => {
  const answer = await fetch(process.env.GRAVESHIFT_EMULATOR_URL).then((response) => response.text());
  console.log('drained while this answered: ' + answer);
  clearInterval(alive);
  process.exit(0);
});
`;

beforeEach(async () => {
  temporalCli = await realTemporalCli();
  const temporary = await makeTemporaryFolder();
  remove = temporary.remove;
  home = path.join(temporary.folder, 'home');
  paths = homePaths(home);
  emulatorProgram = path.join(temporary.folder, 'emulator.mjs');
  workerProgram = path.join(temporary.folder, 'worker.mjs');
  await writeFile(emulatorProgram, emulatorSource);
  await writeFile(workerProgram, workerSource);
  events = [];
});

afterEach(async () => {
  await Promise.all(stacks.splice(0).map(async (stack) => await stack.stop()));
  const status = await readRunningStack(home);
  if (status.state === 'orphaned') await endOrphans(status.alive, 5000, () => undefined);
  await remove();
});

/** Without what the test run itself was told, such as where the OpenAPI document is. */
const plainEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(TEMPORAL_|GRAVESHIFT_)/.test(name)),
);

const options = (changed: Partial<StackOptions> = {}): StackOptions => ({
  home,
  env: { ...plainEnvironment, TEMPORAL_CLI: temporalCli, TEMPORAL_API_KEY: 'for another cluster' },
  ports: { temporal: 'auto', emulator: 'auto' },
  headless: true,
  emulatorCommand: ({ emulatorPort }) => [emulatorProgram, String(emulatorPort)],
  workerCommand: [workerProgram],
  onEvent: (event) => events.push(event),
  ...changed,
});

async function start(changed: Partial<StackOptions> = {}): Promise<Stack> {
  const stack = await startStack(options(changed));
  stacks.push(stack);
  return stack;
}

const isRunning = (pid: number) => processIdentity(pid).then((identity) => identity !== undefined);

describe('the embedded stack', () => {
  it('starts all three, tells a second start, and drains the worker before the servers end', async () => {
    const stack = await start();
    const { addresses, pids } = stack;
    expect(await isTemporalServing(addresses.temporal, 1000)).toBe(true);
    expect(await (await fetch(addresses.emulator)).text()).toBe('emulator');
    expect(await readRunningStack(home)).toMatchObject({ state: 'running', stack: { addresses } });

    const log = await readFile(paths.workerLog, 'utf8');
    const { environment } = JSON.parse(log.split('\n')[0]!) as { environment: Record<string, string> };
    expect(environment).toEqual({
      TEMPORAL_ADDRESS: addresses.temporal,
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_CONFIG_FILE: paths.temporalProfile,
      GRAVESHIFT_HOME: home,
      GRAVESHIFT_EMULATOR_URL: addresses.emulator,
      GRAVESHIFT_STACK: '1',
    });

    const second = startStack(options());
    await expect(second).rejects.toMatchObject({ kind: 'AlreadyRunning', details: { pid: process.pid } });
    await expect(second).rejects.toThrow(`with Temporal on ${addresses.temporal}`);

    await stack.stop();
    expect(await stack.ended).toBeUndefined();
    expect(await readFile(paths.workerLog, 'utf8')).toContain('drained while this answered: emulator');
    expect(events.filter(({ type }) => type === 'stopping')).toEqual([
      { type: 'stopping', name: 'worker' },
      { type: 'stopping', name: 'emulator' },
      { type: 'stopping', name: 'temporal' },
    ]);
    for (const pid of Object.values(pids)) expect(await isRunning(pid)).toBe(false);
    expect(await readRunningStack(home)).toEqual({ state: 'none' });
  });

  it.each(['temporal', 'emulator', 'worker'] as const)(
    'stops as a whole when its %s dies, and says where the log is',
    async (name) => {
      const stack = await start();
      process.kill(stack.pids[name], 'SIGKILL');
      const failure = await stack.ended;
      expect(failure?.message).toMatch(/ended by itself \(killed by SIGKILL\), so the stack was stopped/);
      expect(failure?.details).toMatchObject({ name, logFile: paths[`${name}Log`] });
      for (const pid of Object.values(stack.pids)) expect(await isRunning(pid)).toBe(false);
      expect(await readRunningStack(home)).toEqual({ state: 'none' });
    },
  );

  it('leaves nothing running when a part does not start, and shows its last words', async () => {
    await writeFile(workerProgram, 'console.error("no bundle found"); process.exit(3);');
    const failure = startStack(options());
    await expect(failure).rejects.toThrow(
      /the worker ended before it was ready \(exit code 3\).*no bundle found/s,
    );
    expect(events).toContainEqual(expect.objectContaining({ type: 'ready', name: 'temporal' }));
    for (const event of events) if (event.type === 'ready') expect(await isRunning(event.pid)).toBe(false);
    expect(await readRunningStack(home)).toEqual({ state: 'none' });
  });

  it('can be asked to stop while it starts', async () => {
    await writeFile(workerProgram, 'setInterval(() => {}, 1000);');
    const abort = new AbortController();
    const failure = startStack(
      options({
        signal: abort.signal,
        onEvent: (event) => {
          events.push(event);
          if (event.type === 'ready' && event.name === 'emulator') abort.abort(new Error('Ctrl-C'));
        },
      }),
    );
    await expect(failure).rejects.toThrow('Ctrl-C');
    for (const event of events) if (event.type === 'ready') expect(await isRunning(event.pid)).toBe(false);
  });

  it('names a busy emulator port before it starts anything', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const failure = startStack(options({ ports: { temporal: 'auto', emulator: port } }));
    await expect(failure).rejects.toThrow(`Port ${port} (Open Cloud emulator) is already in use`);
    await expect(failure).rejects.toThrow('--emulator-port auto');
    expect(events).toEqual([]);
    server.close();
  });

  it('lets two starts at once give one stack', async () => {
    const results = await Promise.allSettled([startStack(options()), startStack(options())]);
    for (const result of results) if (result.status === 'fulfilled') stacks.push(result.value);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]!.reason).toMatchObject({ kind: 'AlreadyRunning' });
  });

  it('cleans up after kill -9 of its owner: the worker ends by itself, the next start ends the rest', async () => {
    const dist = await compileSources(
      ['stack', 'domain', 'adapters/files', 'adapters/processes', 'adapters/temporal'],
      path.join(path.dirname(home), 'compiled'),
    );
    const module = (file: string) => JSON.stringify(path.join(dist, 'stack', file));
    await writeFile(
      workerProgram,
      `import { announceReady, onStopRequest } from ${module('child-protocol.js')};
       const alive = setInterval(() => {}, 1000);
       onStopRequest((reason) => { console.log('asked to end: ' + reason); clearInterval(alive); });
       announceReady();`,
    );
    const owner = path.join(path.dirname(home), 'owner.mjs');
    const { home: _, env: __, onEvent: ___, ...rest } = options();
    await writeFile(
      owner,
      `import { startStack } from ${module('stack.js')};
       await startStack({ ...${JSON.stringify(rest)}, home: ${JSON.stringify(home)}, env: process.env,
         emulatorCommand: [${JSON.stringify(emulatorProgram)}, '0'] });
       console.log('started');`,
    );
    const running = spawn(process.execPath, [owner], {
      env: { ...process.env, TEMPORAL_CLI: temporalCli },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      running.stdout.once('data', () => resolve());
      running.once('exit', (code) => reject(new Error(`the owner ended with ${String(code)}`)));
    });
    const status = await readRunningStack(home);
    if (status.state !== 'running') throw new Error(`expected a running stack, it is ${status.state}`);
    const pidOf = (name: string) => status.stack.processes.find((one) => one.name === name)!.pid;
    running.removeAllListeners('exit');
    running.kill('SIGKILL');

    await expect.poll(async () => await isRunning(pidOf('worker')), { timeout: 10_000 }).toBe(false);
    expect(await readFile(paths.workerLog, 'utf8')).toContain('asked to end: the stack has ended');
    await expect.poll(async () => (await readRunningStack(home)).state, { timeout: 10_000 }).toBe('orphaned');

    const stack = await start({ workerCommand: [workerProgram] });
    const ended = events.filter((event) => event.type === 'orphan').map(({ pid }) => pid);
    expect(ended).toEqual([pidOf('emulator'), pidOf('temporal')]);
    for (const pid of ended) expect(await isRunning(pid)).toBe(false);
    expect(await isTemporalServing(stack.addresses.temporal, 1000)).toBe(true);
  });
});

describe('what a crash left', () => {
  const dead = { startedAt: '2026-11-01T00:00:00.000Z' };

  it('is removed when nothing of it lives, even where another process has the id now', async () => {
    await ensureHome(paths);
    await writeStackFile(home, {
      ...dead,
      processes: [
        { name: 'owner', pid: process.pid, identity: 'an earlier process' },
        { name: 'worker', pid: 2 ** 22 - 1, identity: 'gone' },
      ],
    });
    expect(await readRunningStack(home)).toEqual({ state: 'none' });
    await expect(readFile(paths.stack)).rejects.toThrow('ENOENT');
  });

  it('is told apart from a stack that hangs', async () => {
    await ensureHome(paths);
    const identity = (await processIdentity(process.pid))!;
    await writeStackFile(home, { ...dead, processes: [{ name: 'owner', pid: process.pid, identity }] });
    expect(await readRunningStack(home)).toMatchObject({ state: 'not-answering' });
    await expect(startStack(options())).rejects.toThrow(/but does not answer \(it starts, stops or hangs\)/);
  });

  it('is removed when it cannot be read', async () => {
    await ensureHome(paths);
    await writeFile(paths.stack, '{"startedAt":');
    expect(await readRunningStack(home)).toEqual({ state: 'none' });
    await expect(readFile(paths.stack)).rejects.toThrow('ENOENT');
  });
});
