import { kindOf, type CodeKind } from './logic.js';
import type { Workpiece } from './workpiece.js';

/** Modules of logic that the change brings or changes: what tests have to show. */
export function newLogic(piece: Workpiece): string[] {
  const { changed, written, scripts, script, requirements, isSpec, input } = piece;
  const mounted = new Set(scripts.map(({ instance: [service = ''] }) => service));
  const isTest = (path: string) =>
    path.endsWith('.spec.luau') || input.tests.some(({ folder }) => path.startsWith(`${folder}/`));
  const kinds = new Map<string, CodeKind | undefined>();
  const kind = (path: string): CodeKind | undefined => {
    const opened = script(path);
    if (!kinds.has(path)) kinds.set(path, opened && kindOf(opened, isTest(path), mounted));
    return kinds.get(path);
  };
  const tested = new Set(
    scripts
      .filter(({ path }) => isSpec(path))
      .flatMap(({ path }) => requirements(path).map(({ target }) => target)),
  );
  const reachesEngine = (path: string): boolean =>
    requirements(path, 'at load').some(({ target }) => kind(target) === 'engine');
  return [...changed].filter(
    (path) =>
      kind(path) === 'logic' &&
      (tested.has(path) || !reachesEngine(path)) &&
      input.counts?.(path, written.get(path) ?? '') !== false,
  );
}
