import { childOf, descendants, functionAround, textOf, type SyntaxNode } from '../luau-syntax/index.js';
import { argumentsOf, isGlobalCall, literalOf, methodOf, serviceOf, type LintScript } from './lint-script.js';
import type { Requirement } from './require-cycles.js';

const requires = new Set(['require']);
const finders = new Set(['WaitForChild', 'FindFirstChild']);

/**
 * The modules of these that a script requires by instance: `require(script.Parent.Grid)`, also by way of locals and
 * services. What is made at run time is not seen.
 * @param pathOf instance path, joined by "/" → file
 */
export function requirementsOf(
  script: LintScript,
  pathOf: ReadonlyMap<string, string>,
  when: 'at load' | 'ever' = 'ever',
): Requirement[] {
  return [...descendants(script.tree.root)].flatMap((node) => {
    if (node.type !== 'function_call' || !isGlobalCall(script, node, requires)) return [];
    if (when === 'at load' && functionAround(node) !== undefined) return [];
    const instance = instanceOf(script, argumentsOf(node)[0]);
    const target = instance && pathOf.get(instance.join('/'));
    return target === undefined ? [] : [{ target, line: node.line, column: node.column }];
  });
}

function instanceOf(script: LintScript, node: SyntaxNode | undefined): readonly string[] | undefined {
  if (node === undefined) return undefined;
  const service = serviceOf(script, node);
  if (service !== undefined) return [service];
  if (node.type === 'identifier') {
    const variable = script.scopes.variableAt(node);
    if (variable !== undefined) return instanceOf(script, variable.value);
    return textOf(script.tree, node) === 'script' ? script.instance : undefined;
  }
  if (node.type === 'function_call') {
    if (!finders.has(methodOf(script, node) ?? '')) return undefined;
    return child(script, childOf(childOf(node, 'name'), 'table'), literalOf(script, argumentsOf(node)[0]));
  }
  if (node.type === 'dot_index_expression') {
    const field = childOf(node, 'field');
    return child(script, childOf(node, 'table'), field && textOf(script.tree, field));
  }
  if (node.type === 'bracket_index_expression') {
    return child(script, childOf(node, 'table'), literalOf(script, childOf(node, 'field')));
  }
  return undefined;
}

function child(
  script: LintScript,
  parent: SyntaxNode | undefined,
  name: string | undefined,
): readonly string[] | undefined {
  const instance = instanceOf(script, parent);
  if (instance === undefined || name === undefined) return undefined;
  return name === 'Parent' ? instance.slice(0, -1) : [...instance, name];
}
