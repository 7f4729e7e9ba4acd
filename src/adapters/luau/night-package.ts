import type { Mount } from './instance-tree.js';
import type { LuauPackage } from './luau-package.js';
import { requiredModules, requiresOf } from './required-modules.js';
import { relocate, relocateSpec, testsFolder } from './templates.js';

/** The one script that runs by itself on the server; everything else there is a module. */
export const bootstrapPath = (serverFolder: string) => `${serverFolder}/Graveshift.server.luau`;

/** Folder of a player's script and its modules. */
export const clientFolder = (client: string) => `${client}/Graveshift`;

export type NightMounts = {
  /** Where the shared folder is, and where Rojo puts it. */
  shared: Mount;
  /** The server folder, from the project's root. */
  serverFolder: string;
  /** Where players' own scripts go; without it the night has no HUD, captions or effects. */
  client?: Mount | undefined;
};

/** Each generation makes these. */
const made = new Set(['runtime/Nights']);

/** What the data of a night requires. */
const dataNeeds = ['runtime/Frozen.luau', 'runtime/Types.luau'];

const serverEntry = 'templates/Graveshift.server.luau';
const clientEntry = 'client/init.client.luau';
const library = 'testing';

/** In the package, folders lie side by side; a module that names `Graveshift` finds it where Rojo puts it. */
function relocateModule(source: string, graveshift: readonly string[]): string {
  return /^local Graveshift = /m.test(source) ? relocate(source, 'Graveshift', graveshift) : source;
}

/** The scripts that a night needs, and their tests: path from the project's root → text, without mark and format. */
export function nightScripts(mounts: NightMounts, luau: LuauPackage): Map<string, string> {
  const { shared, serverFolder, client } = mounts;
  const graveshift = [...shared.instance, 'Graveshift'];
  const prefixed = (folder: string, files: ReadonlyMap<string, string>) =>
    [...files].map(([path, source]) => [`${folder}/${path}`, source] as const);
  const modules = new Map([
    ...prefixed('runtime', luau.runtime),
    ...(client === undefined ? [] : prefixed('client', luau.client)),
    [serverEntry, luau.bootstrap],
  ]);
  const entries = [serverEntry, ...dataNeeds, ...(client === undefined ? [] : [clientEntry])];
  const needed = requiredModules(entries, modules, made);

  const files = new Map<string, string>();
  for (const path of needed) {
    const source = modules.get(path) ?? '';
    if (path.startsWith('runtime/')) {
      files.set(`${shared.folder}/Graveshift/${path.slice('runtime/'.length)}`, source);
    } else if (client !== undefined && path.startsWith('client/')) {
      files.set(
        `${clientFolder(client.folder)}/${path.slice('client/'.length)}`,
        relocateModule(source, graveshift),
      );
    }
  }
  files.set(bootstrapPath(serverFolder), relocate(luau.bootstrap, 'Graveshift', graveshift));

  const instances = new Set([...needed].map((path) => path.replace(/\.luau$/, '')));
  const specs = [
    ...prefixed('runtime', luau.specs),
    ...(client === undefined ? [] : prefixed('client', luau.clientSpecs)),
  ];
  for (const [path, source] of specs) {
    const targets = requiresOf(path, source).filter((target) => target !== library);
    // The test of a module that the night does not have would test nothing.
    if (!targets.every((target) => instances.has(target))) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    files.set(`${testsFolder}/${name}`, relocateTest(source, graveshift, client));
  }
  return files;
}

function relocateTest(source: string, graveshift: readonly string[], client: Mount | undefined): string {
  const names = [
    ['Graveshift', graveshift],
    ['Client', [...(client?.instance ?? []), 'Graveshift']],
  ] as const;
  const present = names.filter(([name]) => new RegExp(`^local ${name} = `, 'm').test(source));
  const [[first, instance] = names[0], ...others] = present;
  return others.reduce(
    (text, [name, where]) => relocate(text, name, where),
    relocateSpec(source, first, instance),
  );
}
