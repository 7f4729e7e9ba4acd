import { readLuauFiles } from './package-files.js';

/** The Luau that every night is made from: paths relative to its folder of `luau/` → source. */
export type LuauPackage = {
  /** Modules for both sides and for the server. */
  runtime: ReadonlyMap<string, string>;
  /** What runs for each player; `init.client.luau` is the script, the others its modules. */
  client: ReadonlyMap<string, string>;
  /** Tests of the runtime. */
  specs: ReadonlyMap<string, string>;
  /** Tests of the client's modules. */
  clientSpecs: ReadonlyMap<string, string>;
  /** The test library. */
  testing: string;
  /** The server script that runs a night. */
  bootstrap: string;
  /** The test that each night gets. */
  nightSpec: string;
};

export async function readLuauPackage(): Promise<LuauPackage> {
  const [runtime, client, testing, templates] = await Promise.all([
    readLuauFiles('runtime'),
    readLuauFiles('client'),
    readLuauFiles('testing'),
    readLuauFiles('templates'),
  ]);
  const need = (files: ReadonlyMap<string, string>, path: string) => {
    const source = files.get(path);
    if (source === undefined)
      throw new Error(`the package lacks ${path}; install graveshift again, complete`);
    return source;
  };
  return {
    runtime: modulesOf(runtime),
    client: modulesOf(client),
    specs: specsOf(runtime),
    clientSpecs: specsOf(client),
    testing: need(testing, 'init.luau'),
    bootstrap: need(templates, 'Graveshift.server.luau'),
    nightSpec: need(templates, 'Night.spec.luau'),
  };
}

const isSpec = (path: string) => path.endsWith('.spec.luau');

const modulesOf = (files: ReadonlyMap<string, string>) =>
  new Map([...files].filter(([path]) => !isSpec(path)));

const specsOf = (files: ReadonlyMap<string, string>) => new Map([...files].filter(([path]) => isSpec(path)));
