import type { LuauScript, SourceMapNode } from '../../src/domain/luau-tools.js';

/** A line that the checker must find, with its rule and a part of its message or fix. */
export type Expected = { line: number; rule: string; message: string | RegExp };

/** A row of the table: a server script, the modules beside it, and what is wrong with them. */
export type Program = {
  name: string;
  source: string;
  modules?: Readonly<Record<string, string>>;
  wrong?: readonly Expected[];
  /** The other solver does not tell. */
  solver?: 'old' | 'new';
};

/** A server script; line 1 is the mode's. */
export const row = (name: string, source: string, ...wrong: Expected[]): Program => ({ name, source, wrong });
export const typeError = (line: number, message: string | RegExp): Expected => ({
  line,
  rule: 'TypeError',
  message,
});
export const deprecated = (line: number, message: string): Expected => ({
  line,
  rule: 'DeprecatedApi',
  message,
});

export const deprecatedGlobal = (line: number, message: string): Expected => ({
  line,
  rule: 'DeprecatedGlobal',
  message,
});

/** Each program in a folder of its own, so that one request checks them all. */
export function layOut(programs: readonly Program[]): { sourceMap: SourceMapNode; scripts: LuauScript[] } {
  const scripts = programs.flatMap(({ source, modules = {} }, index) => [
    script(index, 'Main', source, 'Script'),
    ...Object.entries(modules).map(([name, text]) => script(index, name, text, 'ModuleScript')),
  ]);
  const folders = programs.map((_, index) => ({
    name: folderOf(index),
    className: 'Folder',
    children: scripts
      .filter(({ instance }) => instance[1] === folderOf(index))
      .map(({ path, instance, className }) => ({
        name: instance.at(-1) ?? '',
        className,
        filePaths: [path],
      })),
  }));
  const service = (name: string, children: SourceMapNode[] = []) => ({ name, className: name, children });
  const campfire = {
    name: 'Campfire',
    className: 'Part',
    children: [{ name: 'Fire', className: 'PointLight' }],
  };
  return {
    scripts,
    sourceMap: {
      name: 'game',
      className: 'DataModel',
      children: [
        service('ServerScriptService', folders),
        service('Workspace', [campfire]),
        service('ReplicatedStorage'),
        service('Players'),
      ],
    },
  };
}

export const fileOf = (index: number, module = 'Main'): string =>
  module === 'Main' ? `${folderOf(index)}/Main.server.luau` : `${folderOf(index)}/${module}.luau`;

const folderOf = (index: number): string => `Program${index}`;

const script = (
  index: number,
  name: string,
  source: string,
  className: LuauScript['className'],
): LuauScript => ({
  path: fileOf(index, name),
  source: `--!strict\n${source}\n`,
  instance: ['ServerScriptService', folderOf(index), name],
  className,
});
