import { readLuauFiles } from '../luau/package-files.js';
import { runtimeClosure } from '../luau/runtime-closure.js';

/** The Luau that content is made from: paths relative to the content's folder → source. */
export type ContentPackage = {
  modules: ReadonlyMap<string, string>;
  specs: ReadonlyMap<string, string>;
  /** What the specs stand on, such as contents made for tests. */
  fixtures: ReadonlyMap<string, string>;
  /** The pieces of the nights' runtime that it needs. */
  runtime: ReadonlyMap<string, string>;
  /** The tests of these pieces. */
  runtimeSpecs: ReadonlyMap<string, string>;
  bootstrap: string;
  /** The test, and the scenario of headless play, that each content gets. */
  contentSpec: string;
  contentPlay: string;
  testing: string;
};

const bootstrapName = 'GraveshiftContent.server.luau';

export async function readContentPackage(): Promise<ContentPackage> {
  const [content, runtime, testing] = await Promise.all([
    readLuauFiles('content'),
    readLuauFiles('runtime'),
    readLuauFiles('testing'),
  ]);
  const need = (files: ReadonlyMap<string, string>, path: string): string => {
    const source = files.get(path);
    if (source === undefined)
      throw new Error(`the package lacks ${path}; install graveshift again, complete`);
    return source;
  };
  const under = (folder: string) => [...content].filter(([path]) => path.startsWith(`${folder}/`));
  const own = [...content].filter(([path]) => !/^(templates|testing|host)\//.test(path));
  const modules = new Map(own.filter(([path]) => !path.endsWith('.spec.luau')));
  const pieces = runtimeClosure(modules, runtime, ['Frozen']);
  return {
    modules,
    specs: new Map(own.filter(([path]) => path.endsWith('.spec.luau'))),
    fixtures: new Map(under('testing').map(([path, source]) => [path.slice('testing/'.length), source])),
    runtime: pieces,
    runtimeSpecs: new Map(
      [...runtime].filter(
        ([path]) => pieces.has(path.replace(/\.spec\.luau$/, '.luau')) && !pieces.has(path),
      ),
    ),
    bootstrap: need(content, `templates/${bootstrapName}`),
    contentSpec: need(content, 'templates/Content.spec.luau'),
    contentPlay: need(content, 'templates/Content.play.luau'),
    testing: need(testing, 'init.luau'),
  };
}
