import { readLuauFiles } from './package-files.js';
import { runtimeClosure } from './runtime-closure.js';

/** The Luau that features are made from: paths relative to where they go → source. */
export type FeaturePackage = {
  server: ReadonlyMap<string, string>;
  client: ReadonlyMap<string, string>;
  specs: ReadonlyMap<string, string>;
  /** The scenario of headless play of each kind. */
  plays: ReadonlyMap<string, string>;
  /** The pieces of the nights' runtime that they need. */
  runtime: ReadonlyMap<string, string>;
  testing: string;
};

const clientFolder = 'Client/';

export async function readFeaturePackage(): Promise<FeaturePackage> {
  const [features, runtime, testing] = await Promise.all([
    readLuauFiles('features'),
    readLuauFiles('runtime'),
    readLuauFiles('testing'),
  ]);
  const library = testing.get('init.luau');
  if (library === undefined)
    throw new Error('the package lacks testing/init.luau; install graveshift again, complete');
  const isSpec = (path: string) => path.endsWith('.spec.luau');
  const isClient = (path: string) => path.startsWith(clientFolder);
  const isPlay = (path: string) => path.endsWith('.play.luau');
  const modules = [...features].filter(([path]) => !isSpec(path) && !isPlay(path));
  return {
    server: new Map(modules.filter(([path]) => !isClient(path))),
    client: new Map(
      modules
        .filter(([path]) => isClient(path))
        .map(([path, source]) => [path.slice(clientFolder.length), source]),
    ),
    specs: new Map([...features].filter(([path]) => isSpec(path))),
    plays: new Map([...features].filter(([path]) => isPlay(path))),
    runtime: runtimeClosure(features, runtime, ['Frozen']),
    testing: library,
  };
}
