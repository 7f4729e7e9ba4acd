import { realpath } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { GraveshiftError } from '../../domain/failure.js';
import { buildFailure } from './build.js';
import { joinPath } from './place.js';
import { runRojo, type RojoContext } from './run-rojo.js';

/** An instance as Rojo maps it. */
export type MappedInstance = {
  /** As in a place: names from below the DataModel, joined by `/`. */
  path: string;
  className: string;
  /** Files that it is made from, from the checkout's root, with forward slashes. */
  files: string[];
};

type MapNode = {
  name: string;
  className: string;
  filePaths?: string[] | undefined;
  children?: MapNode[] | undefined;
};

const mapNodeSchema: z.ZodType<MapNode> = z.lazy(() =>
  z.object({
    name: z.string(),
    className: z.string(),
    filePaths: z.array(z.string()).optional(),
    children: z.array(mapNodeSchema).optional(),
  }),
);

/**
 * Asks Rojo which file becomes which instance.
 * @throws GraveshiftError `BuildFailure` when Rojo cannot say, or the project file is not a place's
 */
export async function readSourceMap(
  context: RojoContext,
  checkout: string,
  project: string,
): Promise<MappedInstance[]> {
  const root = await realpath(checkout);
  // Relative paths make Rojo panic where a project file maps a folder that is not below its own.
  let result = await runRojo(context, root, ['sourcemap', project, '--include-non-scripts', '--absolute']);
  if (result.exitCode !== 0 && result.tail.includes('--absolute')) {
    result = await runRojo(context, root, ['sourcemap', project, '--include-non-scripts']);
  }
  if (result.exitCode !== 0) throw buildFailure('sourcemap', project, result.tail, [root, checkout]);

  const top = parseMap(result.stdout, project);
  if (top.className !== 'DataModel') {
    throw new GraveshiftError(
      'BuildFailure',
      `${project} describes a ${top.className}, not a place. Expected "$className": "DataModel" at the top of its tree.`,
      { details: { project } },
    );
  }
  // Without --absolute, paths are from the project file's folder.
  const base = path.dirname(path.join(root, project));
  const fromRoot = (file: string) => path.relative(root, path.resolve(base, file)).split(path.sep).join('/');
  return list(top, fromRoot);
}

function parseMap(text: string, project: string): MapNode {
  try {
    return mapNodeSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new GraveshiftError(
      'BuildFailure',
      `rojo sourcemap ${project} answered what is not a source map. See whether this Rojo is a release of rojo-rbx/rojo.`,
      { cause: error },
    );
  }
}

function list(top: MapNode, fromRoot: (file: string) => string): MappedInstance[] {
  const result: MappedInstance[] = [];
  const visit = (node: MapNode, parent: string) => {
    const own = joinPath(parent, node.name);
    result.push({ path: own, className: node.className, files: (node.filePaths ?? []).map(fromRoot) });
    for (const child of node.children ?? []) visit(child, own);
  };
  for (const child of top.children ?? []) visit(child, '');
  return result;
}
