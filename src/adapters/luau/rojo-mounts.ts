import { z } from 'zod';

import { invalidInput } from '../../domain/failure.js';
import type { Mount } from './instance-tree.js';

/** A node of a Rojo project file. */
export type RojoNode = {
  className: string | undefined;
  /** From the project file's folder. */
  path: string | undefined;
  children: (readonly [name: string, node: RojoNode])[];
};

const projectSchema = z.looseObject({ name: z.string().default('game'), tree: z.looseObject({}) });

/** Rojo reads its project files as JSON with comments and trailing commas. */
function stripComments(text: string): string {
  return text
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string?: string) => string ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string?: string) => string ?? '');
}

function pathOf(path: unknown): string | undefined {
  const plain = typeof path === 'string' ? path : (path as { optional?: unknown } | undefined)?.optional;
  return typeof plain === 'string' ? plain.replace(/^\.\//, '').replace(/\/+$/, '') : undefined;
}

/** `$…` are a node's own fields, everything else are its children. */
function toNode(raw: object): RojoNode {
  const { $className, $path, ...rest } = raw as Record<string, unknown>;
  return {
    className: typeof $className === 'string' ? $className : undefined,
    path: pathOf($path),
    children: Object.entries(rest).flatMap(([name, child]) =>
      name.startsWith('$') || typeof child !== 'object' || child === null || Array.isArray(child)
        ? []
        : [[name, toNode(child)] as const],
    ),
  };
}

/** Every `$path` of the tree with the instance that it fills; paths are from the project's root. */
function collectMounts({ path, children }: RojoNode, instance: readonly string[], base: string): Mount[] {
  const own = path === undefined ? [] : [{ folder: `${base}${path}`, instance }];
  return [...own, ...children.flatMap(([name, child]) => collectMounts(child, [...instance, name], base))];
}

/** @throws GraveshiftError `InvalidInput` when it is not a Rojo project file */
export function readRojoMounts(rojoProject: string, text: string): Mount[] {
  const { tree, base } = readRojoTree(rojoProject, text);
  return collectMounts(tree, [], base);
}

/**
 * @returns the tree of a project file, and the folder that its paths are relative to: empty, or with a `/` at its end
 * @throws GraveshiftError `InvalidInput` when it is not a Rojo project file
 */
export function readRojoTree(
  rojoProject: string,
  text: string,
): { name: string; tree: RojoNode; base: string } {
  let value: unknown;
  try {
    value = JSON.parse(stripComments(text));
  } catch (error) {
    throw invalidInput(rojoProject, [
      {
        field: rojoProject,
        value: error instanceof Error ? error.message : String(error),
        remedy: 'expected a Rojo project file: JSON with a "tree"',
      },
    ]);
  }
  const parsed = projectSchema.safeParse(value);
  if (!parsed.success) {
    throw invalidInput(rojoProject, [
      { field: 'tree', value: 'nothing', remedy: 'expected a Rojo project file: JSON with a "tree"' },
    ]);
  }
  // `$path`s are relative to the project file.
  const base = rojoProject.includes('/') ? `${rojoProject.slice(0, rojoProject.lastIndexOf('/'))}/` : '';
  return { name: parsed.data.name, tree: toNode(parsed.data.tree), base };
}

/**
 * Where Rojo puts a folder of the project: itself, or as a part of a mounted folder above it.
 * @throws GraveshiftError `InvalidInput` when it is nowhere, or not in the service where its scripts work
 */
export function findMount(
  mounts: readonly Mount[],
  folder: string,
  expected: { field: string; service: string; rojoProject: string },
): Mount {
  const [best] = mounts
    .filter((mount) => folder === mount.folder || folder.startsWith(`${mount.folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length);
  const instance =
    best === undefined
      ? []
      : [...best.instance, ...folder.slice(best.folder.length).split('/').filter(Boolean)];
  if (instance[0] === expected.service) return { folder, instance };
  throw invalidInput('the project', [
    {
      field: expected.field,
      value:
        best === undefined
          ? `"${folder}", which ${expected.rojoProject} maps nowhere`
          : `"${folder}", which ${expected.rojoProject} maps to ${instance.join('.')}`,
      remedy: `name a folder that ${expected.rojoProject} maps into ${expected.service}, or map this one there`,
    },
  ]);
}
