/**
 * A token of Luau. `text` is what it says: for a string its content as far as it is literal, without quotes.
 * Source: the grammar on luau.org/syntax and its lexical rules.
 */
export type LuauToken = {
  kind: 'name' | 'keyword' | 'number' | 'string' | 'symbol';
  text: string;
  /** From 1. */
  line: number;
  column: number;
};

export type LuauSource = {
  tokens: LuauToken[];
  comments: { text: string; line: number }[];
};

const keywords = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
);

const longBracket = /\[(=*)\[/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const number =
  /0[xX][0-9a-fA-F_]+|0[bB][01_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?/y;
const symbol = /\.\.\.|\.\.=|\/\/=|\.\.|\/\/|::|->|[=~<>+\-*/%^]=|[^\s]/y;
const simpleEscapes: Record<string, string> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Splits Luau into tokens. It never throws: what no compiler would take still gives tokens, up to the end. */
export function tokenizeLuau(source: string): LuauSource {
  return new Tokenizer(source).run();
}

class Tokenizer {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private readonly result: LuauSource = { tokens: [], comments: [] };
  /** For each interpolated string that is open, how many `{` of the expression inside it are. */
  private readonly interpolations: number[] = [];

  constructor(private readonly source: string) {}

  run(): LuauSource {
    while (this.at < this.source.length) this.step();
    return this.result;
  }

  private step(): void {
    const character = this.source.charAt(this.at);
    if (/\s/.test(character)) this.advanceTo(this.at + 1);
    else if (this.source.startsWith('--', this.at)) this.comment();
    else if (character === '"' || character === "'") this.quoted(character);
    else if (character === '`') this.interpolated();
    else this.other(character);
  }

  private other(character: string): void {
    const bracket = this.match(longBracket);
    if (bracket !== undefined) {
      const { body, end } = this.long(bracket, this.at);
      this.push('string', body, end);
      return;
    }
    const depth = this.interpolations.at(-1);
    if (depth !== undefined && character === '{')
      this.interpolations[this.interpolations.length - 1] = depth + 1;
    if (depth !== undefined && character === '}') {
      if (depth === 0) {
        this.interpolations.pop();
        this.interpolated();
        return;
      }
      this.interpolations[this.interpolations.length - 1] = depth - 1;
    }
    const word = this.match(name);
    const digits = word === undefined ? this.match(number) : undefined;
    if (word !== undefined) this.push(keywords.has(word) ? 'keyword' : 'name', word, this.at + word.length);
    else if (digits !== undefined) this.push('number', digits, this.at + digits.length);
    else {
      const text = this.match(symbol) ?? character;
      this.push('symbol', text, this.at + text.length);
    }
  }

  private comment(): void {
    const { line } = this;
    longBracket.lastIndex = this.at + 2;
    const bracket = longBracket.exec(this.source)?.[0];
    const lineEnd = this.source.indexOf('\n', this.at);
    const { body, end } =
      bracket === undefined
        ? {
            body: this.source.slice(this.at + 2, lineEnd < 0 ? undefined : lineEnd),
            end: lineEnd < 0 ? this.source.length : lineEnd,
          }
        : this.long(bracket, this.at + 2);
    this.result.comments.push({ text: body.trim(), line });
    this.advanceTo(end);
  }

  private long(bracket: string, at: number): { body: string; end: number } {
    const close = bracket.replaceAll('[', ']');
    const start = at + bracket.length;
    const found = this.source.indexOf(close, start);
    const bodyEnd = found < 0 ? this.source.length : found;
    return { body: this.source.slice(start, bodyEnd), end: found < 0 ? bodyEnd : bodyEnd + close.length };
  }

  private quoted(quote: string): void {
    const { text, end } = this.literal(this.at + 1, (character) => character === quote || character === '\n');
    this.push('string', text, this.source.charAt(end) === quote ? end + 1 : end);
  }

  /** From a backtick, or from the `}` that ends an expression: the literal part up to the next `{` or the closing backtick. */
  private interpolated(): void {
    const { text, end } = this.literal(this.at + 1, (character) => character === '`' || character === '{');
    if (this.source.charAt(end) === '{') this.interpolations.push(0);
    this.push('string', text, Math.min(end + 1, this.source.length));
  }

  private literal(start: number, ends: (character: string) => boolean): { text: string; end: number } {
    let text = '';
    let end = start;
    while (end < this.source.length && !ends(this.source.charAt(end))) {
      if (this.source.charAt(end) === '\\') {
        const { decoded, length } = escapeAt(this.source, end + 1);
        text += decoded;
        end += 1 + length;
      } else {
        text += this.source.charAt(end);
        end += 1;
      }
    }
    return { text, end: Math.min(end, this.source.length) };
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.source)?.[0];
  }

  private push(kind: LuauToken['kind'], text: string, end: number): void {
    this.result.tokens.push({ kind, text, line: this.line, column: this.at - this.lineStart + 1 });
    this.advanceTo(end);
  }

  private advanceTo(end: number): void {
    for (let next = this.source.indexOf('\n', this.at); next >= 0 && next < end;) {
      this.line += 1;
      this.lineStart = next + 1;
      next = this.source.indexOf('\n', next + 1);
    }
    this.at = end;
  }
}

/** What the escape after a backslash means: `\104ttp` must not hide what a string says. */
function escapeAt(source: string, at: number): { decoded: string; length: number } {
  const numeric = /^(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|([0-9]{1,3}))/.exec(
    source.slice(at, at + 10),
  );
  if (numeric !== null) {
    const [whole, hex, unicode, decimal] = numeric;
    const code = decimal === undefined ? Number.parseInt(hex ?? unicode ?? '0', 16) : Number(decimal);
    return { decoded: code <= 0x10ffff ? String.fromCodePoint(code) : '', length: whole.length };
  }
  const skipped = /^z\s*/.exec(source.slice(at));
  if (skipped !== null) return { decoded: '', length: skipped[0].length };
  const character = source.charAt(at);
  return { decoded: simpleEscapes[character] ?? character, length: character.length };
}
