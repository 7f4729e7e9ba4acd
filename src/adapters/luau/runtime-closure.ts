/** A `require` of one of the runtime's modules by instance, such as `Runtime.Engine.AssetLoader`. */
const fromOutside = /\bRuntime((?:\.[A-Za-z]\w*)+)\)/g;
const fromInside = /require\(script((?:\.[A-Za-z]\w*)+)\)/g;

/**
 * The runtime's modules that the sources need, with those that these need: a game gets only what it uses. Sources ask
 * for them as `Runtime.<path>`; among themselves they use `script.Parent…`.
 */
export function runtimeClosure(
  sources: ReadonlyMap<string, string>,
  runtime: ReadonlyMap<string, string>,
  /** Asked for by what is generated. */
  also: readonly string[] = [],
): Map<string, string> {
  const needed = new Map<string, string>();
  const visit = (names: readonly string[]): void => {
    const path = `${names.join('/')}.luau`;
    const source = runtime.get(path);
    if (source === undefined)
      throw new Error(`the package lacks runtime/${path}; install graveshift again, complete`);
    if (needed.has(path)) return;
    needed.set(path, source);
    for (const [, steps = ''] of source.matchAll(fromInside)) visit(resolve(names, steps));
  };
  for (const module of also) visit(module.split('.'));
  for (const source of sources.values()) {
    for (const [, steps = ''] of source.matchAll(fromOutside)) visit(steps.slice(1).split('.'));
  }
  return new Map([...needed].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where `.Parent.Parent.Name` leads from a module. */
function resolve(from: readonly string[], steps: string): string[] {
  const names = [...from];
  for (const step of steps.slice(1).split('.')) {
    if (step === 'Parent') names.pop();
    else names.push(step);
  }
  return names;
}
