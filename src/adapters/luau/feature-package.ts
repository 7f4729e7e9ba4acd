import { readLuauFiles } from './package-files.js';
import { runtimeClosure } from './runtime-closure.js';

/** The Luau that features are made from: paths relative to where they go → source. */
export type FeaturePackage = {
  server: ReadonlyMap<string, string>;
  client: ReadonlyMap<string, string>;
  specs: ReadonlyMap<string, string>;
  /** The test that each feature's data gets. */
  featureSpec: string;
  /** The scenario of headless play of each kind. */
  plays: ReadonlyMap<string, string>;
  /** The pieces of the nights' runtime that they need, and the tests of these. */
  runtime: ReadonlyMap<string, string>;
  runtimeSpecs: ReadonlyMap<string, string>;
  testing: string;
};

const clientFolder = 'Client/';
const featureSpecFile = 'Feature.spec.luau';

export async function readFeaturePackage(): Promise<FeaturePackage> {
  const [features, runtime, testing] = await Promise.all([
    readLuauFiles('features'),
    readLuauFiles('runtime'),
    readLuauFiles('testing'),
  ]);
  const library = testing.get('init.luau');
  const featureSpec = features.get(featureSpecFile);
  if (library === undefined || featureSpec === undefined)
    throw new Error(
      `the package lacks testing/init.luau or features/${featureSpecFile}; install graveshift again, complete`,
    );
  const isSpec = (path: string) => path.endsWith('.spec.luau');
  const isClient = (path: string) => path.startsWith(clientFolder);
  const isPlay = (path: string) => path.endsWith('.play.luau');
  const modules = [...features].filter(([path]) => !isSpec(path) && !isPlay(path));
  const needed = runtimeClosure(features, runtime, ['Frozen']);
  return {
    server: new Map(modules.filter(([path]) => !isClient(path))),
    client: new Map(
      modules
        .filter(([path]) => isClient(path))
        .map(([path, source]) => [path.slice(clientFolder.length), source]),
    ),
    specs: new Map([...features].filter(([path]) => isSpec(path) && path !== featureSpecFile)),
    featureSpec,
    plays: new Map([...features].filter(([path]) => isPlay(path))),
    runtime: needed,
    runtimeSpecs: new Map(
      [...runtime].filter(([path]) => isSpec(path) && needed.has(path.replace('.spec.luau', '.luau'))),
    ),
    testing: library,
  };
}
