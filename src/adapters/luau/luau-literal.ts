const reserved = new Set(
  (
    'and break continue do else elseif end export false for function if in local nil not or repeat return then ' +
    'true type until while'
  ).split(' '),
);

/** Quotes and backslashes, and what a reader of the source could not see: control, format and line separators. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const escaped = /["\\]|[\u0000-\u001f\u007f]|[\p{C}\p{Zl}\p{Zp}]/gu;

/** A Luau string literal with exactly these characters, whatever they are. A lone surrogate becomes U+FFFD. */
export function luauString(text: string): string {
  const body = text.replace(escaped, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    if (character === '\n') return '\\n';
    const code = character.codePointAt(0) ?? 0;
    const isLoneSurrogate = code >= 0xd800 && code <= 0xdfff;
    return `\\u{${(isLoneSurrogate ? 0xfffd : code).toString(16)}}`;
  });
  return `"${body}"`;
}

function luauNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be written as a Luau number`);
  return Object.is(value, -0) ? '0' : String(value);
}

function luauKey(key: string): string {
  const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && !reserved.has(key);
  return isName ? key : `[${luauString(key)}]`;
}

/**
 * Plain data as a Luau literal: arrays stay arrays, members are sorted by key, absent members are left out. Text
 * stays data: there is no string that ends the literal early.
 */
export function luauLiteral(value: unknown): string {
  if (typeof value === 'string') return luauString(value);
  if (typeof value === 'number') return luauNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return `{ ${value.map((item) => luauLiteral(item)).join(', ')} }`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${luauKey(key)} = ${luauLiteral(member)}`);
    return `{ ${members.join(', ')} }`;
  }
  throw new TypeError(`${typeof value} cannot be written as Luau data`);
}

/** `Parent.Name["Another name"]`: the way to a descendant. */
export function luauPath(start: string, names: readonly string[]): string {
  return names.reduce((path, name) => {
    const key = luauKey(name);
    return key.startsWith('[') ? `${path}${key}` : `${path}.${key}`;
  }, start);
}
