import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { tokenizeLuau } from '../../src/adapters/quality/index.js';
import { readLuauPackage } from '../../src/adapters/luau/index.js';

const texts = (source: string) => tokenizeLuau(source).tokens.map(({ kind, text }) => `${kind} ${text}`);

describe('tokenizeLuau', () => {
  it('keeps comments and the content of strings apart from code', () => {
    const { tokens, comments } = tokenizeLuau(
      '--[==[ loadstring ]]\n]==] local a = [[x\n"y"]] -- loadstring\n  b("\\104i\\z\n   \\u{21}")',
    );
    expect(tokens.map(({ kind, text }) => [kind, text])).toEqual([
      ['keyword', 'local'],
      ['name', 'a'],
      ['symbol', '='],
      ['string', 'x\n"y"'],
      ['name', 'b'],
      ['symbol', '('],
      ['string', 'hi!'],
      ['symbol', ')'],
    ]);
    expect(comments).toEqual([
      { text: 'loadstring ]]', line: 1 },
      { text: 'loadstring', line: 3 },
    ]);
    expect(tokens.find(({ text }) => text === 'b')).toMatchObject({ line: 4, column: 3 });
  });

  it('reads numbers, operators and interpolated strings with tables inside', () => {
    expect(texts('x ..= `a{f({ 1 })}b` + 0xFF_0 // 1e-3 ~= .5 :: T')).toEqual([
      'name x',
      'symbol ..=',
      'string a',
      'name f',
      'symbol (',
      'symbol {',
      'number 1',
      'symbol }',
      'symbol )',
      'string b',
      'symbol +',
      'number 0xFF_0',
      'symbol //',
      'number 1e-3',
      'symbol ~=',
      'number .5',
      'symbol ::',
      'name T',
    ]);
  });

  it('ends for any text, with places that are in it', () => {
    const piece = fc.constantFrom(
      '--',
      '[[',
      ']]',
      '[=[',
      '`',
      '{',
      '}',
      '"',
      "'",
      '\\',
      '\n',
      'if',
      ' ',
      '1.',
      '\u{1F47B}',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
        const source = pieces.join('');
        const lines = source.split('\n');
        for (const { line, column } of tokenizeLuau(source).tokens) {
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length);
        }
      }),
    );
  });

  it('balances the brackets of every file of the runtime', async () => {
    const { runtime } = await readLuauPackage();
    expect(runtime.size).toBeGreaterThan(20);
    for (const [path, source] of runtime) {
      const symbols = tokenizeLuau(source).tokens.filter(({ kind }) => kind === 'symbol');
      const count = (text: string) => symbols.filter((token) => token.text === text).length;
      expect([path, count('('), count('{'), count('[')]).toEqual([path, count(')'), count('}'), count(']')]);
    }
  });
});
