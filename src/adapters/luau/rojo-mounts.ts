import { z } from 'zod';

import { invalidInput } from '../../domain/failure.js';
import type { Mount } from './instance-tree.js';

/** A node of a Rojo project file: `$…` are its own fields, everything else are its children. */
type RojoNode = Record<string, unknown>;

const projectSchema = z.looseObject({ tree: z.looseObject({}) });

/** Rojo reads its project files as JSON with comments and trailing commas. */
function stripComments(text: string): string {
  return text
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string?: string) => string ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string?: string) => string ?? '');
}

function pathOf(node: RojoNode): string | undefined {
  const path = node.$path;
  const plain = typeof path === 'string' ? path : (path as { optional?: unknown } | undefined)?.optional;
  return typeof plain === 'string' ? plain.replace(/^\.\//, '').replace(/\/+$/, '') : undefined;
}

function isNode(value: unknown): value is RojoNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every `$path` of the tree with the instance that it fills; paths are from the project's root. */
function collectMounts(node: RojoNode, instance: readonly string[], base: string): Mount[] {
  const path = pathOf(node);
  const own = path === undefined ? [] : [{ folder: `${base}${path}`, instance }];
  const children = Object.entries(node).flatMap(([name, child]) =>
    name.startsWith('$') || !isNode(child) ? [] : collectMounts(child, [...instance, name], base),
  );
  return [...own, ...children];
}

/** @throws GraveshiftError `InvalidInput` when it is not a Rojo project file */
export function readRojoMounts(rojoProject: string, text: string): Mount[] {
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
  return collectMounts(parsed.data.tree, [], base);
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
