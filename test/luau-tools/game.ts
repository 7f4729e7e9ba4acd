import type { LuauCheckRequest, SourceMapNode } from '../../src/domain/luau-tools.js';

const script = (name: string, className: string, file: string): SourceMapNode => ({
  name,
  className,
  filePaths: [file],
});

export const files = {
  grid: 'src/shared/Grid.luau',
  main: 'src/server/Main.server.luau',
  helper: 'src/server/Helper.luau',
};

/** A small game: a module that all share, a server script with a module beside it, and a remote. */
export const sourceMap: SourceMapNode = {
  name: 'game',
  className: 'DataModel',
  children: [
    {
      name: 'ReplicatedStorage',
      className: 'ReplicatedStorage',
      children: [
        {
          name: 'Shared',
          className: 'Folder',
          children: [script('Grid', 'ModuleScript', files.grid), { name: 'Hunt', className: 'RemoteEvent' }],
        },
      ],
    },
    {
      name: 'ServerScriptService',
      className: 'ServerScriptService',
      children: [script('Main', 'Script', files.main), script('Helper', 'ModuleScript', files.helper)],
    },
    { name: 'Workspace', className: 'Workspace', children: [{ name: 'Map', className: 'Model' }] },
  ],
};

const grid = `--!strict
local Grid = {}

export type Cell = { row: number, name: string }

function Grid.cell(row: number, name: string): Cell
	return { row = row, name = name }
end

return Grid
`;

const helper = `--!strict
local Helper = {}

function Helper.double(value: number): number
	return value * 2
end

return Helper
`;

/** The game with this server script; `\n`-joined lines after the mode line, so that the first of them is line 2. */
export function gameWith(
  main: readonly string[],
  others: Record<string, string> = {},
): Pick<LuauCheckRequest, 'sourceMap' | 'sources'> {
  const sources = new Map([
    [files.grid, grid],
    [files.helper, helper],
    [files.main, ['--!strict', ...main, ''].join('\n')],
    ...Object.entries(others),
  ]);
  return { sourceMap, sources };
}
