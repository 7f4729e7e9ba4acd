import { calleeOf, literalOf, argumentsOf, type LintScript } from '../../adapters/luau-lint/index.js';
import { descendants, isFunction, textOf } from '../../adapters/luau-syntax/index.js';

/**
 * What kind of code a file is, by its syntax tree alone:
 * - `data`: a module without any function. There is nothing to test.
 * - `engine`: a script, which only the engine starts, or a module that names something that only the engine has
 *   (`Instance`, `CFrame`, `workspace`, a service that no file is in), or one that requires such a module and that no
 *   spec requires. It is played, not unit-tested.
 * - `test`: a spec, or what lies with the specs.
 * - `logic`: every other module. Its lines have to be run by tests.
 */
export type CodeKind = 'data' | 'engine' | 'test' | 'logic';

/** What Luau itself has, and what specs are given besides (`luau/host/specs.luau`). */
const known = new Set(
  '_VERSION assert bit32 buffer coroutine debug error getmetatable ipairs math next newproxy os pairs pcall print rawequal rawget rawlen rawset require script select setmetatable string table task tonumber tostring type typeof unpack utf8 vector warn xpcall'.split(
    ' ',
  ),
);

export function kindOf(script: LintScript, isTest: boolean, mounted: ReadonlySet<string>): CodeKind {
  if (isTest) return 'test';
  if (script.className !== 'ModuleScript') return 'engine';
  if (script.scopes.globals.some((node) => !known.has(textOf(script.tree, node)) && !isMounted(node)))
    return 'engine';
  return [...descendants(script.tree.root)].some(isFunction) ? 'logic' : 'data';

  /** `game:GetService("ReplicatedStorage")` finds the files that are there. */
  function isMounted(node: LintScript['scopes']['globals'][number]): boolean {
    const call = node.parent?.parent;
    if (call?.type !== 'function_call' || calleeOf(script, call) !== 'game:GetService') return false;
    return mounted.has(literalOf(script, argumentsOf(call)[0]) ?? '');
  }
}
