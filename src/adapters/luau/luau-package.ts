import { readLuauFiles } from './package-files.js';

/** The Luau that every night is made from: paths relative to its folder of `luau/` → source. */
export type LuauPackage = {
  /** Modules that ship with the game. */
  runtime: ReadonlyMap<string, string>;
  /** Their tests. */
  specs: ReadonlyMap<string, string>;
  /** The test library. */
  testing: string;
  /** The server script that runs a night. */
  bootstrap: string;
  /** The test that each night gets. */
  nightSpec: string;
};

export async function readLuauPackage(): Promise<LuauPackage> {
  const [runtime, testing, templates] = await Promise.all([
    readLuauFiles('runtime'),
    readLuauFiles('testing'),
    readLuauFiles('templates'),
  ]);
  const isSpec = (path: string) => path.endsWith('.spec.luau');
  const need = (files: ReadonlyMap<string, string>, path: string) => {
    const source = files.get(path);
    if (source === undefined)
      throw new Error(`the package lacks ${path}; install graveshift again, complete`);
    return source;
  };
  return {
    runtime: new Map([...runtime].filter(([path]) => !isSpec(path))),
    specs: new Map([...runtime].filter(([path]) => isSpec(path))),
    testing: need(testing, 'init.luau'),
    bootstrap: need(templates, 'Graveshift.server.luau'),
    nightSpec: need(templates, 'Night.spec.luau'),
  };
}
