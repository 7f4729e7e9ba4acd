import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder with the files: path → text. Removed when disposed of. */
export class Folder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async of(files: Readonly<Record<string, string>> = {}): Promise<Folder> {
    const folder = new Folder(await mkdtemp(path.join(tmpdir(), 'graveshift-rojo-')));
    await folder.write(files);
    return folder;
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [file, text] of Object.entries(files)) {
      const target = path.join(this.path, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

const projectFile = (tree: object) =>
  JSON.stringify({ name: 'toy', tree: { $className: 'DataModel', ...tree } });

/** A game with every kind of file that becomes a script, siblings of one name, and Windows' line endings. */
export const game: Readonly<Record<string, string>> = {
  'default.project.json': projectFile({
    ReplicatedStorage: { Shared: { $path: 'src/shared' } },
    ServerScriptService: { Server: { $path: 'src/server' } },
  }),
  'places/lobby.project.json': projectFile({
    ReplicatedStorage: { Shared: { $path: '../src/shared' } },
  }),
  'src/shared/Graveshift/init.luau': 'return { night = 1 }\n',
  'src/shared/Graveshift/Child.lua': 'return 2\n',
  'src/shared/Data.json': '{"a": 1}',
  'src/shared/Kit.model.json':
    '{"className":"Folder","children":[{"name":"Tool","className":"ModuleScript","properties":{"Source":"return 9"}}]}',
  'src/shared/Twin.luau': 'return "first"\n',
  'src/shared/Twin/init.luau': 'return "second"\n',
  'src/shared/Note.txt': 'hello',
  'src/shared/Bom.luau': '\uFEFFreturn 1\n',
  'src/server/Main.server.luau': 'print("a")\r\nprint("b")\r\n',
  'src/server/Main.meta.json': '{"properties":{"Disabled":true}}',
  'src/server/Empty.luau': '',
  'tests/graveshift/Night1.spec.luau': 'return {}\n',
};

export const stamp = { commit: 'a'.repeat(40), digest: 'b'.repeat(64) };
