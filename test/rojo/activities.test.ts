import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';

import { encode } from '@msgpack/msgpack';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createRojoActivities, type Worktrees } from '../../src/activities/rojo.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { findRojo, readPlace, readStamp, type RojoTool } from '../../src/adapters/rojo/index.js';
import type { RojoActivities } from '../../src/domain/activities.js';
import type { ArtifactStore } from '../../src/domain/artifact.js';
import { changeSetDigest, type ChangeSet } from '../../src/domain/change-set.js';
import type { PublishTarget } from '../../src/domain/project.js';
import { Folder, game } from './support.js';

let rojo: RojoTool;
let root: Folder;
let project: Folder;
let artifacts: ArtifactStore;
/** Checkouts that were handed out and are there still. */
let checkouts: string[];
let activities: RojoActivities;

beforeAll(async () => {
  rojo = await findRojo({ env: process.env });
});
beforeEach(async () => {
  [root, project] = await Promise.all([Folder.of(), Folder.of(game)]);
  artifacts = createFileArtifactStore({ directory: path.join(root.path, 'store') });
  checkouts = [];
  activities = createRojoActivities({ worktrees, artifacts, rojo, env });
});
afterEach(async () => {
  expect(checkouts).toEqual([]);
  await Promise.all([root, project].map((folder) => folder[Symbol.asyncDispose]()));
});

const env = { ...process.env, GRAVESHIFT_SECRET_KEY: 'hunter2-hunter2' };
const commit = 'c'.repeat(40);
const target: PublishTarget = {
  environment: 'staging',
  host: 'emulator',
  universeId: '1',
  creator: { type: 'user', id: '2' },
  placeName: 'start',
  placeId: '3',
  rojoProject: 'default.project.json',
};

const worktrees: Worktrees = {
  async withWorktree(_project, name, work, { signal } = {}) {
    const directory = path.join(root.path, name);
    await cp(project.path, directory, { recursive: true });
    checkouts.push(directory);
    try {
      return await work(directory, signal ?? new AbortController().signal);
    } finally {
      await rm(directory, { recursive: true, force: true });
      checkouts = checkouts.filter((checkout) => checkout !== directory);
    }
  },
};

async function putChangeSet(files: Readonly<Record<string, string>>, removals: string[] = []) {
  const changeSet: ChangeSet = { files: {}, removals };
  for (const [file, text] of Object.entries(files)) {
    changeSet.files[file] = await artifacts.put(Buffer.from(text), 'text/x-luau');
  }
  const ref = await artifacts.put(Buffer.from(JSON.stringify(changeSet)), 'application/json');
  return { changeSet: ref, digest: changeSetDigest(changeSet) };
}

const nightFiles = ['src/shared/Graveshift/init.luau', 'tests/graveshift/Night1.spec.luau'];
const night = () => putChangeSet(Object.fromEntries(nightFiles.map((file) => [file, game[file]!])));

async function build(
  steps: { run: string[]; timeoutSeconds?: number }[] = [],
  changes?: { changeSet: Awaited<ReturnType<typeof night>>['changeSet']; digest: string },
  environment = new MockActivityEnvironment(),
) {
  const prepare = steps.map((step) => ({ timeoutSeconds: 60, ...step }));
  const input: Parameters<RojoActivities['buildPlace']>[0] = {
    project: 'toy',
    runId: 'run',
    commit,
    target,
    prepare,
    ...(changes ?? (await night())),
  };
  let result: Awaited<ReturnType<RojoActivities['buildPlace']>> | undefined;
  await environment.run(async () => {
    result = await activities.buildPlace(input);
  });
  return result!;
}

const node = (script: string) => [process.execPath, '-e', script];

describe('buildPlace', () => {
  it('stores a stamped place, which holds every script of the commit and of the change set', async () => {
    const changes = await night();
    const built = await build([], changes);
    const bytes = await artifacts.get(built.place);
    expect(readStamp(bytes)).toEqual({ commit, digest: changes.digest });
    expect(built).toMatchObject({
      gate: { gate: 'place', verdict: 'pass', findings: [] },
      instances: readPlace(bytes).length,
      rojoVersion: rojo.version,
    });
    expect(built.gate.summary).toContain("1 of the change set's 2 scripts");
    expect((await build([], changes)).place).toEqual(built.place);
  });

  it('fails the gate when the commit is not what the change set says', async () => {
    const changes = await putChangeSet(
      { 'src/shared/Graveshift/init.luau': 'return { night = 2 }\n', 'src/shared/Absent.luau': 'return 1\n' },
      ['src/shared/Twin.luau'],
    );
    const { gate } = await build([], changes);
    expect(gate.verdict).toBe('fail');
    expect(gate.findings.join('\n')).toMatch(
      /init\.luau is not what[^]*Absent\.luau .* left out[^]*Twin\.luau was removed/,
    );
    const unmapped = await build([], await putChangeSet({ 'tests/graveshift/A.luau': 'return 1\n' }));
    expect(unmapped.gate).toMatchObject({ verdict: 'fail' });
  });

  it('refuses a change set that is not the one of the digest', async () => {
    const { changeSet } = await night();
    await expect(build([], { changeSet, digest: '0'.repeat(64) })).rejects.toMatchObject({
      kind: 'BuildFailure',
    });
  });

  it('builds what the preparation steps make', async () => {
    const write = node('require("fs").writeFileSync("src/shared/Made.luau", "return 7\\n")');
    const built = await build([{ run: write }]);
    const made = readPlace(await artifacts.get(built.place)).find(({ path: at }) => at.endsWith('/Made'));
    expect(made?.source).toBe('return 7\n');
  });

  it('runs preparation steps without the keys of the worker', async () => {
    const dump = node(
      'require("fs").writeFileSync("src/shared/Env.txt", JSON.stringify(process.env)); process.exit(9)',
    );
    const show = node(
      'console.log(JSON.stringify(Object.keys(process.env))); console.log(process.env.GRAVESHIFT_SECRET_KEY); process.exit(9)',
    );
    const failure = await build([{ run: show }, { run: dump }]).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({
      kind: 'PreparationFailure',
      message: expect.stringContaining('exit code 9') as string,
    });
    const { message } = failure as Error;
    expect(message).toContain('"PATH"');
    expect(message).not.toContain('hunter2');
    expect(message.split('\n').at(-1)).toBe('undefined');
  });

  it('names a program that is not there', async () => {
    await expect(build([{ run: ['no-such-program-anywhere', 'install'] }])).rejects.toMatchObject({
      kind: 'PreparationFailure',
      message: expect.stringContaining('Install no-such-program-anywhere') as string,
    });
  });

  it('ends a step that takes too long, with all that it started', async () => {
    const pidFile = path.join(root.path, 'pid');
    const child = `const c = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" }); require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(c.pid)); console.log("started"); setInterval(() => {}, 1000)`;
    await expect(build([{ run: node(child), timeoutSeconds: 1 }])).rejects.toMatchObject({
      kind: 'PreparationFailure',
      message: expect.stringMatching(/within 1 s[^]*started/) as string,
    });
    await gone(Number(await readFile(pidFile, 'utf8')));
  });

  it('ends a step when the run is cancelled', async () => {
    const pidFile = path.join(root.path, 'pid');
    const script = `require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
    const environment = new MockActivityEnvironment();
    const building = build([{ run: node(script) }], undefined, environment).catch((error: unknown) => error);
    const pid = await eventually(async () => Number(await readFile(pidFile, 'utf8')) || undefined);
    environment.cancel();
    expect(await building).toBeInstanceOf(Error);
    await gone(pid);
  });
});

describe('verifyServe', () => {
  const servers: (ChildProcess | Server)[] = [];
  afterAll(async () => {
    for (const server of servers) {
      if ('pid' in server) {
        if (server.exitCode === null && server.kill()) await once(server, 'exit');
      } else if ('close' in server) server.close();
    }
  });

  const listen = async (server: Server) => {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  async function freePort(): Promise<number> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    return port;
  }

  async function serve(directory: string): Promise<string> {
    const port = await freePort();
    const args = [
      ...rojo.leadingArguments,
      'serve',
      'default.project.json',
      '--address',
      '127.0.0.1',
      '--port',
      String(port),
    ];
    const child = spawn(rojo.program, args, { cwd: directory, stdio: 'ignore' });
    servers.push(child);
    const address = `http://127.0.0.1:${port}`;
    await eventually(async () => (await fetch(`${address}/api/rojo`)).ok || undefined);
    return address;
  }

  it('passes where Studio is shown the same tree, in JSON and in MessagePack', async () => {
    const { place } = await build();
    const address = await serve(project.path);
    expect(await activities.verifyServe({ serve: address, place })).toMatchObject({
      running: true,
      gate: 'serve',
      verdict: 'pass',
    });

    // Rojo 7.7 says the same in MessagePack: its answers, written so.
    const packed = await listen(
      createServer((request, response) => {
        void fetch(`${address}${request.url ?? ''}`)
          .then((answer) => answer.json())
          .then((answer) => response.setHeader('content-type', 'application/msgpack').end(encode(answer)));
      }),
    );
    expect(await activities.verifyServe({ serve: packed, place })).toMatchObject({
      running: true,
      verdict: 'pass',
    });
  });

  it('names what differs, and stops nothing', async () => {
    const { place } = await build();
    await using other = await Folder.of({
      ...game,
      'src/server/Main.server.luau': 'print("other branch")\n',
    });
    const result = await activities.verifyServe({ serve: await serve(other.path), place });
    expect(result).toMatchObject({ running: true, verdict: 'inconclusive' });
    expect(result.findings).toEqual(['ServerScriptService/Server/Main (Script) has another source']);
  });

  it.each([
    ['nothing listens', undefined, /nothing listens/],
    ['a web page answers', '<html>', /does not speak as Rojo/],
    ['another API answers', '{"ok":true}', /does not speak as Rojo/],
  ])('says so where %s', async (_, body, reason) => {
    const { place } = await build();
    const address =
      body === undefined
        ? `http://127.0.0.1:${await freePort()}`
        : await listen(createServer((_request, response) => response.end(body)));
    const result = await activities.verifyServe({ serve: address, place });
    expect(result).toMatchObject({ running: false, verdict: 'inconclusive' });
    expect(result.summary).toMatch(reason);
  });
});

/** Polls until there is an answer; a test's own time limit ends it. */
async function eventually<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(20);
  }
}

/** Waits until the process is no more; a zombie that nobody reaps counts as gone. */
async function gone(pid: number): Promise<void> {
  await eventually(async () => {
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (state.includes(') Z ')) return true;
    try {
      process.kill(pid, 0);
      return undefined;
    } catch {
      return true;
    }
  });
}
