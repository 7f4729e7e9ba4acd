import { childOf, descendants, functionAround, textOf, type SyntaxNode } from '../../luau-syntax/index.js';
import { methodOf, serviceOf, type LintRule, type LintScript } from '../lint-script.js';

const connecting = new Set(['Connect', 'ConnectParallel']);

/** Signals of services, which live as long as the server: what is connected to them stays until it is disconnected. */
const signals = new Set(
  'PlayerAdded PlayerRemoving Heartbeat Stepped RenderStepped PreRender PreAnimation PreSimulation PostSimulation InputBegan InputChanged InputEnded JumpRequest LightingChanged'.split(
    ' ',
  ),
);
const signalGetters = new Set(['GetInstanceAddedSignal', 'GetInstanceRemovedSignal']);

/** Functions that are called once, by their names. */
const onceByName = /^(?:init|start|setup|main|boot)/i;

function isServiceSignal(script: LintScript, signal: SyntaxNode | undefined): boolean {
  if (signal?.type === 'function_call') return signalGetters.has(methodOf(script, signal) ?? '');
  if (signal?.type !== 'dot_index_expression') return false;
  const field = childOf(signal, 'field');
  if (field !== undefined && signals.has(textOf(script.tree, field))) return true;
  return serviceOf(script, childOf(signal, 'table')) !== undefined;
}

function nameOf({ tree }: LintScript, around: SyntaxNode): string {
  const name = childOf(around, 'name');
  const last = childOf(name, 'field') ?? childOf(name, 'method') ?? name;
  return last === undefined ? '' : textOf(tree, last);
}

/**
 * A connection whose handle is thrown away, to a signal that lives as long as the server, made by a function of a
 * module: each call adds one more. What is connected to an instance's own signal ends with the instance.
 */
export const neverDisconnected: LintRule = {
  id: 'never-disconnected',
  find: (script) => {
    if (script.className !== 'ModuleScript' || script.isSpec) return [];
    return [...descendants(script.tree.root)].flatMap((node) => {
      const isStatement = node.parent?.type === 'block' || node.parent?.type === 'chunk';
      if (node.type !== 'function_call' || !isStatement) return [];
      if (!connecting.has(methodOf(script, node) ?? '')) return [];
      const around = functionAround(node);
      if (around === undefined || onceByName.test(nameOf(script, around))) return [];
      const signal = childOf(childOf(node, 'name'), 'table');
      if (signal === undefined || !isServiceSignal(script, signal)) return [];
      return [
        {
          node,
          message: `nothing can disconnect this from ${textOf(script.tree, signal)}, and each call connects once more`,
          fix: 'keep the connection and disconnect it where its owner ends',
        },
      ];
    });
  },
};
