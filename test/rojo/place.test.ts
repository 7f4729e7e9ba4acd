import { createHash } from 'node:crypto';
import { chmod, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { Dom } from 'rbx-dom';
import { beforeAll, describe, expect, it } from 'vitest';

import {
  buildPlaceFile,
  compareInstances,
  expectInstances,
  findRojo,
  readPlace,
  readSourceMap,
  readStamp,
  stampPlace,
  type RojoContext,
} from '../../src/adapters/rojo/index.js';
import { Folder, game, stamp } from './support.js';

let context: RojoContext;
beforeAll(async () => {
  context = { rojo: await findRojo({ env: process.env }), environment: process.env };
});

const build = async (folder: Folder, project = 'default.project.json') =>
  stampPlace(await buildPlaceFile(context, folder.path, project), stamp);

const expected = async (folder: Folder, project = 'default.project.json') =>
  expectInstances(folder.path, await readSourceMap(context, folder.path, project));

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('building and stamping', () => {
  it('gives the same bytes for the same tree, wherever it is, and adds nothing to it', async () => {
    await using one = await Folder.of(game);
    await using two = await Folder.of(game);
    const files = await readdir(one.path, { recursive: true });
    const [first, second] = [await build(one), await build(two)];
    expect(hash(first)).toBe(hash(second));
    expect(await readdir(one.path, { recursive: true })).toEqual(files);
    expect(readStamp(first)).toEqual(stamp);
    expect(
      hash(
        stampPlace(await buildPlaceFile(context, one.path, 'default.project.json'), {
          ...stamp,
          commit: 'c'.repeat(40),
        }),
      ),
    ).not.toBe(hash(first));
  });

  it('loses nothing of what Rojo wrote', async () => {
    await using folder = await Folder.of(game);
    const built = await buildPlaceFile(context, folder.path, 'default.project.json');
    const stamped = Dom.fromBinary(stampPlace(built, stamp));
    const service = stamped
      .children(stamped.rootRef)
      .find((id) => stamped.instance(id)?.name === 'ServerStorage')!;
    stamped.destroy(service);
    expect(hash(stamped.toBinary())).toBe(hash(built));
  });

  it('stamps into the ServerStorage that a game has, and refuses to replace something of its own', async () => {
    const withStorage = (storage: object) => ({
      'default.project.json': JSON.stringify({
        name: 'x',
        tree: { $className: 'DataModel', ServerStorage: storage },
      }),
    });
    await using folder = await Folder.of(withStorage({ Maps: { $className: 'Folder' } }));
    const instances = readPlace(await build(folder));
    expect(instances.filter(({ path: at }) => at === 'ServerStorage')).toHaveLength(1);
    expect(compareInstances(await expected(folder), instances)).toEqual([]);
    await folder.write(withStorage({ GraveshiftStamp: { $className: 'Folder' } }));
    await expect(build(folder)).rejects.toMatchObject({ kind: 'BuildFailure' });
  });

  it('reads no stamp from what has none, and never throws', async () => {
    await using folder = await Folder.of(game);
    const built = await buildPlaceFile(context, folder.path, 'default.project.json');
    expect(readStamp(built)).toBeUndefined();
    const stamped = stampPlace(built, stamp);
    expect(readStamp(Dom.fromBinary(stamped).toXml())).toEqual(stamp);
    for (let length = 0; length < stamped.length; length += 101) {
      expect(readStamp(stamped.subarray(0, length))).toBeUndefined();
    }
    for (const foreign of [
      '',
      '<html>',
      '<roblox!',
      '{"a":1}',
      '<roblox version="4"></roblox>',
      '\0'.repeat(99),
    ]) {
      expect(readStamp(Buffer.from(foreign))).toBeUndefined();
    }
    const forged = Dom.fromBinary(built);
    const service = forged.insert(forged.rootRef, { className: 'ServerStorage', name: 'ServerStorage' });
    forged.insert(service, {
      className: 'StringValue',
      name: 'GraveshiftStamp',
      properties: { Value: '{"commit":1}' },
    });
    expect(readStamp(forged.toBinary())).toBeUndefined();
  });

  it.each([
    [
      'a folder that is not there',
      {
        'default.project.json':
          '{"name":"x","tree":{"$className":"DataModel","Lighting":{"$path":"src/nope"}}}',
      },
      /src\/nope/,
    ],
    ['a project file that is not there', {}, /no Rojo project file default\.project\.json/],
    ['a project file that is not JSON', { 'default.project.json': '{"name": nope' }, /Failed to parse/],
  ])('fails in words for %s, without this machine’s paths', async (_, files, message) => {
    await using folder = await Folder.of(files);
    const failure = await build(folder).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({
      kind: 'BuildFailure',
      message: expect.stringMatching(message) as string,
    });
    expect((failure as Error).message).not.toContain(folder.path);
    expect((failure as Error).message).not.toContain('backtrace');
  });

  it('builds without a folder that the project file calls optional', async () => {
    const tree = { $className: 'DataModel', Lighting: { $path: { optional: 'src/nope' } } };
    await using folder = await Folder.of({ 'default.project.json': JSON.stringify({ name: 'x', tree }) });
    expect(readStamp(await build(folder))).toEqual(stamp);
  });

  it('stops when it is cancelled', async () => {
    await using folder = await Folder.of(game);
    const cancel = new AbortController();
    const building = buildPlaceFile(
      { ...context, signal: cancel.signal },
      folder.path,
      'default.project.json',
    );
    cancel.abort(new Error('the run was cancelled'));
    await expect(building).rejects.toThrow('the run was cancelled');
  });

  it('refuses a project file that describes a model', async () => {
    await using folder = await Folder.of({
      ...game,
      'default.project.json': '{"name":"m","tree":{"$path":"src"}}',
    });
    await expect(expected(folder)).rejects.toMatchObject({
      kind: 'BuildFailure',
      message: expect.stringContaining('not a place') as string,
    });
  });
});

describe('comparing the place with the commit', () => {
  it.each(['default.project.json', 'places/lobby.project.json'])(
    'finds no difference in %s',
    async (project) => {
      await using folder = await Folder.of(game);
      const wanted = await expected(folder, project);
      expect(compareInstances(wanted, readPlace(await build(folder, project)))).toEqual([]);
      const withText = wanted.filter(({ source }) => source !== undefined).map(({ file }) => file);
      const mapped = Object.keys(game).filter((file) => file.endsWith('.luau') || file.endsWith('.lua'));
      const reached = project.startsWith('places') ? 'src/shared' : 'src/';
      expect([...withText].sort()).toEqual(mapped.filter((file) => file.startsWith(reached)).sort());
    },
  );

  it('finds a changed source, a missing script and a stale one, and no other', async () => {
    await using folder = await Folder.of(game);
    const place = readPlace(await build(folder));
    await folder.write({
      'src/server/Main.server.luau': 'print("sabotage")\n',
      'src/shared/New.luau': 'return 3\n',
    });
    await rm(path.join(folder.path, 'src/server/Empty.luau'));
    const differences = compareInstances(await expected(folder), place);
    expect(differences).toHaveLength(3);
    expect(differences).toEqual(
      expect.arrayContaining([
        {
          kind: 'changed',
          path: 'ServerScriptService/Server/Main',
          className: 'Script',
          file: 'src/server/Main.server.luau',
        },
        {
          kind: 'missing',
          path: 'ReplicatedStorage/Shared/New',
          className: 'ModuleScript',
          file: 'src/shared/New.luau',
        },
        { kind: 'stale', path: 'ServerScriptService/Server/Empty', className: 'ModuleScript' },
      ]),
    );
  });

  it('tells apart siblings of one name', async () => {
    await using folder = await Folder.of(game);
    const wanted = await expected(folder);
    const place = Dom.fromBinary(await build(folder));
    const twins = place.descendants().filter(({ name }) => name === 'Twin');
    expect(twins).toHaveLength(2);
    place.setProperty(twins[0]!.referent, 'Source', 'return "other"\n');
    expect(compareInstances(wanted, readPlace(place.toBinary()))).toMatchObject([{ kind: 'changed' }]);
    place.destroy(twins[0]!.referent);
    expect(compareInstances(wanted, readPlace(place.toBinary()))).toMatchObject([{ kind: 'missing' }]);
    const [left] = place.descendants().filter(({ name }) => name === 'Twin');
    const twin = {
      className: 'ModuleScript',
      name: 'Twin',
      properties: { Source: left!.properties.Source! },
    };
    place.insert(left!.parent, twin);
    expect(compareInstances(wanted, readPlace(place.toBinary()))).toMatchObject([{ kind: 'changed' }]);
    place.insert(left!.parent, twin);
    const kinds = compareInstances(wanted, readPlace(place.toBinary())).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['changed', 'stale']);
  });
});

describe('finding Rojo', () => {
  it('takes the package’s own, and says so', async () => {
    expect(await findRojo({ env: { PATH: '' } })).toMatchObject({ source: 'package' });
  });

  it('takes the one that GRAVESHIFT_ROJO names, or says what is wrong with it', async () => {
    await using folder = await Folder.of();
    const file = path.join(folder.path, 'rojo');
    await expect(findRojo({ env: { GRAVESHIFT_ROJO: file } })).rejects.toMatchObject({
      kind: 'ToolMissing',
      message: expect.stringContaining(file) as string,
    });
  });

  it.runIf(process.platform !== 'win32')('prefers PATH, unless what is there is old or broken', async () => {
    await using folder = await Folder.of({
      'new/rojo': '#!/bin/sh\necho Rojo 7.6.1\n',
      'old/rojo': '#!/bin/sh\necho Rojo 6.2.0\n',
      'broken/rojo': '#!/bin/sh\nexit 3\n',
    });
    const at = (name: string) => path.join(folder.path, name);
    for (const name of ['new', 'old', 'broken']) await chmod(path.join(at(name), 'rojo'), 0o755);
    const PATH = [at('old'), at('broken')].join(path.delimiter);
    expect(await findRojo({ env: { PATH } })).toMatchObject({ source: 'package' });
    expect(await findRojo({ env: { PATH: [PATH, at('new')].join(path.delimiter) } })).toMatchObject({
      source: 'PATH',
      version: '7.6.1',
      path: path.join(at('new'), 'rojo'),
    });
    await expect(findRojo({ env: { GRAVESHIFT_ROJO: path.join(at('old'), 'rojo') } })).rejects.toThrow(
      /6\.2\.0, older than/,
    );
  });
});
