import { descendants, runsAtLoad, type SyntaxNode } from '../../luau-syntax/index.js';
import { calleeOf, isGlobalCall, methodOf, type LintRule, type LintScript } from '../lint-script.js';

const yieldingGlobals = new Set(['wait', 'task.wait', 'coroutine.yield']);
const yieldingMethods = /^(?:Wait|InvokeServer|InvokeClient|[A-Z]\w*Async)$/;

/** A call that pauses its thread, for certain or by its name. */
export function isYield(script: LintScript, call: SyntaxNode): boolean {
  const method = methodOf(script, call);
  return method === undefined ? isGlobalCall(script, call, yieldingGlobals) : yieldingMethods.test(method);
}

/**
 * `WaitForChild` is not meant: on a client it is how a module finds what has not streamed in yet, and `require` of a
 * sibling needs it.
 */
export const yieldAtLoad: LintRule = {
  id: 'yield-at-load',
  find: (script) =>
    script.className !== 'ModuleScript'
      ? []
      : [...descendants(script.tree.root)].flatMap((node) =>
          node.type === 'function_call' && runsAtLoad(node) && isYield(script, node)
            ? [
                {
                  node,
                  message: `${calleeOf(script, node)} pauses while the module loads, and with it every script that requires it`,
                  fix: 'do it in a function that the bootstrap calls',
                },
              ]
            : [],
        ),
};
