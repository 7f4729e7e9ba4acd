import ts from 'typescript';

import {
  anyType,
  anyValues,
  functionOf,
  type LuauPack,
  type LuauType,
  named,
  nilable,
  nilType,
  noValues,
  unionOf,
} from './luau-type.js';
import { translateSignature } from './translate-signature.js';
import type { Typings } from './typings.js';

/** What a type is translated in. */
export type TypeScope = {
  typings: Typings;
  /** Interfaces that become classes; the other ones are tables. */
  classNames: ReadonlySet<string>;
  /** Type parameters → what stands for them: Luau's classes have none. */
  parameters: ReadonlyMap<string, LuauType>;
  /** The class around, which `this` means. */
  self: string;
  /** `given`: a script hands the value over, so that it may be more than the engine ever answers with. */
  flow: 'given' | 'answered';
  /** Collects the tables' names that were met. */
  met: Set<string>;
};

const keywords: ReadonlyMap<ts.SyntaxKind, LuauType> = new Map<ts.SyntaxKind, LuauType>([
  [ts.SyntaxKind.NumberKeyword, named('number')],
  [ts.SyntaxKind.StringKeyword, named('string')],
  [ts.SyntaxKind.BooleanKeyword, named('boolean')],
  [ts.SyntaxKind.UndefinedKeyword, nilType],
  [ts.SyntaxKind.VoidKeyword, nilType],
  [ts.SyntaxKind.NeverKeyword, named('never')],
]);

/** Values that the engine knows only by their being there: a script has to look itself. */
const untyped = new Set([
  'defined',
  'AttributeValue',
  'SetAttributeValue',
  'TeleportData',
  'IterableFunction',
]);
/** Upstream's tables of numbers and the names that they stand for. */
const numberedNames = new Set(['BrickColorsByNumber', 'BrickColorsByPalette']);
const luauTypes = new Set(['thread', 'buffer', 'EnumItem', 'Enum', 'Enums']);

export function translateType(node: ts.TypeNode | undefined, scope: TypeScope): LuauType {
  if (node === undefined) return anyType;
  const keyword = keywords.get(node.kind);
  if (keyword !== undefined) return keyword;
  const inner = (type: ts.TypeNode | undefined) => translateType(type, scope);
  if (ts.isParenthesizedTypeNode(node)) return inner(node.type);
  if (ts.isLiteralTypeNode(node)) return literal(node);
  if (ts.isUnionTypeNode(node)) return unionOf(node.types.map(inner));
  if (ts.isIntersectionTypeNode(node)) return intersection(node.types.map(inner));
  if (ts.isArrayTypeNode(node)) return arrayOf(inner(node.elementType), scope);
  if (ts.isTupleTypeNode(node))
    return arrayOf(unionOf(node.elements.map((type) => inner(elementType(type)))), scope);
  if (ts.isTypeOperatorNode(node)) {
    if (node.operator !== ts.SyntaxKind.KeyOfKeyword) return inner(node.type);
    return named(numberedNames.has(node.type.getText()) ? 'number' : 'string');
  }
  if (ts.isFunctionTypeNode(node)) return functionOf([translateSignature(node, scope)]);
  if (ts.isTypeLiteralNode(node)) return recordOf(node.members, scope);
  if (ts.isTypePredicateNode(node)) return named('boolean');
  if (ts.isIndexedAccessTypeNode(node)) return indexedAccess(node);
  if (ts.isTypeReferenceNode(node)) return reference(node, scope);
  if (node.kind === ts.SyntaxKind.ThisType) return named(scope.self);
  return anyType;
}

/** A literal stands for its kind: to Luau, a variable that holds such a text is a `string`. */
function literal(node: ts.LiteralTypeNode): LuauType {
  if (node.literal.kind === ts.SyntaxKind.NullKeyword) return nilType;
  if (ts.isStringLiteral(node.literal)) return named('string');
  const isBoolean =
    node.literal.kind === ts.SyntaxKind.TrueKeyword || node.literal.kind === ts.SyntaxKind.FalseKeyword;
  return named(isBoolean ? 'boolean' : 'number');
}

function intersection(types: readonly LuauType[]): LuauType {
  const members = types.filter((type) => type !== anyType);
  const [only, ...others] = members;
  if (only === undefined) return anyType;
  return others.length === 0 ? only : { kind: 'intersection', members };
}

/** `Instances[T]` is some instance; which one, the checker tells by the argument's text. */
function indexedAccess(node: ts.IndexedAccessTypeNode): LuauType {
  const owner = node.objectType.getText();
  if (['Instances', 'CreatableInstances', 'Services', 'Objects', 'S'].includes(owner))
    return named('Instance');
  return node.indexType.getText() === '"Name"' || numberedNames.has(owner) ? named('string') : anyType;
}

/**
 * Luau's arrays are invariant: `{ Part }` is no `{ Instance }`. What a script hands over may be an array of anything
 * that fits, which only `any` can say.
 */
function arrayOf(element: LuauType, scope: TypeScope): LuauType {
  const isWide =
    element.kind === 'union' ||
    (element.kind === 'name' && /^(Instance|BasePart|GuiObject|Object)$/.test(element.name));
  return { kind: 'array', element: scope.flow === 'given' && isWide ? anyType : element };
}

const dictionary = (key: LuauType, value: LuauType, scope: TypeScope): LuauType => ({
  kind: 'record',
  fields: [],
  index: { key, value: scope.flow === 'given' && value.kind === 'union' ? anyType : value },
});

export function recordOf(members: readonly ts.TypeElement[], scope: TypeScope): LuauType {
  const fields = new Map<string, LuauType[]>();
  let index: { key: LuauType; value: LuauType } | undefined;
  for (const member of members) {
    if (ts.isIndexSignatureDeclaration(member)) {
      index ??= {
        key: translateType(member.parameters[0]?.type, scope),
        value: translateType(member.type, scope),
      };
    } else if (ts.isPropertySignature(member)) {
      const type = translateType(member.type, scope);
      fields.set(nameOf(member.name), [member.questionToken === undefined ? type : nilable(type)]);
    } else if (ts.isMethodSignature(member)) {
      const overload = functionOf([translateSignature(member, scope)]);
      fields.set(nameOf(member.name), [...(fields.get(nameOf(member.name)) ?? []), overload]);
    }
  }
  return {
    kind: 'record',
    fields: [...fields].map(([name, types]) => ({ name, type: intersection(types) })),
    ...(index === undefined ? {} : { index }),
  };
}

function reference(node: ts.TypeReferenceNode, scope: TypeScope): LuauType {
  const name = node.typeName.getText().replace(/^globalThis\./, '');
  const [first, second] = node.typeArguments ?? [];
  const bound = scope.parameters.get(name);
  if (bound !== undefined) return bound;
  // A single item, such as Enum.InfoType.Asset, is of its enum's type.
  const enumName = /^Enum\.(\w+)/.exec(name)?.[1];
  if (enumName !== undefined) return scope.typings.enums.has(enumName) ? named(`Enum${enumName}`) : anyType;
  if (scope.typings.numbers.has(name.replace(/\..*/, ''))) return named('number');
  switch (name) {
    case 'Array':
    case 'ReadonlyArray':
      return arrayOf(translateType(first, scope), scope);
    case 'Map':
    case 'ReadonlyMap':
    case 'Record':
      return dictionary(translateType(first, scope), translateType(second, scope), scope);
    case 'LuaTuple':
    case 'CastsToEnum':
    case 'Readonly':
      return translateType(first, scope);
    case 'Partial':
      return dictionary(named('string'), anyType, scope);
    case 'Callback':
      return functionOf([{ parameters: [], rest: anyType, returns: anyValues }]);
    case 'RBXScriptSignal':
      return { kind: 'signal', arguments: signalArguments(first, scope) };
    // A user is told by a number since ever, by a User since 2026.
    case 'User':
      return scope.flow === 'given' ? unionOf([named('User'), named('number')]) : named('User');
    case 'RBXObject':
      return named('Object');
  }
  if (untyped.has(name)) return anyType;
  if (luauTypes.has(name) || scope.classNames.has(name)) return named(name);
  return namedTable(name, scope);
}

/** An alias, or an interface that is a table. */
function namedTable(name: string, scope: TypeScope): LuauType {
  const alias = scope.typings.aliases.get(name);
  if (alias !== undefined && alias.typeParameters === undefined) {
    // `ContentId` says no more than `string`.
    const keyword = keywords.get(alias.type.kind);
    if (keyword !== undefined) return keyword;
  } else if (alias !== undefined || (scope.typings.interfaces.get(name)?.parameters.length ?? 1) > 0) {
    return anyType;
  }
  if (name.endsWith('Constructor')) return anyType;
  scope.met.add(name);
  return named(name);
}

function signalArguments(type: ts.TypeNode | undefined, scope: TypeScope): LuauPack {
  if (type === undefined) return noValues;
  if (!ts.isFunctionTypeNode(type)) return anyValues;
  const { parameters, rest } = translateSignature(type, { ...scope, flow: 'given' });
  return { types: parameters.map((parameter) => parameter.type), ...(rest === undefined ? {} : { rest }) };
}

const nameOf = (name: ts.PropertyName): string =>
  ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : name.getText();

/** The type in `name?: T`, `T?` or `...T` of a tuple. */
export const elementType = (node: ts.TypeNode): ts.TypeNode =>
  ts.isNamedTupleMember(node) || ts.isOptionalTypeNode(node) || ts.isRestTypeNode(node)
    ? elementType(node.type)
    : node;
