import type { Finding } from './finding.js';
import { matching, readFunction, type LuauFunction } from './luau-functions.js';
import type { LuauToken } from './luau-tokens.js';

type Tokens = readonly LuauToken[];

/**
 * What the rule takes for a check of an argument `x` in the handler's own body:
 * `typeof(x)`, `type(x)`, `tonumber(x)`, `x:IsA(…)`, a comparison of `x` with a literal, or a call with `x` of a
 * function whose name speaks of checking (`isCandle`, `validate`, `t.string`, `guard:refuse`, …). What is packed into a
 * table, `local list = { x }`, is checked with the table.
 * It reads tokens, not types: it finds who forgot to check, not who checks wrongly.
 */
const rule = 'remote-arguments';

const connectors = new Set(['Connect', 'ConnectParallel', 'Once']);
const checkingName = /^is[A-Z]|^(?:can|may)[A-Z]|check|valid|verif|assert|guard|sanit|parse|expect|accept/i;
const runtimeTypes = new Set(['typeof', 'type', 'tonumber']);
/** Libraries of runtime types are called `t` by custom: `t.string(x)`. */
const typeLibraries = new Set(['t']);

/** Handlers of what clients send that use an argument without any check of it: clients can send anything. */
export function findUncheckedRemotes(file: string, tokens: Tokens): Finding[] {
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'name') return [];
    const start = handlerAt(tokens, index);
    const handler = start === undefined ? undefined : resolveHandler(tokens, start);
    if (handler === undefined) return [];
    return uncheckedParameters(handler).map((parameter) => ({
      file,
      line: token.line,
      column: token.column,
      rule,
      message: `the handler of ${token.text} uses "${parameter}" without a check of it, and a client can send anything`,
      fix:
        parameter === '...'
          ? 'name the arguments and check each'
          : `check typeof(${parameter}) and its range first`,
    }));
  });
}

/** Index of what is connected to the remote that is named at the index. */
function handlerAt(tokens: Tokens, index: number): number | undefined {
  const text = (offset: number) => tokens[index + offset]?.text;
  if (tokens[index]?.text === 'OnServerEvent') {
    const connects = text(1) === ':' && connectors.has(text(2) ?? '') && text(3) === '(';
    return connects ? index + 4 : undefined;
  }
  return tokens[index]?.text === 'OnServerInvoke' && text(1) === '=' ? index + 2 : undefined;
}

/** A function written in place, or one of the same file by its name. What another module defines cannot be seen here. */
function resolveHandler(tokens: Tokens, start: number): LuauFunction | undefined {
  const first = tokens[start];
  if (first?.kind === 'keyword' && first.text === 'function') return readFunction(tokens, start);
  if (first?.kind !== 'name') return undefined;
  let last = start;
  while (tokens[last + 1]?.text === '.' && tokens[last + 2]?.kind === 'name') last += 2;
  if (tokens[last + 1]?.text === '(') return undefined;
  const name = tokens[last]?.text;
  const defined = tokens.findIndex(
    (token, index) =>
      token.kind === 'keyword' &&
      token.text === 'function' &&
      (nameAfter(tokens, index) === name || nameBefore(tokens, index) === name),
  );
  return defined < 0 ? undefined : readFunction(tokens, defined);
}

/** `function M.name(` → `name`. */
function nameAfter(tokens: Tokens, index: number): string | undefined {
  let at = index + 1;
  while (tokens[at + 1]?.text === '.' || tokens[at + 1]?.text === ':') at += 2;
  return tokens[at]?.kind === 'name' ? tokens[at]?.text : undefined;
}

/** `name = function(` → `name`. */
function nameBefore(tokens: Tokens, index: number): string | undefined {
  return tokens[index - 1]?.text === '=' ? tokens[index - 2]?.text : undefined;
}

function uncheckedParameters({ parameters, body }: LuauFunction): string[] {
  // The engine itself sets the first one, the player.
  return parameters
    .slice(1)
    .filter((parameter) => usesOf(body, parameter).length > 0 && !isChecked(body, parameter));
}

function usesOf(body: Tokens, parameter: string): number[] {
  return body.flatMap((token, index) => {
    const isUse =
      token.text === parameter &&
      token.kind !== 'string' &&
      body[index - 1]?.text !== '.' &&
      body[index - 1]?.text !== ':';
    return isUse ? [index] : [];
  });
}

function isChecked(body: Tokens, parameter: string): boolean {
  const names = [parameter, ...tablesOf(body, parameter)];
  const uses = new Set(names.flatMap((name) => usesOf(body, name)));
  const compared = [...uses].some(
    (index) =>
      (isEquality(body[index + 1]) && isLiteral(body[index + 2])) ||
      (isEquality(body[index - 1]) && isLiteral(body[index - 2])) ||
      (body[index + 1]?.text === ':' && body[index + 2]?.text === 'IsA'),
  );
  return compared || body.some((_, index) => checks(body, index, uses));
}

/** Names of `local NAME = { … x … }`. */
function tablesOf(body: Tokens, parameter: string): string[] {
  return usesOf(body, parameter).flatMap((use) => {
    const open = body.slice(0, use).findLastIndex(({ kind, text }) => kind === 'symbol' && text === '{');
    const [keyword, name, sign] = body.slice(Math.max(open - 3, 0), Math.max(open, 0));
    const isOpen = open >= 3 && (matching(body, open) ?? 0) > use;
    return isOpen && keyword?.text === 'local' && sign?.text === '=' && name ? [name.text] : [];
  });
}

/** True when a call of a function that checks begins at the index, with one of the uses among its arguments. */
function checks(body: Tokens, index: number, uses: ReadonlySet<number>): boolean {
  const token = body[index];
  if (token?.kind !== 'name' || body[index + 1]?.text !== '(') return false;
  const isMember = body[index - 1]?.text === '.' || body[index - 1]?.text === ':';
  const library = isMember ? body[index - 2]?.text : undefined;
  const speaks =
    runtimeTypes.has(token.text) ||
    checkingName.test(token.text) ||
    (library !== undefined && (typeLibraries.has(library) || checkingName.test(library)));
  if (!speaks) return false;
  const close = matching(body, index + 1) ?? body.length;
  return [...uses].some((use) => use > index && use < close);
}

const isEquality = (token: LuauToken | undefined) => token?.text === '==' || token?.text === '~=';

/** `nil` is none: what is not nil can still be anything. */
const isLiteral = (token: LuauToken | undefined) =>
  token?.kind === 'string' || token?.kind === 'number' || token?.text === 'true' || token?.text === 'false';
