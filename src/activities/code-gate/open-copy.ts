import { testsMount, type LuauModule } from '../../adapters/luau/index.js';
import type { LuauParser } from '../../adapters/luau-syntax/index.js';
import { newLogic } from './new-logic.js';
import { modulesOf } from './unit-tests.js';
import { openWorkpiece, type Workpiece } from './workpiece.js';

/** A project's files as they are, with everything in them taken as new: for running all of its tests. */
export function openCopy(
  copy: {
    files: ReadonlyMap<string, Uint8Array | undefined>;
    rojoProject: { path: string; text: string };
  },
  parser: LuauParser,
): { modules: LuauModule[]; specs: string[]; logic: string[]; piece: Workpiece } {
  const isForOthers = (path: string) =>
    path.endsWith('.spec.luau') && !path.startsWith(`${testsMount.folder}/`);
  const luau = [...copy.files].flatMap(([path, bytes]) =>
    bytes === undefined || isForOthers(path) ? [] : [[path, bytes] as const],
  );
  const piece = openWorkpiece(
    {
      base: new Map([...copy.files.keys()].map((path) => [path, undefined])),
      changes: new Map(luau),
      rojoProject: copy.rojoProject,
      tests: [testsMount],
      rules: { coverage: 0, mutants: 0, allowedAssets: new Set(), allowedHosts: [] },
    },
    parser,
  );
  const modules = modulesOf(piece);
  const specs = modules.map(({ path }) => path).filter(piece.isSpec);
  return { modules, specs, logic: newLogic(piece), piece };
}
