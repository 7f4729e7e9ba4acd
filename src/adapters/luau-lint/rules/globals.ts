import { childOf, descendants, namedChildren, textOf, type SyntaxNode } from '../../luau-syntax/index.js';
import { literalOf, type LintRule, type LintScript } from '../lint-script.js';

const sharedTables = new Set(['_G', 'shared']);

/** What a statement writes to. */
function targetsOf(node: SyntaxNode): SyntaxNode[] {
  if (node.type === 'function_declaration') {
    const name = childOf(node, 'name');
    return name === undefined || node.children[0]?.type === 'local' ? [] : [name];
  }
  if (node.type !== 'assignment_statement' && node.type !== 'update_statement') return [];
  if (node.parent?.type === 'variable_declaration') return [];
  return namedChildren(node.children.find(({ type }) => type === 'variable_list'));
}

const isFree = ({ scopes }: LintScript, node: SyntaxNode): boolean =>
  node.type === 'identifier' && scopes.variableAt(node) === undefined;

function ownerOf(node: SyntaxNode): SyntaxNode | undefined {
  return node.type === 'dot_index_expression' || node.type === 'bracket_index_expression'
    ? childOf(node, 'table')
    : undefined;
}

export const globalWrite: LintRule = {
  id: 'global-write',
  find: (script) =>
    [...descendants(script.tree.root)].flatMap((statement) =>
      targetsOf(statement).flatMap((node) => {
        const name = textOf(script.tree, node);
        const owner = ownerOf(node);
        if (isFree(script, node)) {
          return [
            {
              node,
              message: `"${name}" is a global: every script of this side can change it, and none says where it comes from`,
              fix: `write local ${statement.type === 'function_declaration' ? 'function ' : ''}${name}`,
            },
          ];
        }
        if (owner && isFree(script, owner) && sharedTables.has(textOf(script.tree, owner))) {
          return [
            {
              node,
              message: `${name} is shared with every script of this side behind their backs`,
              fix: 'return the value from a module and require it',
            },
          ];
        }
        return [];
      }),
    ),
};

/** Services that scripts like to read as members of `game`. */
const services = new Set(
  'CollectionService Debris HttpService Lighting Players ReplicatedFirst ReplicatedStorage RunService ServerScriptService ServerStorage SoundService StarterGui StarterPack StarterPlayer Teams TweenService UserInputService Workspace'.split(
    ' ',
  ),
);

export const gameMember: LintRule = {
  id: 'game-member',
  find: (script) =>
    [...descendants(script.tree.root)].flatMap((node) => {
      const owner = ownerOf(node);
      if (owner === undefined || !isFree(script, owner) || textOf(script.tree, owner) !== 'game') return [];
      const field = childOf(node, 'field');
      const name = literalOf(script, field) ?? (field && textOf(script.tree, field));
      if (name === undefined || !services.has(name)) return [];
      return [
        {
          node,
          message: `game.${name} is found by its name, which can be changed, and only when it is there already`,
          fix: `game:GetService("${name}")`,
        },
      ];
    }),
};
