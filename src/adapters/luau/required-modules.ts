/**
 * Which modules of the package a night needs: those that its scripts require, and what these require. Everything else
 * of the package stays out of the game.
 */

/** `require(script.Parent.Grid)`; a spec's or template's `Graveshift` and `Client` are the package's folders. */
const requireCall = /\brequire\(([A-Za-z_][\w.]*)\)/g;

const roots: Record<string, readonly string[]> = { Graveshift: ['runtime'], Client: ['client'] };

/** `runtime/Net/Remotes.luau` → `runtime/Net/Remotes`; an `init` is its folder. */
function instanceOf(path: string): string {
  return path
    .replace(/(\.(server|client))?\.luau$/, '')
    .replace(/(^|\/)init$/, '')
    .replace(/\/$/, '');
}

function resolve(path: string, expression: string): string {
  const [first = '', ...names] = expression.split('.');
  const parts = first === 'script' ? instanceOf(path).split('/') : [...(roots[first] ?? [first])];
  for (const name of names) {
    if (name === 'Parent') parts.pop();
    else parts.push(name);
  }
  return parts.join('/');
}

/** What a file of the package requires, as paths in it without suffix. */
export function requiresOf(path: string, source: string): string[] {
  return [...source.matchAll(requireCall)].map(([, expression = '']) => resolve(path, expression));
}

/**
 * Paths of the modules that the entries need, themselves included.
 * @param modules path in the package → source
 * @param made modules that are not in the package because each generation makes them, such as `runtime/Nights`
 */
export function requiredModules(
  entries: readonly string[],
  modules: ReadonlyMap<string, string>,
  made: ReadonlySet<string>,
): Set<string> {
  const byInstance = new Map([...modules.keys()].map((path) => [instanceOf(path), path]));
  const needed = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (needed.has(path)) continue;
    needed.add(path);
    for (const instance of requiresOf(path, modules.get(path) ?? '')) {
      if (made.has(instance)) continue;
      const target = byInstance.get(instance);
      if (target === undefined) throw new Error(`${path} requires ${instance}, which the package lacks`);
      open.push(target);
    }
  }
  return needed;
}
