import type { Finding } from './finding.js';
import type { LuauToken } from './luau-tokens.js';

type Tokens = readonly LuauToken[];
type Place = Pick<Finding, 'file' | 'line' | 'column'>;

const at = (file: string, { line, column }: LuauToken): Place => ({ file, line, column });
const isSymbol = (token: LuauToken | undefined, text: string): boolean =>
  token?.kind === 'symbol' && token.text === text;
const isMember = (tokens: Tokens, index: number): boolean =>
  isSymbol(tokens[index - 1], '.') || isSymbol(tokens[index - 1], ':');

/** Any mention of the global `loadstring`: what is loaded at run time was neither reviewed nor tested. */
export function findLoadstring(file: string, tokens: Tokens): Finding[] {
  return tokens.flatMap((token, index) =>
    token.kind === 'name' && token.text === 'loadstring' && !isMember(tokens, index)
      ? [
          {
            ...at(file, token),
            rule: 'loadstring',
            message: 'runs text as code',
            fix: 'write the code as a module and require it',
          },
        ]
      : [],
  );
}

/** Methods that bring an asset's instances, and the scripts in them, into the game. */
const loaders = new Set(['LoadAsset', 'LoadAssetAsync', 'LoadAssetVersion', 'GetObjects']);

/** `require(123)` and `:LoadAssetAsync(123)` of ids that are neither the release's own nor allowed. */
export function findForeignAssets(file: string, tokens: Tokens, allowed: ReadonlySet<string>): Finding[] {
  return tokens.flatMap((token, index) => {
    const calls =
      token.kind === 'name' &&
      ((token.text === 'require' && !isMember(tokens, index)) ||
        (loaders.has(token.text) && isSymbol(tokens[index - 1], ':')));
    const argument = calls && isSymbol(tokens[index + 1], '(') ? tokens[index + 2] : undefined;
    const id = argument && assetIdOf(argument);
    if (id === undefined || allowed.has(id)) return [];
    return [
      {
        ...at(file, token),
        rule: 'foreign-asset',
        message: `${token.text} of asset ${id}, whose code somebody else can change`,
        fix: 'copy the code into the project, or add the id to gates.security.allowedAssets',
      },
    ];
  });
}

function assetIdOf({ kind, text }: LuauToken): string | undefined {
  const digits =
    kind === 'number' ? text.replaceAll('_', '') : text.replace(/^(rbxassetid:\/\/|.*[?&]id=)/i, '');
  if (kind !== 'number' && kind !== 'string') return undefined;
  const value = kind === 'number' && !/^\d+$/.test(digits) ? String(Number(digits)) : digits;
  return /^[1-9]\d{0,18}$/.test(value) ? value : undefined;
}

const requestMethods = new Set(['GetAsync', 'PostAsync', 'RequestAsync', 'CreateWebStreamClient']);

/** True when the file calls the network by HttpService: data stores have a `GetAsync` of their own. */
export function makesRequests(tokens: Tokens): boolean {
  const services = new Set(['HttpService']);
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'string' || token.text !== 'HttpService') continue;
    const variable = assignedVariable(tokens, index);
    if (variable !== undefined) services.add(variable);
  }
  return tokens.some((token, index) => {
    if (token.kind !== 'name' || !requestMethods.has(token.text) || !isSymbol(tokens[index - 1], ':'))
      return false;
    const receiver = tokens[index - 2];
    const service = receiver?.kind === 'name' ? receiver.text : undefined;
    return (
      (service !== undefined && services.has(service)) ||
      (isSymbol(receiver, ')') && tokens[index - 3]?.text === 'HttpService')
    );
  });
}

/** In `NAME = game:GetService("HttpService")`, also with a type before the sign, the name. */
function assignedVariable(tokens: Tokens, index: number): string | undefined {
  const first = Math.max(0, index - 8);
  const found = tokens.slice(first, index).findLastIndex((token) => isSymbol(token, '='));
  if (found < 0) return undefined;
  const sign = first + found;
  const variable = tokens[isSymbol(tokens[sign - 2], ':') ? sign - 3 : sign - 1];
  return variable?.kind === 'name' ? variable.text : undefined;
}

/** Addresses in string literals whose host is not allowed. Asked only where some script of the game makes requests. */
export function findUnknownHosts(file: string, tokens: Tokens, allowedHosts: readonly string[]): Finding[] {
  return tokens.flatMap((token) => {
    const authority =
      token.kind === 'string' ? /^\s*(?:https?|wss?):\/\/([^/?#\s]*)/i.exec(token.text)?.[1] : undefined;
    if (authority === undefined) return [];
    const host = authority.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase();
    if (allowedHosts.some((allowed) => covers(allowed, host))) return [];
    return [
      {
        ...at(file, token),
        rule: 'unknown-host',
        message: host === '' ? 'an address whose host is made at run time' : `the game may call ${host}`,
        fix: 'remove it, or add the host to gates.security.allowedHosts',
      },
    ];
  });
}

function covers(allowed: string, host: string): boolean {
  return allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed;
}
