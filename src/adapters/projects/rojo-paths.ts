import { posix } from 'node:path';

import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';

import { invalidInput, type InputProblem } from '../../domain/failure.js';
import type { ProjectFiles } from '../../domain/project.js';

type CommittedProject = { files: ProjectFiles; project: string; commit: string };
type MountedPath = { field: string; path: string };

/**
 * Proves that the Rojo project file, and what it names by `$path`, is in the commit, through the project files that
 * it nests. Optional paths need not be there.
 *
 * @param extent `project-file-only` lets paths be missing: preparation steps make them
 *
 * @throws InvalidInput that names every missing one
 */
export async function checkRojoPaths(
  source: CommittedProject,
  rojoProject: string,
  extent: 'all' | 'project-file-only' = 'all',
): Promise<void> {
  const present = new Set(await source.files.list(source.project, source.commit, '.'));
  const folders = new Set([...present].flatMap(foldersOf));
  const problems: InputProblem[] = [];
  const seen = new Set<string>();
  const waiting = [{ file: rojoProject, field: 'project' }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { file, field } = next;
    if (seen.has(file)) continue;
    seen.add(file);
    const bytes = await source.files.read(source.project, source.commit, file);
    if (!bytes) {
      problems.push(missing(field, file, 'expected the path of a committed Rojo project file'));
      continue;
    }
    for (const mounted of mountedPaths(file, new TextDecoder().decode(bytes))) {
      const path = posix.normalize(posix.join(posix.dirname(file), mounted.path)).replace(/\/$/, '');
      const where = `${file}: ${mounted.field}`;
      if (path.startsWith('../') || path === '..' || posix.isAbsolute(mounted.path)) {
        problems.push({
          field: where,
          value: `"${mounted.path}", which leads out of the project`,
          remedy: 'expected a path inside the repository: a build has nothing else',
        });
      } else if (present.has(path)) {
        if (path.endsWith('.project.json')) waiting.push({ file: path, field: where });
      } else if (folders.has(path)) {
        const nested = posix.join(path, 'default.project.json');
        // A folder with a project file of its own is mounted by it; the root's is the one that we came from.
        if (path !== '.' && present.has(nested)) waiting.push({ file: nested, field: where });
      } else if (extent === 'all') {
        problems.push(
          missing(
            where,
            mounted.path,
            'commit it (Git keeps no empty folders: put a .gitkeep file in it), or write {"optional": "…"}',
          ),
        );
      }
    }
  }
  if (problems.length > 0) throw invalidInput('the Rojo project', problems);
}

function missing(field: string, path: string, remedy: string): InputProblem {
  return { field, value: `"${path}", which the commit does not have`, remedy };
}

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return ['.', ...parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'))];
}

/** Rojo reads its project files as JSON with comments. */
function mountedPaths(file: string, text: string): MountedPath[] {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  const tree = isObject(value) ? value.tree : undefined;
  if (first || !isObject(tree)) {
    const line = first ? text.slice(0, first.offset).split('\n').length : undefined;
    throw invalidInput('the Rojo project', [
      {
        field: file,
        value: first ? `${printParseErrorCode(first.error)} in line ${String(line)}` : 'no "tree"',
        remedy:
          'expected a Rojo project file: JSON with a "tree" (https://rojo.space/docs/v7/project-format)',
      },
    ]);
  }
  return collect(tree, 'tree');
}

function collect(node: Record<string, unknown>, field: string): MountedPath[] {
  const own = typeof node.$path === 'string' ? [{ field: `${field}.$path`, path: node.$path }] : [];
  const children = Object.entries(node).flatMap(([name, child]) =>
    !name.startsWith('$') && isObject(child) ? collect(child, `${field}.${name}`) : [],
  );
  return [...own, ...children];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
