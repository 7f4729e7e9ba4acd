import { describe, expect, it } from 'vitest';

import { readLuauFiles } from '../../src/adapters/luau/package-files.js';
import {
  createLuauParser,
  descendants,
  resolveScopes,
  textOf,
  withoutTypes,
} from '../../src/adapters/luau-syntax/index.js';

const parser = await createLuauParser();

describe('the syntax tree', () => {
  it('is whole for everything that the package emits', async () => {
    for (const folder of ['runtime', 'templates', 'testing', 'host', 'staging']) {
      for (const [path, source] of await readLuauFiles(folder)) {
        expect(parser.parse(source).isWhole, `${folder}/${path}`).toBe(true);
      }
    }
  });

  it('keeps every character but those of types where it was', () => {
    const source = `--!strict
export type Fetch<T, U...> = (key: string, U...) -> (T?, ...number)
type Box<T> = { read value: T, write [string]: T } & Other.Kind<T> | nil
@native
local function f<T...>(self: Box<any>, list: { string }?, ...: T...): (number, T...)
	local x: number? = list and #list or 0 :: number
	for key: string, value: any in pairs(self :: any) do print(key:upper(), value) end
	return x, ...
end
type function Maybe(t) if t then return t end return nil end
local union: "a" | "b" = (if true then "a" else "b") :: "a" | "b"
local callback: (((number) -> string) & ((string) -> number))? = nil
local t = { type = 1, [1] = f }
return t.type :: typeof(t.type)`;
    const blanked = withoutTypes(source);
    expect(blanked).toHaveLength(source.length);
    expect(blanked.split('\n').map((line) => line.replace(/ +/g, ' ').trimEnd())).toEqual([
      '--!strict',
      '',
      '',
      '',
      'local function f (self , list , ... )',
      '\tlocal x = list and #list or 0',
      '\tfor key , value in pairs(self ) do print(key:upper(), value) end',
      '\treturn x, ...',
      'end',
      '',
      'local union = (if true then "a" else "b")',
      'local callback = nil',
      'local t = { type = 1, [1] = f }',
      'return t.type',
    ]);
    expect(parser.parse(source).isWhole).toBe(true);
  });

  it('is there around what is no Luau', () => {
    const tree = parser.parse('local a = spawn(1)\nlocal b = = 2\n');
    expect(tree.isWhole).toBe(false);
    expect([...descendants(tree.root)].map((node) => textOf(tree, node))).toContain('spawn(1)');
  });
});

describe('scopes', () => {
  const globalsOf = (source: string) => {
    const tree = parser.parse(source);
    return resolveScopes(tree).globals.map((node) => textOf(tree, node));
  };

  it('tell locals from globals', () => {
    expect(
      globalsOf(`local a = a
local function f(b: number, ...) return a, b, f, c end
for i = 1, n do print(i) end
for k, v in next, t do k(v) end
repeat local done = true until done
do local inner = 1 end
local t = { key = key, [computed] = 1, x.y.z }
function M.go(self) return self end
return inner, m:method(), i`),
    ).toEqual(['a', 'c', 'n', 'print', 'next', 't', 'key', 'computed', 'x', 'M', 'inner', 'm', 'i']);
  });
});
