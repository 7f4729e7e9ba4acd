/**
 * How Luau modules find each other: by instance (`require(script.Parent.Grid)`), not by string. Instance paths
 * work in every Roblox engine and in every tool that reads a Rojo source map; string requires (`"./Grid"`) came
 * to the engine in 2025 and resolve differently inside `init` modules. Offline, the tree is made from the files
 * the way Rojo makes it.
 */
/** A Luau module with its place in the game's tree, such as `['ReplicatedStorage', 'Shared', 'Grid']`. */
export type LuauModule = { path: string; source: string; instance: readonly string[] };

/** A folder of the project and where Rojo puts it, such as `src/shared` → `['ReplicatedStorage', 'Shared']`. */
export type Mount = { folder: string; instance: readonly string[] };

const scriptSuffix = /(\.(server|client|plugin))?\.luau?$/;

/** Instance names of a file under a mount; undefined when Rojo would not make a script of it. */
function instanceOf(path: string, mount: Mount): string[] | undefined {
  if (!path.startsWith(`${mount.folder}/`) || !scriptSuffix.test(path)) return undefined;
  const parts = path.slice(mount.folder.length + 1).split('/');
  const name = (parts.pop() ?? '').replace(scriptSuffix, '');
  return [...mount.instance, ...parts, ...(name === 'init' ? [] : [name])];
}

/** The Luau files under the mounts, each with its instance path; the deepest mount that holds a file counts. */
export function toLuauModules(files: ReadonlyMap<string, string>, mounts: readonly Mount[]): LuauModule[] {
  const deepestFirst = [...mounts].sort((a, b) => b.folder.length - a.folder.length);
  return [...files].flatMap(([path, source]) => {
    for (const mount of deepestFirst) {
      const instance = instanceOf(path, mount);
      if (instance !== undefined) return [{ path, source, instance }];
    }
    return [];
  });
}
