import { execFile, spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { describeTemporalCli, findTemporalCli } from '../../src/stack/temporal-cli.js';
import { cachedCliPath, cliCacheFolder } from '../../src/stack/temporal-cli-cache.js';
import { pinnedCliVersion } from '../../src/stack/temporal-cli-version.js';
import { compileSources, repository } from './compiled.js';
import { startDownloadSite } from './fake-download-site.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

let folder: string;
let bin: string;
let cacheDirectory: string;
let messages: string[];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'graveshift-cli-')));
  bin = path.join(folder, 'bin');
  cacheDirectory = path.join(folder, 'cache');
  messages = [];
  await mkdir(bin);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const script = (body: string) => `#!${process.execPath}\n${body}\n`;
const cliScript = (version: string) =>
  script(`console.log('temporal version ${version} (Server 1.31.2, UI 2.50.1)');`);

async function writeProgram(file: string, text: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

/** A proxy that accepts and never answers: to the downloader it is a firewall that drops packets. */
async function startSilentProxy(): Promise<{ url: string; connections: () => number; close: () => void }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    server.once('close', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    connections: () => connections,
    close: () => server.close(),
  };
}

/** A closed port: the download is refused at once. */
const noInternet = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' };

const find = (env: Record<string, string>, connectMs = 20_000) =>
  findTemporalCli({
    env: { PATH: bin, ...noInternet, ...env },
    cacheDirectory,
    onProgress: (message) => messages.push(message),
    downloadLimits: { connectMs, idleMs: 1000 },
  });

/**
 * A Go that "builds" by writing a script, slowly, and counts how often it was asked. What the real one makes of
 * tools/temporal-cli is looked at by hand: it takes minutes.
 */
async function writeGo(built: string, options: { version?: string; delayMs?: number } = {}): Promise<string> {
  const log = path.join(folder, 'go.log');
  await writeProgram(
    path.join(bin, 'go'),
    script(`
const fs = require('node:fs');
const [command, ...rest] = process.argv.slice(2);
if (command === 'version') {
  console.log('go version go${options.version ?? '1.26.8'} linux/amd64');
} else {
  fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify({ rest, cwd: process.cwd(), cgo: process.env.CGO_ENABLED }) + '\\n');
  const output = rest[rest.indexOf('-o') + 1];
  fs.writeFileSync(output, ${JSON.stringify(built.slice(0, 20))}, { mode: 0o755 });
  setTimeout(() => fs.writeFileSync(output, ${JSON.stringify(built)}), ${options.delayMs ?? 0});
}`),
  );
  return log;
}

describe.skipIf(process.platform === 'win32')('finding the Temporal CLI', () => {
  it('takes what TEMPORAL_CLI names, even a build without a version, before PATH', async () => {
    await writeProgram(path.join(bin, 'temporal'), cliScript('1.9.0'));
    const named = await writeProgram(path.join(folder, 'mine'), cliScript('0.0.0-DEV'));
    expect(await find({ TEMPORAL_CLI: named })).toEqual({
      path: named,
      version: '0.0.0-DEV',
      source: 'TEMPORAL_CLI',
    });
  });

  it.each([
    ['a missing file', undefined, 'there is no such file'],
    ['an old version', cliScript('1.4.1'), 'it is version 1.4.1, 1.5.0 or newer is needed'],
    ['another program', script('console.log("v20")'), 'which is not the Temporal CLI'],
    ['a partial binary', '\u007fELF\u0002\u0001', 'it cannot be run'],
  ])('refuses a TEMPORAL_CLI that is %s, and looks no further', async (_, text, reason) => {
    await writeProgram(path.join(bin, 'temporal'), cliScript('1.9.0'));
    const named = path.join(folder, 'mine');
    if (text !== undefined) await writeProgram(named, text);
    const failure = find({ TEMPORAL_CLI: named });
    await expect(failure).rejects.toMatchObject({ kind: 'InvalidInput' });
    await expect(failure).rejects.toThrow(reason);
    await expect(failure).rejects.toThrow(named);
  });

  it('passes over what is too old in PATH, takes a newer one further on, and then the cache', async () => {
    const second = path.join(folder, 'bin2');
    await writeProgram(path.join(bin, 'temporal'), cliScript('1.4.1'));
    const newer = await writeProgram(path.join(second, 'temporal'), cliScript('1.7.0'));
    expect(await find({ PATH: `${bin}${path.delimiter}${second}` })).toEqual({
      path: newer,
      version: '1.7.0',
      source: 'PATH',
    });
    const cached = await writeProgram(cachedCliPath(cacheDirectory), cliScript(pinnedCliVersion));
    expect(await find({})).toEqual({ path: cached, version: pinnedCliVersion, source: 'cache' });
  });

  it('builds with Go where there is no internet, says so, and leaves nothing else in the cache', async () => {
    const log = await writeGo(cliScript(pinnedCliVersion));
    const found = await find({});
    expect(found).toEqual({
      path: cachedCliPath(cacheDirectory),
      version: pinnedCliVersion,
      source: 'built',
    });
    expect(await readdir(cliCacheFolder(cacheDirectory))).toEqual(['temporal']);
    expect(JSON.parse(await readFile(log, 'utf8'))).toMatchObject({
      cwd: path.join(repository, 'tools', 'temporal-cli'),
      cgo: '0',
    });
    expect(messages.join('\n')).toMatch(/downloading.*\n.*download failed.*\n.*building.*Go 1\.26\.8/s);
    expect((await find({})).source).toBe('cache');
  });

  // Elsewhere the SDK trusts the system's certificates only; without OpenSSL there is none to trust.
  it.skipIf(process.platform !== 'linux' || !hasOpenssl)(
    "downloads with the SDK's own downloader, and builds nothing",
    async () => {
      const log = await writeGo(cliScript(pinnedCliVersion));
      const site = await startDownloadSite(path.join(folder, 'site'), cliScript(pinnedCliVersion));
      try {
        expect(await find(site.env)).toEqual({
          path: cachedCliPath(cacheDirectory),
          version: pinnedCliVersion,
          source: 'download',
        });
      } finally {
        site.close();
      }
      expect(site.asked).toEqual([expect.stringContaining(`/cli/v${pinnedCliVersion}?`), '/cli.tar.gz']);
      expect(await readdir(cliCacheFolder(cacheDirectory))).toEqual(['temporal']);
      await expect(readFile(log)).rejects.toThrow('ENOENT');
    },
  );

  it('gives the download a time limit: a firewall that drops packets costs seconds', async () => {
    await writeGo(cliScript(pinnedCliVersion));
    const proxy = await startSilentProxy();
    const startedAt = performance.now();
    try {
      expect((await find({ HTTPS_PROXY: proxy.url }, 3000)).source).toBe('built');
    } finally {
      proxy.close();
    }
    expect(proxy.connections()).toBeGreaterThan(0);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(messages.join('\n')).toContain('no answer within 3 s (no internet, or a firewall');
  });

  it('never uses a partial file: not one left in the cache, nor one that a build made', async () => {
    await writeProgram(cachedCliPath(cacheDirectory), '\u007fELF\u0002\u0001');
    await writeProgram(path.join(cliCacheFolder(cacheDirectory), '.staging-old', 'temporal'), 'part');
    await writeGo('\u007fELF\u0002\u0001');
    await expect(find({})).rejects.toThrow(/what came of it is not usable/);
    await writeGo(cliScript(pinnedCliVersion));
    expect((await find({})).source).toBe('built');
    expect(await readdir(cliCacheFolder(cacheDirectory))).toEqual(['temporal']);
  });

  it('says in one sentence what was tried and what to do when no way works', async () => {
    await writeGo('', { version: '1.19.2' });
    await writeProgram(path.join(bin, 'temporal'), cliScript('1.0.0'));
    const failure = find({});
    await expect(failure).rejects.toMatchObject({ kind: 'ToolMissing' });
    await expect(failure).rejects.toThrow(/it is version 1\.0\.0, 1\.5\.0 or newer is needed/);
    await expect(failure).rejects.toThrow(/Go 1\.19\.2, 1\.21\.0 or newer is needed/);
    await expect(failure).rejects.toThrow(/set TEMPORAL_CLI to the path of a temporal binary\.$/);
    await expect(failure).rejects.not.toThrow(/\n/);
  });

  it('stops at once when asked to, and frees the cache for the next', async () => {
    await writeGo(cliScript(pinnedCliVersion));
    const proxy = await startSilentProxy();
    const abort = new AbortController();
    const asked = findTemporalCli({
      env: { PATH: bin, HTTPS_PROXY: proxy.url },
      cacheDirectory,
      signal: abort.signal,
      onProgress: (message) => {
        if (message.startsWith('downloading')) abort.abort(new Error('asked to stop'));
      },
    });
    await expect(asked).rejects.toThrow('asked to stop');
    proxy.close();
    expect((await find({})).source).toBe('built');
  });

  it('describes without getting anything', async () => {
    const log = await writeGo(cliScript(pinnedCliVersion));
    const description = await describeTemporalCli({ env: { PATH: bin }, cacheDirectory });
    expect(description.found).toBeUndefined();
    expect(description.misses).toEqual([
      { place: 'PATH', reason: 'there is no temporal in it' },
      { place: cachedCliPath(cacheDirectory), reason: 'there is no such file' },
    ]);
    expect(description.go).toEqual({ usable: true, path: path.join(bin, 'go'), version: '1.26.8' });
    await expect(readFile(log)).rejects.toThrow('ENOENT');
  });

  it('is got once when two processes ask at the same time; a killed one does not block the next', async () => {
    const log = await writeGo(cliScript(pinnedCliVersion), { delayMs: 1500 });
    const dist = await compileSources(
      ['stack', 'domain', 'adapters/files', 'adapters/processes'],
      path.join(folder, 'compiled'),
    );
    const program = path.join(folder, 'ask.mjs');
    await writeFile(
      program,
      `import { findTemporalCli } from ${JSON.stringify(path.join(dist, 'stack', 'temporal-cli.js'))};
       const found = await findTemporalCli({ env: process.env, cacheDirectory: ${JSON.stringify(cacheDirectory)},
         onProgress: (message) => console.error(message) });
       console.log(JSON.stringify(found));`,
    );
    const env = { PATH: bin, ...noInternet };
    const ask = () => promisify(execFile)(process.execPath, [program], { env });
    const answers = await Promise.all([ask(), ask()]);
    const sources = answers.map(({ stdout }) => (JSON.parse(stdout) as { source: string }).source);
    expect(sources.toSorted()).toEqual(['built', 'cache']);
    expect(answers.map(({ stderr }) => stderr).join('')).toContain('another process is getting');
    expect((await readFile(log, 'utf8')).trim().split('\n')).toHaveLength(1);

    await rm(cliCacheFolder(cacheDirectory), { recursive: true });
    const killed = spawn(process.execPath, [program], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    await new Promise<void>((resolve) => {
      killed.stderr.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('building')) resolve();
      });
    });
    killed.kill('SIGKILL');
    // A lock that nobody has touched for long is a dead process's: here that time has passed at once.
    await utimes(path.join(cliCacheFolder(cacheDirectory), '.lock'), 0, 0);
    const next = await ask();
    expect((JSON.parse(next.stdout) as { source: string }).source).toBe('built');
  });
});

it('pins one version in the code and in the Go module', async () => {
  const module = await readFile(path.join(repository, 'tools', 'temporal-cli', 'go.mod'), 'utf8');
  expect(module).toMatch(
    new RegExp(`github\\.com/temporalio/cli v${pinnedCliVersion.replaceAll('.', '\\.')}\\b`),
  );
});
