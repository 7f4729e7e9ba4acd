import ts from 'typescript';

import {
  anyType,
  anyValues,
  isLuauName,
  isNamed,
  type LuauPack,
  type LuauSignature,
  type LuauType,
  nilable,
  nilType,
  noValues,
  unionOf,
} from './luau-type.js';
import { elementType, translateType, type TypeScope } from './translate-type.js';

/** @param node without its `this`, which a method's definition writes as `self` */
export function translateSignature(node: ts.SignatureDeclarationBase, scope: TypeScope): LuauSignature {
  const inner = { ...scope, parameters: withTypeParameters(node, scope) };
  const isCallback = ts.isFunctionTypeNode(node) && scope.flow === 'given';
  // What a callback is called with comes from the engine, what it answers goes there, and the other way round.
  const given: TypeScope = { ...inner, flow: isCallback ? 'answered' : 'given' };
  const answered: TypeScope = { ...inner, flow: isCallback ? 'given' : 'answered' };
  const parameters: { name: string; type: LuauType }[] = [];
  let rest: LuauType | undefined;
  for (const parameter of node.parameters) {
    const name = parameter.name.getText();
    if (name === 'this') continue;
    if (parameter.dotDotDotToken !== undefined) {
      rest = restElement(parameter.type, given);
    } else {
      const type = translateType(parameter.type, given);
      const isOptional = parameter.questionToken !== undefined;
      parameters.push({
        name: isLuauName(name) ? name : `_${name}`,
        type: isOptional ? nilable(type) : type,
      });
    }
  }
  return {
    parameters,
    ...(rest === undefined ? {} : { rest }),
    returns: isCallback ? callbackReturns(node.type, answered) : returns(node.type, answered),
  };
}

/** Type parameters stand for their constraint: `T extends Instance` for `Instance`, `T` for `any`. */
function withTypeParameters(
  node: ts.SignatureDeclarationBase,
  scope: TypeScope,
): ReadonlyMap<string, LuauType> {
  if (node.typeParameters === undefined) return scope.parameters;
  const parameters = new Map(scope.parameters);
  for (const { name, constraint } of node.typeParameters) {
    parameters.set(name.text, constraint === undefined ? anyType : translateType(constraint, scope));
  }
  return parameters;
}

/** `...args: Array<T>` are any number of T; `...args: Parameters<T>` of anything. */
function restElement(type: ts.TypeNode | undefined, scope: TypeScope): LuauType {
  if (type === undefined) return anyType;
  const array = translateType(type, { ...scope, flow: 'answered' });
  return array.kind === 'array' ? array.element : anyType;
}

/** A handler may answer with anything, which the engine does not look at. */
function callbackReturns(type: ts.TypeNode | undefined, scope: TypeScope): LuauPack {
  const pack = returns(type, scope);
  const isFree = pack.types.length === 0 || (type !== undefined && isTuple(type));
  return isFree ? anyValues : pack;
}

function returns(type: ts.TypeNode | undefined, scope: TypeScope): LuauPack {
  if (type === undefined || type.kind === ts.SyntaxKind.VoidKeyword) return noValues;
  if (isTuple(type)) return tuple(type.typeArguments?.[0], scope);
  const translated = translateType(type, scope);
  // What upstream does not know may be several values, as with TeleportService:ReserveServerAsync.
  return isNamed(translated, 'any') ? anyValues : { types: [translated] };
}

const isTuple = (type: ts.TypeNode): type is ts.TypeReferenceNode =>
  ts.isTypeReferenceNode(type) && type.typeName.getText() === 'LuaTuple';

function tuple(type: ts.TypeNode | undefined, scope: TypeScope): LuauPack {
  if (type === undefined) return anyValues;
  if (ts.isTupleTypeNode(type)) return tupleElements(type, scope);
  if (ts.isUnionTypeNode(type)) return widest(type.types.map((member) => tuple(member, scope)));
  const array = translateType(type, scope);
  return array.kind === 'array' ? { types: [], rest: array.element } : anyValues;
}

function tupleElements(type: ts.TupleTypeNode, scope: TypeScope): LuauPack {
  const types: LuauType[] = [];
  for (const element of type.elements) {
    const translated = translateType(elementType(element), scope);
    if (ts.isRestTypeNode(element))
      return { types, rest: translated.kind === 'array' ? translated.element : anyType };
    const isOptional =
      ts.isOptionalTypeNode(element) ||
      (ts.isNamedTupleMember(element) && element.questionToken !== undefined);
    types.push(isOptional ? nilable(translated) : translated);
  }
  return { types };
}

/** One pack for several: at each place whatever one of them may have there. */
function widest(packs: readonly LuauPack[]): LuauPack {
  const length = Math.max(...packs.map((pack) => pack.types.length));
  const types = Array.from({ length }, (_, place) =>
    unionOf(packs.map((pack) => pack.types[place] ?? pack.rest ?? nilType)),
  );
  return packs.some((pack) => pack.rest !== undefined) ? { types, rest: anyType } : { types };
}
