import ts from 'typescript';

import { deprecationOf } from './deprecation.js';
import {
  functionOf,
  type LuauType,
  named,
  nilable,
  printFieldName,
  printFunction,
  printLuauType,
} from './luau-type.js';
import type { ApiClass, ApiMember } from './model.js';
import { translateSignature } from './translate-signature.js';
import { translateType, type TypeScope } from './translate-type.js';
import type { MergedInterface, Typings } from './typings.js';

/** Upstream's mark of an interface that TypeScript shall not mix up with another of the same shape. */
const nominalMark = '_nominal_';
/** Types that Luau or the definition file's head declares. */
const declaredElsewhere = new Set(['Enum', 'EnumItem', 'RBXScriptSignal', 'buffer', 'vector', 'thread']);
const withoutMark = new Set(['RBXScriptConnection', 'Font', 'SharedTable', 'RaycastResult']);
/** TypeScript has an `Object` of its own, so upstream renames the engine's. */
const engineName = (name: string): string => (name === 'RBXObject' ? 'Object' : name);

/** The interfaces that are classes of the engine: everything else is a table. */
export function findClassNames(typings: Typings): Set<string> {
  const names = [...typings.interfaces.values()].filter(
    ({ name, members }) =>
      !declaredElsewhere.has(name) &&
      (withoutMark.has(name) || members.some((member) => memberName(member).startsWith(nominalMark))),
  );
  return new Set(names.map(({ name }) => name));
}

/** Names listed by an interface such as `Services`, whose properties are classes. */
export function listedNames(typings: Typings, list: string): string[] {
  const members = typings.interfaces.get(list)?.members ?? [];
  return members.filter(ts.isPropertySignature).map(memberName).sort();
}

/** Every class and value type, superclasses first, then in upstream's order. */
export function readClasses(base: Omit<TypeScope, 'self' | 'parameters' | 'flow'>): ApiClass[] {
  const classes = new Map<string, ApiClass>();
  const visit = (name: string): void => {
    const found = base.typings.interfaces.get(name);
    if (found === undefined || classes.has(name)) return;
    const superclass = found.extends
      .map(({ expression }) => expression.getText())
      .find((parent) => base.classNames.has(parent));
    if (superclass !== undefined) visit(superclass);
    classes.set(name, readClass(found, superclass, base));
  };
  for (const name of base.classNames) visit(name);
  const isInstance = (name: string | undefined): boolean =>
    name === 'Object' || (name !== undefined && isInstance(classes.get(name)?.superclass));
  return [...classes.values()].map((found) => ({
    ...found,
    kind: isInstance(found.name) ? 'class' : 'datatype',
  }));
}

function readClass(
  found: MergedInterface,
  superclass: string | undefined,
  base: Omit<TypeScope, 'self' | 'parameters' | 'flow'>,
): ApiClass {
  const self = engineName(found.name);
  const unbound: TypeScope = { ...base, self, parameters: new Map(), flow: 'answered' };
  const parameters = new Map(
    found.parameters.map(({ name, constraint }) => [name.text, translateType(constraint, unbound)]),
  );
  const scope: TypeScope = { ...unbound, parameters };
  const deprecated = found.declarations.map(deprecationOf).find((text) => text !== undefined);
  return {
    name: self,
    ...(superclass === undefined ? {} : { superclass: engineName(superclass) }),
    kind: 'class',
    ...(deprecated === undefined ? {} : { deprecated }),
    members: [...readMembers(found, scope), ...readOperators(found.name, scope)],
  };
}

function readMembers(found: MergedInterface, scope: TypeScope): ApiMember[] {
  const members = new Map<string, ApiMember>();
  const methods = new Map<string, ts.MethodSignature[]>();
  for (const member of found.members) {
    const name = memberName(member);
    if (name.startsWith(nominalMark)) continue;
    if (ts.isPropertySignature(member)) members.set(name, readProperty(member, scope));
    else if (ts.isGetAccessorDeclaration(member)) members.set(name, readAccessor(member, scope));
    else if (ts.isIndexSignatureDeclaration(member)) members.set('[]', readIndex(member, scope));
    else if (ts.isMethodSignature(member) && isCalledOn(member, found.name)) {
      methods.set(name, [...(methods.get(name) ?? []), member]);
    }
  }
  for (const [name, overloads] of methods) members.set(name, readMethod(name, overloads, scope));
  return [...members.values()];
}

/** Upstream lets some methods be called on another class's instance, for TypeScript's sake. */
function isCalledOn(method: ts.MethodSignature, className: string): boolean {
  const self = method.parameters.find(({ name }) => name.getText() === 'this')?.type;
  const isGeneric = (method.typeParameters?.length ?? 0) > 0;
  return self === undefined || isGeneric || self.getText().replace(/<.*/s, '') === className;
}

function readProperty(node: ts.PropertySignature, scope: TypeScope): ApiMember {
  const name = memberName(node);
  const isReadOnly = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) ?? false;
  const translated = translateType(node.type, { ...scope, flow: isReadOnly ? 'answered' : 'given' });
  const isOptional = node.questionToken !== undefined;
  if (translated.kind === 'signal')
    return member(node, { name, kind: 'event', type: translated, access: 'read' });
  // The engine calls it, and a script can only set it, or set it to nil.
  if (!isReadOnly && isFunction(node.type)) {
    return member(node, { name, kind: 'callback', type: nilable(translated), access: 'write' });
  }
  return member(node, {
    name,
    kind: 'property',
    type: isOptional ? nilable(translated) : translated,
    access: isReadOnly ? 'read' : 'read-write',
  });
}

/** `get Name(): T` without a setter: only Studio and plugins may write it. */
function readAccessor(node: ts.GetAccessorDeclaration, scope: TypeScope): ApiMember {
  return member(node, {
    name: memberName(node),
    kind: 'property',
    type: translateType(node.type, scope),
    access: 'read',
  });
}

/** `shared.key`, whatever the key: only a SharedTable has it. */
function readIndex(node: ts.IndexSignatureDeclaration, scope: TypeScope): ApiMember {
  const key = printLuauType(translateType(node.parameters[0]?.type, scope));
  const value = printLuauType(translateType(node.type, scope));
  return { name: '[]', kind: 'property', declaration: `[${key}]: ${value}`, access: 'read-write' };
}

function readMethod(name: string, overloads: readonly ts.MethodSignature[], scope: TypeScope): ApiMember {
  const deprecated = overloads.map(deprecationOf).find((text) => text !== undefined);
  const self = { name: 'self', type: named(scope.self) };
  const signatures = overloads.map((node) => translateSignature(node, scope));
  const [only, ...others] = signatures;
  const type = functionOf(
    signatures.map((signature) => ({ ...signature, parameters: [self, ...signature.parameters] })),
  );
  const declaration =
    only !== undefined && others.length === 0
      ? printFunction(name, only, 'self')
      : `${printFieldName(name)}: ${printLuauType(type)}`;
  return {
    name,
    kind: 'method',
    declaration,
    access: 'read',
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

const metamethods: ReadonlyMap<string, string> = new Map([
  ['add', '__add'],
  ['sub', '__sub'],
  ['mul', '__mul'],
  ['div', '__div'],
  ['idiv', '__idiv'],
]);

function readOperators(className: string, scope: TypeScope): ApiMember[] {
  const macros = scope.typings.operators.get(className) ?? [];
  return [...metamethods].flatMap(([macro, name]) => {
    const overloads = macros.filter((node) => memberName(node) === macro);
    // Where each operand has an overload of its own, the one of both only blurs the result.
    const precise = overloads.filter(
      (node) => overloads.length === 1 || node.type === undefined || !ts.isUnionTypeNode(node.type),
    );
    return precise.length === 0 ? [] : [readMethod(name, precise, { ...scope, flow: 'answered' })];
  });
}

function member(
  node: ts.TypeElement | ts.GetAccessorDeclaration,
  { type, ...rest }: Pick<ApiMember, 'name' | 'kind' | 'access'> & { type: LuauType },
): ApiMember {
  const deprecated = deprecationOf(node);
  return {
    ...rest,
    declaration: `${printFieldName(rest.name)}: ${printLuauType(type)}`,
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

/** `(…) => T`, `Callback`, or one of them or nothing. */
function isFunction(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isParenthesizedTypeNode(type)) return isFunction(type.type);
  if (ts.isUnionTypeNode(type)) return type.types.some(isFunction);
  return ts.isFunctionTypeNode(type) || /^(Callback|T)$/.test(type.getText());
}

function memberName(node: ts.TypeElement | ts.GetAccessorDeclaration): string {
  if (node.name === undefined) return '';
  return ts.isIdentifier(node.name) || ts.isStringLiteral(node.name) ? node.name.text : node.name.getText();
}
