import type { CodeFinding } from '../../domain/code-finding.js';
import type { LuauScript } from '../../domain/luau-tools.js';
import {
  childOf,
  namedChildren,
  resolveScopes,
  textOf,
  type LuauParser,
  type Scopes,
  type SyntaxNode,
  type SyntaxTree,
} from '../luau-syntax/index.js';

/** Where a script runs, as far as its place tells: `shared` may run on both sides. */
export type Side = 'server' | 'client' | 'shared';

export type LintScript = Omit<LuauScript, 'source'> & {
  tree: SyntaxTree;
  scopes: Scopes;
  side: Side;
  isSpec: boolean;
};

export type LintHit = { node: SyntaxNode; message: string; fix: string };

export type LintRule = {
  /** Kebab-case; has a section of its own in docs/luau-rules.md. */
  id: string;
  /** Default: `error`. */
  severity?: CodeFinding['severity'];
  find: (script: LintScript) => LintHit[];
};

const serverServices = new Set(['ServerScriptService', 'ServerStorage']);
const clientServices = new Set(['StarterPlayer', 'StarterGui', 'StarterPack', 'ReplicatedFirst']);

export function openScript(parser: LuauParser, { source, ...script }: LuauScript): LintScript {
  const tree = parser.parse(source);
  return {
    ...script,
    tree,
    scopes: resolveScopes(tree),
    side: sideOf(script),
    isSpec: /\.spec\.luau?$/.test(script.path),
  };
}

function sideOf({ className, instance: [service = ''] }: Pick<LuauScript, 'className' | 'instance'>): Side {
  if (className === 'LocalScript' || clientServices.has(service)) return 'client';
  return className === 'Script' || serverServices.has(service) ? 'server' : 'shared';
}

/**
 * What is called, as it is written: `wait`, `task.wait`, `Players:GetPlayers`. The receiver of a call of a call is left
 * out: `game:GetService("X"):Go()` is `:Go`.
 */
export function calleeOf({ tree }: LintScript, call: SyntaxNode): string {
  const name = childOf(call, 'name');
  if (name?.type !== 'method_index_expression') return name === undefined ? '' : textOf(tree, name);
  const receiver = childOf(name, 'table');
  const method = childOf(name, 'method');
  const from = receiver === undefined || receiver.type === 'function_call' ? '' : textOf(tree, receiver);
  return `${from}:${method === undefined ? '' : textOf(tree, method)}`;
}

/** Name of the method of a call `x:method()`; undefined for every other call. */
export function methodOf({ tree }: LintScript, call: SyntaxNode): string | undefined {
  const name = childOf(call, 'name');
  const method = name?.type === 'method_index_expression' ? childOf(name, 'method') : undefined;
  return method && textOf(tree, method);
}

export function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  return namedChildren(childOf(call, 'arguments'));
}

/** True when the call is of a function of Luau's or the engine's own globals, and no local hides its name. */
export function isGlobalCall(
  { tree, scopes }: LintScript,
  call: SyntaxNode,
  names: ReadonlySet<string>,
): boolean {
  const name = childOf(call, 'name');
  if (name === undefined || !names.has(textOf(tree, name))) return false;
  const root = name.type === 'dot_index_expression' ? childOf(name, 'table') : name;
  return root?.type === 'identifier' && scopes.variableAt(root) === undefined;
}

/** Content of a string literal without escapes; undefined for everything else. */
export function literalOf({ tree }: LintScript, node: SyntaxNode | undefined): string | undefined {
  if (node?.type !== 'string') return undefined;
  const content = node.children.filter(({ field }) => field === 'content');
  return node.children.some(({ type }) => type === 'interpolation')
    ? undefined
    : content.map((part) => textOf(tree, part)).join('');
}

/** The service that an expression is: `game:GetService("X")`, `game.X`, `workspace`, or a local that holds one. */
export function serviceOf(script: LintScript, node: SyntaxNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.type === 'identifier') {
    const variable = script.scopes.variableAt(node);
    if (variable !== undefined) return serviceOf(script, variable.value);
    return textOf(script.tree, node) === 'workspace' ? 'Workspace' : undefined;
  }
  if (node.type === 'function_call' && calleeOf(script, node) === 'game:GetService') {
    return literalOf(script, argumentsOf(node)[0]);
  }
  return undefined;
}
