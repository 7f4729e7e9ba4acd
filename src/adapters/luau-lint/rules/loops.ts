import {
  childOf,
  descendants,
  isFunction,
  namedChildren,
  textOf,
  type SyntaxNode,
} from '../../luau-syntax/index.js';
import { argumentsOf, calleeOf, methodOf, type LintRule, type LintScript } from '../lint-script.js';
import { isYield } from './yields.js';

/** Functions of Luau's libraries that never yield: a loop that calls only these goes on without a pause. */
const libraries =
  /^(?:math|string|table|bit32|buffer|utf8|vector|os|debug)\.|^(?:print|warn|type|typeof|tostring|tonumber|select|next|ipairs|pairs|rawget|rawset|rawequal|rawlen|unpack|assert|setmetatable|getmetatable)$/;
const constructors = /^[A-Z][A-Za-z0-9]*\.(?:new|from[A-Z]\w*)$/;

/** Nodes of the loop that run in it: not those of functions that it only defines. */
function* running(node: SyntaxNode): Generator<SyntaxNode> {
  for (const child of node.children) {
    yield child;
    if (!isFunction(child)) yield* running(child);
  }
}

/** Whether something in the node may give others a turn. What is not known to go on without a pause may. */
function mayYield(script: LintScript, node: SyntaxNode, seen: ReadonlySet<SyntaxNode>): boolean {
  for (const inner of running(node)) {
    if (inner.type !== 'function_call') continue;
    if (isYield(script, inner)) return true;
    if (methodOf(script, inner) !== undefined) return true;
    const called = calleeOf(script, inner);
    if (libraries.test(called) || constructors.test(called)) continue;
    const name = childOf(inner, 'name');
    const body = name?.type === 'identifier' ? script.scopes.variableAt(name)?.value : undefined;
    if (body === undefined || !isFunction(body)) return true;
    if (seen.has(body)) continue;
    const inside = childOf(body, 'body');
    if (inside && mayYield(script, inside, new Set([...seen, body]))) return true;
  }
  return false;
}

function leaves(loop: SyntaxNode): boolean {
  for (const node of running(loop)) {
    if (node.type === 'return_statement') return true;
    if (node.type === 'break_statement' && loopAround(node) === loop) return true;
  }
  return false;
}

function loopAround(node: SyntaxNode): SyntaxNode | undefined {
  let around = node.parent;
  while (around !== undefined && !/^(?:while|repeat|for)_statement$/.test(around.type))
    around = around.parent;
  return around;
}

/** Everything that the body writes, or hands to a function that may write into it, as the source says it. */
function writtenIn(script: LintScript, body: SyntaxNode | undefined): Set<string> {
  const written = new Set<string>();
  for (const node of body === undefined ? [] : running(body)) {
    if (node.type === 'function_call') {
      for (const given of argumentsOf(node)) written.add(textOf(script.tree, given));
    }
    if (node.type !== 'assignment_statement' && node.type !== 'update_statement') continue;
    for (const target of namedChildren(node.children.find(({ type }) => type === 'variable_list'))) {
      written.add(textOf(script.tree, target));
    }
  }
  return written;
}

/** A condition that nothing in the loop can change. */
function isSettled(script: LintScript, condition: SyntaxNode, body: SyntaxNode | undefined): boolean {
  const written = writtenIn(script, body);
  return [...descendants(condition)].every(({ type, start, end }) => {
    if (type === 'function_call') return false;
    const isRead =
      type === 'identifier' || type === 'dot_index_expression' || type === 'bracket_index_expression';
    return !isRead || !written.has(script.tree.source.slice(start, end));
  });
}

export const busyLoop: LintRule = {
  id: 'busy-loop',
  find: (script) =>
    [...descendants(script.tree.root)].flatMap((loop) => {
      if (loop.type !== 'while_statement' && loop.type !== 'repeat_statement') return [];
      const condition = childOf(loop, 'condition');
      const body = childOf(loop, 'body');
      if (condition === undefined || leaves(loop) || !isSettled(script, condition, body)) return [];
      // A condition of locals that the body declares anew each time, in `repeat`, is none that is settled.
      if (loop.type === 'repeat_statement' && readsOwnLocals(script, condition, body)) return [];
      if (mayYield(script, loop, new Set())) return [];
      return [
        {
          node: loop,
          message: 'the loop never pauses: the server stands still until Luau ends the script',
          fix: 'wait in the loop by task.wait(), or connect to a signal instead',
        },
      ];
    }),
};

function readsOwnLocals(script: LintScript, condition: SyntaxNode, body: SyntaxNode | undefined): boolean {
  return [...descendants(condition)].some((node) => {
    const declared = node.type === 'identifier' ? script.scopes.variableAt(node)?.declaration : undefined;
    return (
      declared !== undefined && body !== undefined && declared.start >= body.start && declared.end <= body.end
    );
  });
}
