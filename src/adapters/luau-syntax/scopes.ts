import {
  childOf,
  isFunction,
  namedChildren,
  textOf,
  type SyntaxNode,
  type SyntaxTree,
} from './syntax-tree.js';

/** A local variable: a `local`, a parameter, or a loop's. */
export type Variable = {
  name: string;
  declaration: SyntaxNode;
  /** What it was declared with, where that is one expression of its own. */
  value: SyntaxNode | undefined;
};

export type Scopes = {
  /** The variable that an identifier means; undefined: a global, or no variable at all (a field's name). */
  variableAt: (identifier: SyntaxNode) => Variable | undefined;
  /** Identifiers that mean globals, in the source's order. */
  globals: readonly SyntaxNode[];
};

type Scope = { names: Map<string, Variable>; outer: Scope | undefined };

/** Says of every identifier which variable it means, by Luau's lexical scopes. */
export function resolveScopes(tree: SyntaxTree): Scopes {
  const variables = new Map<SyntaxNode, Variable>();
  const globals: SyntaxNode[] = [];
  const open = (outer: Scope | undefined): Scope => ({ names: new Map(), outer });
  const declare = (scope: Scope, node: SyntaxNode, value: SyntaxNode | undefined) => {
    const variable = { name: textOf(tree, node), declaration: node, value };
    scope.names.set(variable.name, variable);
    variables.set(node, variable);
  };

  function visitAll(nodes: readonly SyntaxNode[], scope: Scope): void {
    for (const node of nodes) visit(node, scope);
  }

  function visit(node: SyntaxNode, scope: Scope): void {
    switch (node.type) {
      case 'identifier':
        resolve(node, scope);
        return;
      case 'dot_index_expression':
      case 'method_index_expression':
        visitAll(node.children.slice(0, 1), scope);
        return;
      case 'field':
        visitField(node, scope);
        return;
      case 'variable_declaration':
        visitLocal(node, scope);
        return;
      case 'function_declaration':
      case 'function_definition':
        visitFunction(node, scope);
        return;
      case 'for_statement':
        visitFor(node, scope);
        return;
      case 'repeat_statement': {
        // The condition sees the body's locals.
        const inner = open(scope);
        visitAll(childOf(node, 'body')?.children ?? [], inner);
        const condition = childOf(node, 'condition');
        if (condition) visit(condition, inner);
        return;
      }
      case 'block':
        visitAll(node.children, open(scope));
        return;
      default:
        visitAll(node.children, scope);
    }
  }

  function resolve(node: SyntaxNode, scope: Scope): void {
    const name = textOf(tree, node);
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const variable = at.names.get(name);
      if (variable !== undefined) {
        variables.set(node, variable);
        return;
      }
    }
    globals.push(node);
  }

  function visitField(node: SyntaxNode, scope: Scope): void {
    const isComputed = node.children[0]?.type === '[';
    for (const child of node.children) {
      if (child.field === 'name' && !isComputed) continue;
      visit(child, scope);
    }
  }

  function visitLocal(node: SyntaxNode, scope: Scope): void {
    const assignment = node.children.find(({ type }) => type === 'assignment_statement');
    const names = namedChildren(
      (assignment ?? node).children.find(({ type }) => type === 'variable_list'),
    ).filter(({ type }) => type === 'identifier');
    const list = assignment?.children.find(({ type }) => type === 'expression_list');
    if (list) visit(list, scope);
    const values = namedChildren(list);
    names.forEach((name, index) => declare(scope, name, values[index]));
  }

  function visitFunction(node: SyntaxNode, scope: Scope): void {
    const name = childOf(node, 'name');
    const isLocal = node.children[0]?.type === 'local';
    if (name && isLocal) declare(scope, name, node);
    else if (name) visit(name, scope);
    const inner = open(scope);
    for (const parameter of namedChildren(childOf(node, 'parameters'))) {
      const identifier = parameter.children.find(({ type }) => type === 'identifier');
      if (identifier) declare(inner, identifier, undefined);
    }
    visitAll(childOf(node, 'body')?.children ?? [], inner);
  }

  function visitFor(node: SyntaxNode, scope: Scope): void {
    const clause = childOf(node, 'clause');
    const inner = open(scope);
    const isNumeric = clause?.type === 'for_numeric_clause';
    const names = isNumeric
      ? clause.children.filter(({ field }) => field === 'name')
      : namedChildren(clause?.children.find(({ type }) => type === 'variable_list'));
    for (const child of clause?.children ?? []) {
      if (child.type !== 'variable_list' && child.field !== 'name') visit(child, scope);
    }
    for (const name of names) declare(inner, name, undefined);
    visitAll(childOf(node, 'body')?.children ?? [], inner);
  }

  visitAll(tree.root.children, open(undefined));
  return { variableAt: (identifier) => variables.get(identifier), globals };
}

/** True when the node runs while the file itself runs, and not later by a function's call. */
export function runsAtLoad(node: SyntaxNode): boolean {
  for (let around = node.parent; around !== undefined; around = around.parent) {
    if (isFunction(around)) return false;
  }
  return true;
}
