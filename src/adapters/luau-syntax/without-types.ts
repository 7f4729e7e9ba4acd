import { readFunction, tokenizeLuau, type LuauToken } from '../quality/index.js';

type Tokens = readonly LuauToken[];

/**
 * The same program with its types and attributes as blanks: every other character keeps its place. The grammar knows
 * the types of one version of Luau; the checker knows them all, and no rule on the syntax tree reads them.
 */
export function withoutTypes(source: string): string {
  const { tokens } = tokenizeLuau(source);
  const starts = lineStarts(source);
  const offset = ({ line, column }: LuauToken) => (starts[line - 1] ?? 0) + column - 1;
  const blanks: [start: number, end: number][] = [];
  for (const { from, to } of findTypes(tokens)) {
    const [first, next] = [tokens[from], tokens[to]];
    if (first !== undefined) blanks.push([offset(first), next === undefined ? source.length : offset(next)]);
  }
  let text = '';
  let at = 0;
  for (const [start, end] of blanks) {
    if (start < at) continue;
    text += source.slice(at, start) + source.slice(start, end).replace(/[^\s]/g, ' ');
    at = end;
  }
  // A comment between a type and what follows it goes with the type: no rule reads comments from the tree.
  return text + source.slice(at);
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Ranges of tokens that say only types: `from` up to, not with, `to`. In order; a range may lie inside of an earlier one. */
function findTypes(tokens: Tokens): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  const add = (from: number, to: number) => {
    if (to > from) found.push({ from, to });
    return to;
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (isSymbol(token, '::')) add(at, skipType(tokens, at + 1));
    else if (isSymbol(token, '@')) add(at, skipAttribute(tokens, at));
    else if (token.kind === 'keyword') {
      if (token.text === 'function') readFunctionTypes(tokens, at, add);
      else if (token.text === 'local' || token.text === 'for') readNames(tokens, at + 1, add);
    } else if (isTypeDeclaration(tokens, at)) {
      const exported = tokens[at - 1]?.text === 'export' ? at - 1 : at;
      at = add(exported, skipTypeDeclaration(tokens, at)) - 1;
    }
  }
  return found;
}

type Add = (from: number, to: number) => number;

const isSymbol = (token: LuauToken | undefined, text: string): boolean =>
  token?.kind === 'symbol' && token.text === text;
const isName = (token: LuauToken | undefined): boolean => token?.kind === 'name';

/** `type` is a name like any other but where it begins a statement: `type X =`, `type X<`, `type function`. */
function isTypeDeclaration(tokens: Tokens, at: number): boolean {
  const [token, next, after] = tokens.slice(at, at + 3);
  if (token?.kind !== 'name' || token.text !== 'type') return false;
  if (next?.kind === 'keyword' && next.text === 'function') return true;
  return isName(next) && (isSymbol(after, '=') || isSymbol(after, '<'));
}

function skipTypeDeclaration(tokens: Tokens, at: number): number {
  if (tokens[at + 1]?.kind === 'keyword') {
    const declared = readFunction(tokens, at + 1);
    const last = declared?.body.at(-1);
    // The function's `end` follows its body.
    return last === undefined ? at + 2 : tokens.indexOf(last) + 2;
  }
  let next = at + 2;
  if (isSymbol(tokens[next], '<')) next = skipBrackets(tokens, next);
  return isSymbol(tokens[next], '=') ? skipType(tokens, next + 1) : next;
}

function skipAttribute(tokens: Tokens, at: number): number {
  return isSymbol(tokens[at + 1], '[') ? skipBrackets(tokens, at + 1) : at + 2;
}

/** Generics, parameters and result of the function whose keyword is at the index. */
function readFunctionTypes(tokens: Tokens, keyword: number, add: Add): void {
  let at = keyword + 1;
  while (isName(tokens[at]) || isSymbol(tokens[at], '.') || isSymbol(tokens[at], ':')) at += 1;
  if (isSymbol(tokens[at], '<')) at = add(at, skipBrackets(tokens, at));
  if (!isSymbol(tokens[at], '(')) return;
  at = readNames(tokens, at + 1, add);
  if (!isSymbol(tokens[at], ')')) return;
  if (isSymbol(tokens[at + 1], ':')) add(at + 1, skipType(tokens, at + 2));
}

/** Types of the names from the index on: `a: T, b, ...: U`. */
function readNames(tokens: Tokens, start: number, add: Add): number {
  let at = start;
  while (isName(tokens[at]) || isSymbol(tokens[at], '...')) {
    at += 1;
    if (isSymbol(tokens[at], '<')) at = add(at, skipBrackets(tokens, at));
    if (isSymbol(tokens[at], ':')) at = add(at, skipType(tokens, at + 1));
    if (!isSymbol(tokens[at], ',')) return at;
    at += 1;
  }
  return at;
}

const closing: Record<string, string> = { '(': ')', '{': '}', '[': ']', '<': '>' };

/** Index after the bracket that closes the one at the index. `->` is one token, so that its `>` closes nothing. */
function skipBrackets(tokens: Tokens, open: number): number {
  const stack: string[] = [];
  for (let at = open; at < tokens.length; at++) {
    const { kind, text } = tokens[at] ?? { kind: 'name', text: '' };
    if (kind !== 'symbol') continue;
    const close = closing[text];
    if (close !== undefined) stack.push(close);
    // `type A<T>= T`: the bracket and the sign are one token.
    else if (text === stack.at(-1) || (text === '>=' && stack.at(-1) === '>')) stack.pop();
    if (stack.length === 0) return at + 1;
  }
  return tokens.length;
}

/** Index after the type that begins at the index. Source: the grammar on luau.org/grammar. */
function skipType(tokens: Tokens, start: number): number {
  let at = start;
  if (isSymbol(tokens[at], '|') || isSymbol(tokens[at], '&')) at += 1;
  for (;;) {
    at = skipSimpleType(tokens, at);
    while (isSymbol(tokens[at], '?')) at += 1;
    if (!isSymbol(tokens[at], '|') && !isSymbol(tokens[at], '&')) return at;
    at += 1;
  }
}

function skipSimpleType(tokens: Tokens, start: number): number {
  let at = start;
  const token = tokens[at];
  if (isSymbol(token, '...')) return skipType(tokens, at + 1);
  if (isSymbol(token, '<')) at = skipBrackets(tokens, at);
  if (isSymbol(tokens[at], '(')) {
    at = skipBrackets(tokens, at);
    return isSymbol(tokens[at], '->') ? skipType(tokens, at + 1) : at;
  }
  if (isSymbol(token, '{')) return skipBrackets(tokens, at);
  if (token?.kind !== 'name') return token === undefined ? at : at + 1;
  at += 1;
  if (token.text === 'typeof' && isSymbol(tokens[at], '(')) return skipBrackets(tokens, at);
  while (isSymbol(tokens[at], '.') && isName(tokens[at + 1])) at += 2;
  if (isSymbol(tokens[at], '<')) at = skipBrackets(tokens, at);
  return isSymbol(tokens[at], '...') ? at + 1 : at;
}
