import type { LuauClass, LuauScript, SourceMapNode } from '../../domain/luau-tools.js';
import type { Mount } from './instance-tree.js';
import { readRojoTree, type RojoNode } from './rojo-mounts.js';

type Instance = {
  name: string;
  className: string;
  filePaths: string[];
  children: Map<string, Instance>;
};

/** What Rojo makes of a file by its name. Source: rojo.space/docs/v7/sync-details. Others make no instance. */
const fileClasses: readonly (readonly [suffix: RegExp, className: string])[] = [
  [/\.(?:meta|project)\.json$/, ''],
  [/\.model\.json$/, 'Instance'],
  [/\.server\.luau?$/, 'Script'],
  [/\.client\.luau?$/, 'LocalScript'],
  [/\.plugin\.luau?$/, 'Script'],
  [/\.(?:luau?|jsonc?|toml|ya?ml|msgpack)$/, 'ModuleScript'],
  [/\.txt$/, 'StringValue'],
  [/\.csv$/, 'LocalizationTable'],
  [/\.rbxmx?$/, 'Instance'],
];

function classify(file: string): { name: string; className: string } | undefined {
  for (const [suffix, className] of fileClasses) {
    if (!suffix.test(file)) continue;
    return className === '' ? undefined : { name: file.replace(suffix, ''), className };
  }
  return undefined;
}

/**
 * The tree that Rojo would make of a project with these files, without writing any of them: as `rojo sourcemap`, with
 * everything and not only scripts. What a model file holds is not looked into, and `globIgnorePaths` and projects
 * within projects are not followed.
 * @param paths all files of the project
 * @param tests folders that Rojo maps nowhere, with where their specs shall find themselves
 */
export function buildSourceMap(
  rojoProject: { path: string; text: string },
  paths: Iterable<string>,
  tests: readonly Mount[] = [],
): SourceMapNode {
  const { name, tree, base } = readRojoTree(rojoProject.path, rojoProject.text);
  const files = [...paths].sort();
  const root = makeNode(name, tree, { base, files, isTop: false });
  if (root.className === 'Folder') root.className = 'DataModel';
  for (const { folder, instance } of tests) {
    let at = root;
    instance.forEach((part, depth) => {
      at = childNamed(at, part, depth === 0 ? part : 'Folder');
    });
    addFolder(at, folder, files);
  }
  return toSourceMap(root);
}

function childNamed(parent: Instance, name: string, className: string): Instance {
  const found = parent.children.get(name);
  if (found !== undefined) return found;
  const made: Instance = { name, className, filePaths: [], children: new Map() };
  parent.children.set(name, made);
  return made;
}

/** Folders of StarterPlayer that are classes of their own, also where the project file does not say so. */
const starterFolders = new Set(['StarterPlayerScripts', 'StarterCharacterScripts']);

type Context = { base: string; files: readonly string[]; isTop: boolean };

function makeNode(name: string, node: RojoNode, context: Context): Instance {
  const { className, path, children } = node;
  const instance: Instance = { name, className: 'Folder', filePaths: [], children: new Map() };
  if (path !== undefined) fill(instance, `${context.base}${path}`, context.files);
  // A child of the DataModel whose class is not said is the service of its name.
  else if (context.isTop) instance.className = name;
  if (className !== undefined) instance.className = className;
  else if (context.isTop && instance.className === 'Folder') instance.className = name;
  else if (starterFolders.has(name) && instance.className === 'Folder') instance.className = name;
  const isRoot = instance.className === 'DataModel';
  for (const [childName, child] of children) {
    const made = makeNode(childName, child, { ...context, isTop: isRoot });
    const present = instance.children.get(childName);
    if (present !== undefined) for (const [key, value] of present.children) made.children.set(key, value);
    instance.children.set(childName, made);
  }
  return instance;
}

/** A `$path` may name a folder or a file. */
function fill(instance: Instance, path: string, files: readonly string[]): void {
  const file = files.includes(path) ? classify(path.slice(path.lastIndexOf('/') + 1)) : undefined;
  if (file === undefined) addFolder(instance, path, files);
  else {
    instance.className = file.className;
    instance.filePaths.push(path);
  }
}

/** Puts the folder's files below the instance; an `init` file is the instance itself. */
function addFolder(instance: Instance, folder: string, files: readonly string[]): void {
  for (const path of files) {
    if (!path.startsWith(`${folder}/`)) continue;
    const parts = path.slice(folder.length + 1).split('/');
    const file = classify(parts.pop() ?? '');
    if (file === undefined) continue;
    let parent = instance;
    for (const part of parts) parent = childNamed(parent, part, 'Folder');
    const target = file.name === 'init' ? parent : childNamed(parent, file.name, file.className);
    target.className = file.className;
    target.filePaths.push(path);
  }
}

function toSourceMap({ name, className, filePaths, children }: Instance): SourceMapNode {
  const below = [...children.values()].map(toSourceMap);
  return {
    name,
    className,
    ...(filePaths.length > 0 && { filePaths }),
    ...(below.length > 0 && { children: below }),
  };
}

const scriptClasses = new Set<string>(['ModuleScript', 'Script', 'LocalScript'] satisfies LuauClass[]);
const isScriptClass = (className: string): className is LuauClass => scriptClasses.has(className);

/** The scripts of a source map whose text is known, each with its place in the tree. */
export function scriptsOf(map: SourceMapNode, sources: ReadonlyMap<string, string>): LuauScript[] {
  const scripts: LuauScript[] = [];
  const visit = (node: SourceMapNode, instance: readonly string[]) => {
    const path = node.filePaths?.find((file) => sources.has(file));
    const source = path === undefined ? undefined : sources.get(path);
    if (path !== undefined && source !== undefined && isScriptClass(node.className)) {
      scripts.push({ path, source, instance, className: node.className });
    }
    for (const child of node.children ?? []) visit(child, [...instance, child.name]);
  };
  visit(map, []);
  return scripts;
}
