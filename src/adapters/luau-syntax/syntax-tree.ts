import { createRequire } from 'node:module';

import { Language, Parser, type TreeCursor } from 'web-tree-sitter';

import { withoutTypes } from './without-types.js';

/**
 * A node of the syntax tree as plain data: reading it does not cross into WebAssembly. `type` is the grammar's name
 * (`function_call`), or the token itself (`while`, `+=`) where `isNamed` is false.
 */
export type SyntaxNode = {
  type: string;
  isNamed: boolean;
  /** Name of the parent's field that the node fills. */
  field: string | undefined;
  /** Offsets into the source; `end` is the first one after it. */
  start: number;
  end: number;
  /** From 1. */
  line: number;
  column: number;
  endLine: number;
  parent: SyntaxNode | undefined;
  children: SyntaxNode[];
};

export type SyntaxTree = {
  source: string;
  root: SyntaxNode;
  /** False where some part of the source is no Luau that the grammar knows: the rest is still there. */
  isWhole: boolean;
};

export interface LuauParser {
  /** Never throws: what is no Luau gives a tree with gaps. */
  parse(source: string): SyntaxTree;
}

const grammar = createRequire(import.meta.url).resolve('tree-sitter-luau/tree-sitter-luau.wasm');

export async function createLuauParser(): Promise<LuauParser> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return {
    parse(source) {
      const tree = parser.parse(withoutTypes(source));
      if (tree === null) throw new Error('the Luau parser has no grammar');
      try {
        const root = copy(tree.walk());
        return { source, root, isWhole: !tree.rootNode.hasError };
      } finally {
        tree.delete();
      }
    },
  };
}

function copy(cursor: TreeCursor): SyntaxNode {
  const root = nodeAt(cursor, undefined);
  let current = root;
  for (;;) {
    if (cursor.gotoFirstChild()) {
      current = append(current, cursor);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        cursor.delete();
        return root;
      }
      current = current.parent ?? root;
    }
    current = append(current.parent ?? root, cursor);
  }
}

function append(parent: SyntaxNode, cursor: TreeCursor): SyntaxNode {
  const node = nodeAt(cursor, parent);
  parent.children.push(node);
  return node;
}

function nodeAt(cursor: TreeCursor, parent: SyntaxNode | undefined): SyntaxNode {
  const { row, column } = cursor.startPosition;
  return {
    type: cursor.nodeType,
    isNamed: cursor.nodeIsNamed,
    field: cursor.currentFieldName ?? undefined,
    start: cursor.startIndex,
    end: cursor.endIndex,
    line: row + 1,
    column: column + 1,
    endLine: cursor.endPosition.row + 1,
    parent,
    children: [],
  };
}

export function textOf({ source }: SyntaxTree, { start, end }: SyntaxNode): string {
  return source.slice(start, end);
}

/** The node and all below it, parents before children. */
export function* descendants(node: SyntaxNode): Generator<SyntaxNode> {
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    for (let index = next.children.length - 1; index >= 0; index--) {
      const child = next.children[index];
      if (child !== undefined) open.push(child);
    }
  }
}

export function childOf(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  return node?.children.find((child) => child.field === field);
}

export function namedChildren(node: SyntaxNode | undefined): SyntaxNode[] {
  return node?.children.filter(({ isNamed, type }) => isNamed && type !== 'comment') ?? [];
}

export const isFunction = ({ type }: SyntaxNode): boolean =>
  type === 'function_declaration' || type === 'function_definition';

/** The nearest function around the node; undefined at the top of the file. */
export function functionAround(node: SyntaxNode): SyntaxNode | undefined {
  let around = node.parent;
  while (around !== undefined && !isFunction(around)) around = around.parent;
  return around;
}
