import {
  childOf,
  descendants,
  isFunction,
  namedChildren,
  textOf,
  type SyntaxNode,
  type SyntaxTree,
} from '../luau-syntax/index.js';

/** A small mistake that a test should notice: `replacement` in the place of what is from `start` to `end`. */
export type Mutation = {
  kind: 'comparison' | 'arithmetic' | 'constant' | 'boolean' | 'logic' | 'statement' | 'return';
  start: number;
  end: number;
  replacement: string;
  line: number;
  /** Such as `< became <=`. */
  change: string;
};

/**
 * The classic operators of mutation testing (DeMillo, Lipton, Sayward, "Hints on Test Data Selection", 1978; the
 * sufficient set of Offutt and others, 1996), for what Luau has.
 */
const operators: Record<string, readonly [kind: Mutation['kind'], replacement: string]> = {
  '<': ['comparison', '<='],
  '<=': ['comparison', '<'],
  '>': ['comparison', '>='],
  '>=': ['comparison', '>'],
  '==': ['comparison', '~='],
  '~=': ['comparison', '=='],
  '+': ['arithmetic', '-'],
  '-': ['arithmetic', '+'],
  '*': ['arithmetic', '/'],
  '/': ['arithmetic', '*'],
  '//': ['arithmetic', '*'],
  '%': ['arithmetic', '*'],
  '+=': ['arithmetic', '-='],
  '-=': ['arithmetic', '+='],
  '*=': ['arithmetic', '/='],
  '/=': ['arithmetic', '*='],
  and: ['logic', 'or'],
  or: ['logic', 'and'],
};

/** What these do is seen by people, or proves nothing about the rules: no test has to notice. */
const unseen = /^(?:error|warn|print|assert|table\.freeze|require|setmetatable)$/;

/** Every mutation of a file, in the order of its lines. */
export function findMutations(tree: SyntaxTree): Mutation[] {
  const found: Mutation[] = [];
  const add = (
    kind: Mutation['kind'],
    { start, end, line }: Pick<SyntaxNode, 'start' | 'end' | 'line'>,
    replacement: string,
    change?: string,
  ) => {
    const was = tree.source.slice(start, end);
    found.push({
      kind,
      start,
      end,
      line,
      replacement,
      change: change ?? `${was} became ${replacement.trim()}`,
    });
  };

  function visit(node: SyntaxNode): void {
    if (node.type === 'function_call') {
      const name = childOf(node, 'name');
      if (name !== undefined && unseen.test(textOf(tree, name))) return;
      if (isStatement(node))
        add('statement', node, blank(tree, node), `the call ${brief(tree, node)} was left out`);
    }
    const isBinary = node.type === 'binary_expression' || node.type === 'update_statement';
    for (const child of isBinary ? node.children : []) {
      const swap = child.isNamed ? undefined : operators[child.type];
      if (swap) add(swap[0], child, swap[1]);
    }
    if (node.type === 'assignment_statement' && isStatement(node) && isField(node)) {
      add('statement', node, blank(tree, node), `the assignment ${brief(tree, node)} was left out`);
    }
    if (node.type === 'number') mutateNumber(node);
    if (node.type === 'true') add('boolean', node, 'false');
    if (node.type === 'false') add('boolean', node, 'true');
    if (node.type === 'unary_expression' && node.children[0]?.type === 'not') {
      const operand = childOf(node, 'operand');
      if (operand) add('boolean', { ...node, end: operand.start }, '', `not was left out`);
    }
    if (isFunction(node)) {
      const body = childOf(node, 'body');
      const first = namedChildren(body)[0];
      // A body of one return has nothing that returning early would skip but its value.
      if (body && first && namedChildren(body).length > 1) {
        add('return', { ...body, end: body.start }, 'do return end ', 'the function returned at once');
      }
    }
    for (const child of node.children) visit(child);
  }

  function mutateNumber(node: SyntaxNode): void {
    const text = textOf(tree, node);
    const value = Number(text.replaceAll('_', ''));
    if (!Number.isFinite(value)) return;
    // An index into what was just made, and the step of a loop, are seldom a rule.
    if (node.parent?.type === 'bracket_index_expression' || node.field === 'step') return;
    add('constant', node, String(value + 1));
  }

  visit(tree.root);
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

export function applyMutation(source: string, { start, end, replacement }: Mutation): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

function isStatement(node: SyntaxNode): boolean {
  return node.parent?.type === 'block' || node.parent?.type === 'chunk';
}

/** `x.y = …` in a function: what it writes is seen by others. */
function isField(node: SyntaxNode): boolean {
  const [target] = namedChildren(node.children.find(({ type }) => type === 'variable_list'));
  const isDefinition = [...descendants(node)].some(isFunction);
  return (
    target !== undefined && target.type !== 'identifier' && node.parent?.type === 'block' && !isDefinition
  );
}

/** Nothing, in as many lines: messages keep their lines. */
function blank(tree: SyntaxTree, node: SyntaxNode): string {
  return `do end${textOf(tree, node).replace(/[^\n]+/g, '')}`;
}

function brief(tree: SyntaxTree, node: SyntaxNode): string {
  const text = textOf(tree, node).replace(/\s+/g, ' ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
