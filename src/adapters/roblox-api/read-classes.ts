import ts from 'typescript';

import { deprecationOf } from './deprecation.js';
import type { ApiClass } from './model.js';
import { isNominalMark, memberName, readMembers } from './read-members.js';
import { translateType, type TypeScope } from './translate-type.js';
import type { MergedInterface, Typings } from './typings.js';

/** Types that Luau or the definition file's head declares. */
const declaredElsewhere = new Set(['Enum', 'EnumItem', 'RBXScriptSignal', 'buffer', 'vector', 'thread']);
const withoutMark = new Set(['RBXScriptConnection', 'Font', 'SharedTable', 'RaycastResult']);
/** TypeScript has an `Object` of its own, so upstream renames the engine's. */
const engineName = (name: string): string => (name === 'RBXObject' ? 'Object' : name);

/** What all classes are read in. */
type ApiScope = Pick<TypeScope, 'typings' | 'classNames' | 'met'>;

/** The interfaces that are classes of the engine: everything else is a table. */
export function findClassNames(typings: Typings): Set<string> {
  const names = [...typings.interfaces.values()].filter(
    ({ name, members }) =>
      !declaredElsewhere.has(name) && (withoutMark.has(name) || members.some(isNominalMark)),
  );
  return new Set(names.map(({ name }) => name));
}

/** Names listed by an interface such as `Services`, whose properties are classes. */
export function listedNames(typings: Typings, list: string): string[] {
  const members = typings.interfaces.get(list)?.members ?? [];
  return members.filter(ts.isPropertySignature).map(memberName).sort();
}

/** Every class and value type, superclasses first, then in upstream's order. */
export function readClasses(base: ApiScope): ApiClass[] {
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

function readClass(found: MergedInterface, superclass: string | undefined, base: ApiScope): ApiClass {
  const self = engineName(found.name);
  const unbound: TypeScope = { ...base, self, parameters: new Map(), flow: 'answered' };
  const parameters = new Map(
    found.parameters.map(({ name, constraint }) => [name.text, translateType(constraint, unbound)]),
  );
  const scope: TypeScope = { ...unbound, parameters };
  return {
    name: self,
    ...(superclass === undefined ? {} : { superclass: engineName(superclass) }),
    kind: 'class',
    ...deprecationOf(found.declarations),
    members: readMembers(found, scope),
  };
}
