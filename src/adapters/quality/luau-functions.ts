import type { LuauToken } from './luau-tokens.js';

export type LuauFunction = {
  /** Names of the parameters in order; `...` for the rest. */
  parameters: string[];
  /** Tokens between the parameter list and the function's `end`. */
  body: LuauToken[];
};

/** The function whose keyword `function` is at the index; undefined when it is cut off before its body. */
export function readFunction(tokens: readonly LuauToken[], index: number): LuauFunction | undefined {
  let open = index + 1;
  while (open < tokens.length && tokens[open]?.text !== '(') open += 1;
  const close = matching(tokens, open);
  if (close === undefined) return undefined;
  const end = findEnd(tokens, close + 1);
  return { parameters: readParameters(tokens.slice(open + 1, close)), body: tokens.slice(close + 1, end) };
}

/** Index of the bracket that closes the one at `open`. */
export function matching(tokens: readonly LuauToken[], open: number): number | undefined {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const { kind, text } = tokens[index] ?? { kind: 'name', text: '' };
    if (kind !== 'symbol') continue;
    if (text === '(' || text === '{' || text === '[') depth += 1;
    if (text === ')' || text === '}' || text === ']') depth -= 1;
    if (depth === 0) return index;
  }
  return undefined;
}

function readParameters(tokens: readonly LuauToken[]): string[] {
  const parameters: string[] = [];
  let depth = 0;
  let expected = true;
  for (const { kind, text } of tokens) {
    if (kind === 'symbol' && '([{<'.includes(text)) depth += 1;
    if (kind === 'symbol' && ')]}>'.includes(text)) depth -= 1;
    if (depth === 0 && text === ',') expected = true;
    else if (depth === 0 && expected && (kind === 'name' || text === '...')) {
      parameters.push(text);
      expected = false;
    }
  }
  return parameters;
}

type Block = 'function' | 'do' | 'if' | 'if-expression' | 'repeat';

/** After these an expression begins, so that an `if` there has no `end` of its own. */
const beforeExpression = new Set(
  '= ( , { [ + - * / // % ^ # .. == ~= < > <= >= += -= *= /= //= %= ^= ..= return and or not in until while if elseif'.split(
    ' ',
  ),
);

/** Index of the `end` of the function whose body begins at the index; the length of the tokens where there is none. */
function findEnd(tokens: readonly LuauToken[], start: number): number {
  const blocks: Block[] = ['function'];
  let expressionFollows = false;
  for (let index = start; index < tokens.length; index++) {
    const { kind, text } = tokens[index] ?? { kind: 'name', text: '' };
    const previous = tokens[index - 1];
    const isExpression =
      expressionFollows || (previous?.kind !== 'string' && beforeExpression.has(previous?.text ?? ''));
    expressionFollows = false;
    if (kind !== 'keyword') continue;
    const top = blocks.at(-1);
    if (text === 'function' || text === 'do' || text === 'repeat') blocks.push(text);
    else if (text === 'if') blocks.push(isExpression ? 'if-expression' : 'if');
    else if (text === 'then') expressionFollows = top === 'if-expression';
    else if (text === 'else' && top === 'if-expression') {
      blocks.pop();
      expressionFollows = true;
    } else if (text === 'until' || text === 'end') {
      blocks.pop();
      if (blocks.length === 0) return index;
    }
  }
  return tokens.length;
}
