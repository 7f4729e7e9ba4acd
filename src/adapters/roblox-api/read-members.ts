import ts from 'typescript';

import { deprecationOf } from './deprecation.js';
import {
  anyType,
  functionOf,
  isNamed,
  type LuauType,
  named,
  nilable,
  printFieldName,
  printFunction,
  printLuauType,
} from './luau-type.js';
import type { ApiMember } from './model.js';
import { translateSignature } from './translate-signature.js';
import { translateType, type TypeScope } from './translate-type.js';
import type { MergedInterface } from './typings.js';

/** Properties, events, callbacks and methods of a class, and the operators of a value type. */
export function readMembers(found: MergedInterface, scope: TypeScope): ApiMember[] {
  const members = new Map<string, ApiMember>();
  const methods = new Map<string, ts.MethodSignature[]>();
  for (const member of found.members) {
    const name = memberName(member);
    if (isNominalMark(member)) continue;
    if (ts.isPropertySignature(member)) members.set(name, readProperty(member, scope));
    else if (ts.isGetAccessorDeclaration(member)) members.set(name, readAccessor(member, scope));
    else if (ts.isIndexSignatureDeclaration(member)) members.set('[]', readIndex(member, scope));
    else if (ts.isMethodSignature(member) && isCalledOn(member, found.name)) {
      methods.set(name, [...(methods.get(name) ?? []), member]);
    }
  }
  for (const [name, overloads] of methods) members.set(name, readMethod(name, overloads, scope));
  return [...members.values(), ...readOperators(found.name, scope)];
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
  const type = isOptional ? nilable(translated) : translated;
  if (isReadOnly) return member(node, { name, kind: 'property', type, access: 'read' });
  return member(node, { name, kind: 'property', type: withoutNilArray(type), access: 'read-write' });
}

/**
 * `{ any }` for `{ any }?`: Luau's old solver looks through no `?` for what the elements of `{ model, part }` may be,
 * and takes the first one's class for all. Setting such a property to nil is the rarer of the two.
 */
function withoutNilArray(type: LuauType): LuauType {
  if (type.kind !== 'union') return type;
  const [value, ...others] = type.members.filter((part) => !isNamed(part, 'nil'));
  return others.length === 0 && value?.kind === 'array' && value.element === anyType ? value : type;
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
  return { name, kind: 'method', declaration, access: 'read', ...deprecationOf(overloads) };
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
  return {
    ...rest,
    declaration: `${printFieldName(rest.name)}: ${printLuauType(type)}`,
    ...deprecationOf([node]),
  };
}

/** `(…) => T`, `Callback`, or one of them or nothing. */
function isFunction(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isParenthesizedTypeNode(type)) return isFunction(type.type);
  if (ts.isUnionTypeNode(type)) return type.types.some(isFunction);
  return ts.isFunctionTypeNode(type) || /^(Callback|T)$/.test(type.getText());
}

/** Upstream's mark of an interface that TypeScript shall not mix up with another of the same shape. */
export const isNominalMark = (node: ts.TypeElement): boolean => memberName(node).startsWith('_nominal_');

export function memberName(node: ts.TypeElement | ts.GetAccessorDeclaration): string {
  if (node.name === undefined) return '';
  return ts.isIdentifier(node.name) || ts.isStringLiteral(node.name) ? node.name.text : node.name.getText();
}
