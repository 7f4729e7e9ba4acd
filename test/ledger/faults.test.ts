import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import LibsqlDatabase from 'libsql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import { transpileSources } from '../support/transpiled-sources.js';
import { intentOf, makeFolder, runNamed } from './fixtures.js';

const isRoot = process.getuid?.() === 0;

describe('the ledger when things go wrong', () => {
  let folder: string;
  let remove: () => Promise<void>;
  const cleanUp: (() => unknown)[] = [];
  let count = 0;

  beforeAll(async () => ({ folder, remove } = await makeFolder()));
  afterAll(() => remove());
  afterEach(async () => {
    for (const undo of cleanUp.splice(0).reverse()) await undo();
  });

  const newFile = () => path.join(folder, `ledger-${++count}.db`);
  const open = async (url: string, lockTimeout = 10_000): Promise<Ledger> => {
    const ledger = await createLedger({ url, lockTimeout });
    cleanUp.push(() => ledger.close());
    return ledger;
  };

  it('takes a path or a file address, and makes the folders on the way', async () => {
    const file = path.join(folder, 'made', 'on the way', 'ledger.db');
    await (await open(file)).runs.open(runNamed('r1'));
    for (const url of [`file:${file}`, pathToFileURL(file).href]) {
      expect(await (await open(url)).findRun('r1')).toMatchObject({ id: 'r1' });
    }
  });

  it.each([
    ['postgres://ada:hunter2@db.example.com/graveshift', 'postgres:'],
    ['https://example.com/ledger.db', 'https:'],
    [':memory:', ':memory:'],
    ['', '""'],
    ['file:', 'file:'],
    ['file://elsewhere/ledger.db/', 'file:'],
  ])('refuses %j and says what is supported', async (url, shown) => {
    const failure = await createLedger({ url }).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ kind: 'InvalidInput' });
    expect((failure as Error).message).toContain(shown);
    expect((failure as Error).message).toContain('SQLite');
    expect((failure as Error).message).not.toContain('hunter2');
  });

  it('waits for another writer, without blocking the process', async () => {
    const file = newFile();
    const ledger = await open(file);
    const other = new LibsqlDatabase(file);
    cleanUp.push(() => other.close());
    other.exec('begin immediate');

    const opened = ledger.runs.open(runNamed('r1'));
    let beats = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (++beats < 3) return;
        clearInterval(timer);
        resolve();
      }, 5);
    });
    other.exec('rollback');
    expect(await opened).toBeUndefined();
    expect(await ledger.findRun('r1')).toMatchObject({ state: 'running' });
  });

  it('names a lock that is not given back, with the remedy', async () => {
    const file = newFile();
    const ledger = await open(file, 100);
    const other = new LibsqlDatabase(file);
    cleanUp.push(() => other.close());
    other.exec('begin immediate');

    await expect(ledger.runs.open(runNamed('r1'))).rejects.toMatchObject({
      kind: 'StorageFailure',
      message: expect.stringMatching(
        /ledger-\d+\.db: another process keeps it locked.*end the program/s,
      ) as string,
    });
    other.exec('rollback');
    expect(await ledger.runs.open(runNamed('r1'))).toBeUndefined();
  });

  it('names a file that is no database, and leaves it as it is', async () => {
    const file = newFile();
    const content = 'the diary of a night watchman\n'.repeat(200);
    await writeFile(file, content);
    await expect(createLedger({ url: file })).rejects.toMatchObject({
      kind: 'StorageFailure',
      message: expect.stringContaining('not a sound SQLite database') as string,
    });
    expect((await stat(file)).size).toBe(content.length);
  });

  it('names a folder in the place of the file', async () => {
    const file = newFile();
    await mkdir(file);
    await expect(createLedger({ url: file })).rejects.toMatchObject({ kind: 'StorageFailure' });
  });

  it('names a folder that it may not write', async (context) => {
    if (process.platform === 'win32') context.skip('Windows has no such modes');
    const closedFolder = path.join(folder, 'closed');
    await mkdir(closedFolder);
    await chmod(closedFolder, 0o555);
    await chmod(folder, 0o755);
    if (isRoot) {
      // Modes do not bind root: become nobody for this one call.
      process.seteuid?.(65_534);
      cleanUp.push(() => process.seteuid?.(0));
    }
    for (const url of [
      path.join(closedFolder, 'ledger.db'),
      path.join(closedFolder, 'deeper', 'ledger.db'),
    ]) {
      await expect(createLedger({ url })).rejects.toMatchObject({
        kind: 'StorageFailure',
        message: expect.stringContaining(closedFolder) as string,
      });
    }
  });

  it('names a full disk, keeps what it had, and goes on once there is space', async (context) => {
    const disk = path.join(folder, 'disk');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      context.skip('needs the right to mount a small file system');
    }
    // libsql gives a closed file back when its garbage is collected: detached at once, freed then.
    cleanUp.push(() => execFileSync('umount', ['-l', disk]));
    const ledger = await open(path.join(disk, 'ledger.db'));
    const big = 'x'.repeat(100_000);
    await ledger.runs.open(runNamed('r0'));

    const fill = async () => {
      for (let index = 1; index < 100; index++) {
        await ledger.runs.open(runNamed(`r${index}`, { subject: `night:${index + 10}`, input: { big } }));
      }
    };
    await expect(fill()).rejects.toMatchObject({
      kind: 'StorageFailure',
      message: expect.stringMatching(/disk is full.*free some space/s) as string,
    });
    expect(await ledger.findRun('r0')).toMatchObject({ state: 'running' });

    execFileSync('mount', ['-o', 'remount,size=16m', disk]);
    await ledger.runs.open(runNamed('after', { subject: 'night:500', input: { big } }));
    expect(await ledger.findRun('after')).toMatchObject({ input: { big } });
  });

  describe('in several processes', () => {
    let source: string;
    let removeSource: () => Promise<void>;

    beforeAll(async () => {
      ({ source, remove: removeSource } = await transpileSources([
        'domain',
        'adapters/artifacts',
        'adapters/ledger',
      ]));
    });
    afterAll(() => removeSource());

    /** A process that has the ledger open and runs `body`; its lines come back as they are printed. */
    const start = (file: string, body: string) => {
      const script = `
        import { createLedger } from ${JSON.stringify(pathToFileURL(path.join(source, 'adapters/ledger/index.js')).href)};
        const ledger = await createLedger({ url: ${JSON.stringify(file)} });
        const run = ${JSON.stringify(runNamed('r'))};
        const intent = ${JSON.stringify(intentOf('r'))};
        ${body}`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit') as Promise<[number | null]>;
      return { child, ended, lines: createInterface({ input: child.stdout }) };
    };

    it('brings a new file up to date once when many open it at the same time', async () => {
      const file = newFile();
      const processes = Array.from({ length: 6 }, (_, index) =>
        start(
          file,
          `await ledger.runs.open({ ...run, runId: 'r${index}', subject: 'night:${index}' }); await ledger.close();`,
        ),
      );
      for (const { ended } of processes) expect((await ended)[0]).toBe(0);
      expect(await (await open(file)).listRuns({ limit: 10 })).toHaveLength(6);
    });

    it('gives a subject to one of many processes', async () => {
      const file = newFile();
      await open(file);
      const processes = Array.from({ length: 4 }, (_, index) => {
        const started = start(
          file,
          `console.log((await ledger.runs.open({ ...run, runId: 'r${index}' }))?.runId ?? 'won'); await ledger.close();`,
        );
        return once(started.lines, 'line') as Promise<[string]>;
      });
      const answers = (await Promise.all(processes)).map(([line]) => line);
      expect(answers.filter((answer) => answer === 'won')).toHaveLength(1);
    });

    it('loses nothing that was acknowledged when its process is killed in the middle of writing', async (context) => {
      if (process.platform === 'win32') context.skip('needs SIGKILL');
      const file = newFile();
      for (const round of [0, 1, 2]) {
        const { child, ended, lines } = start(
          file,
          `for (let index = 0; ; index++) {
            const runId = 'r${round}-' + index;
            await ledger.runs.open({ ...run, runId, subject: 'night:' + runId });
            await ledger.intents.record({ ...intent, runId }, index);
            await ledger.runs.close({ runId, state: 'succeeded', summary: '', costUsd: 1, steps: [
              { id: 'a', startedAt: 'x', state: 'done' }, { id: 'b', startedAt: 'x', state: 'done' } ] });
            process.stdout.write(runId + '\\n');
          }`,
        );
        const acknowledged: string[] = [];
        lines.on('line', (line) => {
          acknowledged.push(line);
          if (acknowledged.length === 20 + round * 7) child.kill('SIGKILL');
        });
        await ended;

        const check = new LibsqlDatabase(file);
        expect(check.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
        expect(check.prepare('pragma foreign_key_check').all()).toEqual([]);
        check.close();

        const ledger = await open(file);
        expect(acknowledged.length).toBeGreaterThanOrEqual(20);
        for (const runId of acknowledged) {
          expect(await ledger.findRun(runId)).toMatchObject({
            state: 'succeeded',
            steps: [{ id: 'a' }, { id: 'b' }],
          });
          expect(await ledger.intents.find(runId, intentOf('r').place.sha256)).toMatchObject({
            state: 'recorded',
          });
        }
        // What was cut off is there whole or not at all: a run is closed with its steps, or still open with none.
        for (const { id, state } of await ledger.listRuns({ limit: 1000 })) {
          expect((await ledger.findRun(id))?.steps).toHaveLength(state === 'succeeded' ? 2 : 0);
        }
      }
    });
  });
});
