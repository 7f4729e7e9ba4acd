import { childOf, descendants, textOf } from '../../luau-syntax/index.js';
import { isGlobalCall, type LintRule } from '../lint-script.js';

const successors: Record<string, string> = { wait: 'task.wait', spawn: 'task.spawn', delay: 'task.delay' };
const names = new Set(Object.keys(successors));

export const deprecatedScheduler: LintRule = {
  id: 'deprecated-scheduler',
  find: (script) =>
    [...descendants(script.tree.root)].flatMap((node) => {
      const name = node.type === 'function_call' ? childOf(node, 'name') : undefined;
      if (name?.type !== 'identifier' || !isGlobalCall(script, node, names)) return [];
      const called = textOf(script.tree, name);
      return [
        {
          node: name,
          message: `${called}() is throttled, and hides errors and late resumption`,
          fix: `use ${successors[called] ?? 'the task library'}`,
        },
      ];
    }),
};
