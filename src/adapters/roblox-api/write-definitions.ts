import type { ApiClass, ApiEnum, ApiGlobal, RobloxApi } from './model.js';

/** Luau has no names for these in `@rbxts/types`' terms: an event by the types of its arguments, and enums. */
const head = `export type RBXScriptSignal<T... = ...any> = {
	Connect: (self: RBXScriptSignal<T...>, callback: (T...) -> ...any) -> RBXScriptConnection,
	ConnectParallel: (self: RBXScriptSignal<T...>, callback: (T...) -> ...any) -> RBXScriptConnection,
	Once: (self: RBXScriptSignal<T...>, callback: (T...) -> ...any) -> RBXScriptConnection,
	Wait: (self: RBXScriptSignal<T...>) -> T...,
}
declare extern type EnumItem with
	Name: string
	Value: number
	EnumType: Enum
	function IsA(self, enumName: string): boolean
end
declare extern type Enum with
	function GetEnumItems(self): { EnumItem }
	function FromName(self, name: string): EnumItem?
	function FromValue(self, value: number): EnumItem?
end`;

/** The definition file for Luau's analysis; the first line is what luau-lsp reads of one. */
export function writeDefinitions(api: RobloxApi, generator: string): string {
  const services = JSON.stringify({ CREATABLE_INSTANCES: api.creatable, SERVICES: api.services });
  return [
    `--#METADATA#${services}`,
    `-- Made by Graveshift (${generator}) from @rbxts/types ${api.version}, MIT licence, https://github.com/roblox-ts/types`,
    ...api.aliases.map(({ name, type }) => `export type ${name} = ${type}`),
    head,
    ...api.enums.map(writeEnum),
    writeEnums(api.enums),
    ...api.classes.map(writeClass),
    ...api.globals.map(writeGlobal),
    '',
  ].join('\n');
}

function writeEnum({ name, items }: ApiEnum): string {
  return [
    `declare extern type Enum${name} extends EnumItem with`,
    'end',
    `declare extern type Enum${name}_INTERNAL extends Enum with`,
    ...items.map((item) => `\t${item.name}: Enum${name}`),
    `\tfunction GetEnumItems(self): { Enum${name} }`,
    `\tfunction FromName(self, name: string): Enum${name}?`,
    `\tfunction FromValue(self, value: number): Enum${name}?`,
    'end',
  ].join('\n');
}

function writeEnums(enums: readonly ApiEnum[]): string {
  return [
    'declare extern type Enums with',
    ...enums.map(({ name }) => `\t${name}: Enum${name}_INTERNAL`),
    '\tfunction GetEnums(self): { Enum }',
    'end',
    'declare Enum: Enums',
  ].join('\n');
}

function writeClass({ name, superclass, members }: ApiClass): string {
  const parent = superclass === undefined ? '' : ` extends ${superclass}`;
  const lines = members.map(({ declaration, deprecated }) => {
    // Luau takes the attribute on functions; of other members the metadata says it.
    const isMarked = deprecated !== undefined && declaration.startsWith('function ');
    return isMarked ? `\t${deprecatedAttribute(deprecated)}\n\t${declaration}` : `\t${declaration}`;
  });
  return [`declare extern type ${name}${parent} with`, ...lines, 'end'].join('\n');
}

function writeGlobal({ declaration, deprecated }: ApiGlobal): string {
  const isMarked = deprecated !== undefined && declaration.startsWith('function ');
  return `${isMarked ? `${deprecatedAttribute(deprecated)} ` : ''}declare ${declaration}`;
}

const deprecatedAttribute = (use: string): string =>
  use === '' ? '@deprecated' : `@[deprecated{use = ${JSON.stringify(use)}}]`;
