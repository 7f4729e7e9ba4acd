import { descendants, functionAround, type SyntaxNode } from '../../luau-syntax/index.js';
import { isGlobalCall, type LintRule } from '../lint-script.js';

const requires = new Set(['require']);
const beforeRequires = new Set(['variable_declaration', 'comment', 'type_definition', 'empty_statement']);

/** The statement of the file's top that holds the node. */
function statementOf(node: SyntaxNode): SyntaxNode {
  let at = node;
  while (at.parent?.parent !== undefined) at = at.parent;
  return at;
}

export const lateRequire: LintRule = {
  id: 'late-require',
  severity: 'warning',
  find: (script) => {
    if (script.isSpec) return [];
    const statements = script.tree.root.children;
    const firstOther = statements.findIndex(({ type }) => !beforeRequires.has(type));
    return [...descendants(script.tree.root)].flatMap((node) => {
      if (node.type !== 'function_call' || !isGlobalCall(script, node, requires)) return [];
      const around = functionAround(node);
      // A table of loaders puts the requiring off by design.
      if (around?.parent?.type === 'field') return [];
      const isLate =
        around !== undefined || (firstOther >= 0 && statements.indexOf(statementOf(node)) > firstOther);
      if (!isLate) return [];
      return [
        {
          node,
          message:
            'what the module depends on is said in the middle of it, and may fail in the middle of play',
          fix: 'require at the top of the file',
        },
      ];
    });
  },
};
