import ts from 'typescript';

import { deprecationOf } from './deprecation.js';
import { functionOf, type LuauType, printFieldName, printFunction, printLuauType } from './luau-type.js';
import type { ApiGlobal } from './model.js';
import { translateSignature } from './translate-signature.js';
import { translateType, type TypeScope } from './translate-type.js';

/** Declared by Luau itself, or by hand in `supplement.ts`. */
const declaredElsewhere = new Set([
  'Enum',
  'Instance',
  'require',
  'gcinfo',
  'type',
  'script',
  'game',
  'shared',
]);

/** The functions, and the tables of constructors such as `Vector3`, that each script finds. */
export function readGlobals(scope: TypeScope): ApiGlobal[] {
  const functions = [...scope.typings.functions].map(([name, overloads]) =>
    globalFunction(name, overloads, scope),
  );
  const constants = [...scope.typings.constants].flatMap(([name, type]) => {
    const members = constructorMembers(type, scope);
    return members === undefined ? [] : [{ name, declaration: `${name}: ${constructorTable(members)}` }];
  });
  return [...functions, ...constants].filter(({ name }) => !declaredElsewhere.has(name));
}

function globalFunction(
  name: string,
  overloads: readonly ts.FunctionDeclaration[],
  scope: TypeScope,
): ApiGlobal {
  const signatures = overloads.map((node) => translateSignature(node, scope));
  const [only, ...others] = signatures;
  const declaration =
    only !== undefined && others.length === 0
      ? printFunction(name, only)
      : `${name}: ${printLuauType(functionOf(signatures))}`;
  return { name, declaration, ...deprecationOf(overloads) };
}

type ConstructorMember = { name: string; type: LuauType };

/** What `Vector3Constructor` holds: `new`, other constructors, and constants. */
function constructorMembers(type: ts.TypeNode, scope: TypeScope): ConstructorMember[] | undefined {
  if (!ts.isTypeReferenceNode(type)) return undefined;
  const name = type.typeName.getText();
  const alias = scope.typings.aliases.get(name)?.type;
  if (alias !== undefined && ts.isConstructorTypeNode(alias)) {
    return [{ name: 'new', type: functionOf([translateSignature(alias, scope)]) }];
  }
  if (!name.endsWith('Constructor')) return undefined;
  return scope.typings.interfaces.get(name)?.members.flatMap((member) => constructorMember(member, scope));
}

function constructorMember(member: ts.TypeElement, scope: TypeScope): ConstructorMember[] {
  if (ts.isConstructSignatureDeclaration(member)) {
    return [{ name: 'new', type: functionOf([translateSignature(member, scope)]) }];
  }
  if (ts.isMethodSignature(member)) {
    return [{ name: member.name.getText(), type: functionOf([translateSignature(member, scope)]) }];
  }
  if (!ts.isPropertySignature(member)) return [];
  const isFunction = member.type !== undefined && ts.isFunctionTypeNode(member.type);
  return [
    {
      name: member.name.getText(),
      // A static function is called by the script: unlike a callback, its arguments are given.
      type: isFunction
        ? functionOf([translateSignature(member.type, { ...scope, flow: 'answered' })])
        : translateType(member.type, scope),
    },
  ];
}

function constructorTable(members: readonly ConstructorMember[]): string {
  const byName = new Map<string, LuauType[]>();
  for (const { name, type } of members) byName.set(name, [...(byName.get(name) ?? []), type]);
  const fields = [...byName].flatMap(([name, types]) => {
    const signatures = types.flatMap((type) => (type.kind === 'function' ? [type.signature] : []));
    const type = signatures.length === 0 ? types[0] : functionOf(signatures);
    return type === undefined ? [] : [`${printFieldName(name)}: ${printLuauType(type)}`];
  });
  return `{ ${fields.join(', ')} }`;
}
