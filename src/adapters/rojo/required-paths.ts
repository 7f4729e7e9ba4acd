import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'jsonc-parser';

import { GraveshiftError } from '../../domain/failure.js';

type MappedPath = { instance: string; path: string };

/**
 * Refuses a project file that maps what is not there. Rojo refuses it too, but not below a service: that it builds
 * empty, and a game without its scripts would be published.
 *
 * @throws GraveshiftError `BuildFailure` that names the project file, or the paths that it maps in vain
 */
export async function requireMappedPaths(checkout: string, project: string): Promise<void> {
  const file = path.join(checkout, project);
  if (!(await isThere(file))) {
    throw new GraveshiftError(
      'BuildFailure',
      `The commit has no Rojo project file ${project}. Commit it, or name another one in graveshift.json (environments.*.places.*.project).`,
      { details: { project } },
    );
  }
  // A text that is no JSON has no paths here, and is refused by Rojo in its own words.
  const content = parse(await readFile(file, 'utf8'), [], { allowTrailingComma: true }) as unknown;
  const mapped = isObject(content) ? collect(content.tree, []) : [];
  const missing: MappedPath[] = [];
  for (const entry of mapped) {
    if (!(await isThere(path.resolve(path.dirname(file), entry.path)))) missing.push(entry);
  }
  if (missing.length === 0) return;
  const list = missing.map((entry) => `"${entry.path}" for ${entry.instance}`).join(', ');
  throw new GraveshiftError(
    'BuildFailure',
    `${project} maps ${list}, which the commit does not have. Commit it (Git keeps no empty folders), correct the "$path", ` +
      'or let a preparation step make it.',
    { details: { project, missing: missing.map((entry) => entry.path) } },
  );
}

/** Every `$path` that is not `{"optional": …}`. */
function collect(node: unknown, names: readonly string[]): MappedPath[] {
  if (!isObject(node)) return [];
  const own =
    typeof node.$path === 'string' ? [{ instance: names.join('.') || 'the game', path: node.$path }] : [];
  const children = Object.entries(node).filter(([name]) => !name.startsWith('$'));
  return [...own, ...children.flatMap(([name, child]) => collect(child, [...names, name]))];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
