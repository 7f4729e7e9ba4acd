import {
  childOf,
  descendants,
  namedChildren,
  textOf,
  type SyntaxNode,
  type Variable,
} from '../../luau-syntax/index.js';
import { argumentsOf, isGlobalCall, type LintRule, type LintScript } from '../lint-script.js';

const constructors = new Set(['Instance.new']);

export const instanceNewParent: LintRule = {
  id: 'instance-new-parent',
  find: (script) =>
    [...descendants(script.tree.root)].flatMap((node) =>
      node.type === 'function_call' &&
      isGlobalCall(script, node, constructors) &&
      argumentsOf(node).length > 1
        ? [
            {
              node,
              message:
                'the parent is set before any property, so that each property replicates and fires by itself',
              fix: 'leave the second argument out and set Parent last',
            },
          ]
        : [],
    ),
};

/** `x.Name = …` as a statement: the variable and the property. */
function propertySet(
  script: LintScript,
  node: SyntaxNode,
): { variable: Variable; property: string } | undefined {
  if (node.type !== 'assignment_statement') return undefined;
  const [target, more] = namedChildren(node.children.find(({ type }) => type === 'variable_list'));
  const owner = target?.type === 'dot_index_expression' ? childOf(target, 'table') : undefined;
  const field = childOf(target, 'field');
  const variable = owner?.type === 'identifier' ? script.scopes.variableAt(owner) : undefined;
  if (variable === undefined || field === undefined || more !== undefined) return undefined;
  return { variable, property: textOf(script.tree, field) };
}

export const parentLast: LintRule = {
  id: 'parent-last',
  find: (script) =>
    [...descendants(script.tree.root)].flatMap((node) => {
      const set = propertySet(script, node);
      if (set?.property !== 'Parent' || set.variable.value?.type !== 'function_call') return [];
      if (!isGlobalCall(script, set.variable.value, constructors)) return [];
      const siblings = node.parent?.children ?? [];
      // Only what follows at once: a property that is set later, after something happened, is another story.
      for (const next of siblings.slice(siblings.indexOf(node) + 1)) {
        if (next.type === 'comment') continue;
        if (next.type !== 'assignment_statement') break;
        const later = propertySet(script, next);
        if (later?.variable === set.variable) {
          return [
            {
              node,
              message: `${set.variable.name}.Parent is set before ${set.variable.name}.${later.property}`,
              fix: 'set Parent last',
            },
          ];
        }
      }
      return [];
    }),
};
