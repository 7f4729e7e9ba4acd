import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { deprecatedGlobals, deprecatedMembers } from './known-deprecations.js';
import { printLuauType } from './luau-type.js';
import type { ApiClass, ApiGlobal, ApiMember, RobloxApi } from './model.js';
import { findClassNames, listedNames, readClasses } from './read-classes.js';
import { readEnums } from './read-enums.js';
import { readGlobals } from './read-globals.js';
import { supplement } from './supplement.js';
import { recordOf, translateType, type TypeScope } from './translate-type.js';
import { type MergedInterface, readTypings, type Typings } from './typings.js';

/** Reads the engine's API from the package `@rbxts/types` and adds what is known beyond it. */
export async function readRobloxApi(folder: string): Promise<RobloxApi> {
  const [typings, packageJson] = await Promise.all([
    readTypings(folder),
    readFile(path.join(folder, 'package.json'), 'utf8'),
  ]);
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(packageJson));
  const met = new Set<string>();
  const base = { typings, classNames: findClassNames(typings), met };
  const scope: TypeScope = { ...base, self: '', parameters: new Map(), flow: 'answered' };
  const classes = readClasses(base).map(completeClass);
  const declared = new Set(classes.map(({ name }) => name));
  const globals = completeGlobals(readGlobals(scope));
  return {
    version,
    classes,
    enums: readEnums(typings),
    aliases: [
      ...Object.entries(supplement.aliases).map(([name, type]) => ({ name, type })),
      ...readAliases(typings, { ...scope, flow: 'given' }),
    ],
    globals,
    services: listedNames(typings, 'Services').filter((name) => declared.has(name)),
    creatable: listedNames(typings, 'CreatableInstances').filter((name) => declared.has(name)),
  };
}

function completeClass(found: ApiClass): ApiClass {
  const members = new Map(found.members.map((member) => [member.name, member]));
  for (const [name, declaration] of Object.entries(supplement.members[found.name] ?? {})) {
    members.set(name, { ...members.get(name), name, declaration, ...kindOf(declaration) });
  }
  for (const [name, deprecated] of Object.entries(deprecatedMembers[found.name] ?? {})) {
    const member = members.get(name);
    // Upstream's word, where there is one, is newer than the list's.
    if (member !== undefined && (member.deprecated ?? '') === '')
      members.set(name, { ...member, deprecated });
  }
  return { ...found, members: [...members.values()] };
}

function kindOf(declaration: string): Pick<ApiMember, 'kind' | 'access'> {
  if (declaration.includes(': RBXScriptSignal<') && !declaration.startsWith('function')) {
    return { kind: 'event', access: 'read' };
  }
  const isMethod = /^function |Function$/.test(declaration);
  return isMethod ? { kind: 'method', access: 'read' } : { kind: 'property', access: 'read' };
}

function completeGlobals(read: readonly ApiGlobal[]): ApiGlobal[] {
  const globals = new Map(read.map((global) => [global.name, global]));
  for (const [name, declaration] of Object.entries(supplement.globals))
    globals.set(name, { name, declaration });
  return [...globals.values()].map((global) => {
    const deprecated = global.deprecated ?? deprecatedGlobals[global.name];
    return deprecated === undefined ? global : { ...global, deprecated };
  });
}

/** The tables that the classes name, and those that these name. Call it when everything else was read. */
function readAliases(typings: Typings, scope: TypeScope): { name: string; type: string }[] {
  const aliases = new Map<string, string>();
  // A set that grows while it is walked is walked to its end.
  for (const name of scope.met) {
    const alias = typings.aliases.get(name);
    const type = alias === undefined ? tableOf(typings, name, scope) : translateType(alias.type, scope);
    aliases.set(name, printLuauType(type));
  }
  return [...aliases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, type]) => ({ name, type }));
}

function tableOf(typings: Typings, name: string, scope: TypeScope) {
  const membersOf = (found: MergedInterface | undefined): MergedInterface['members'] =>
    found === undefined
      ? []
      : [
          ...found.extends.flatMap(({ expression }) =>
            membersOf(typings.interfaces.get(expression.getText())),
          ),
          ...found.members,
        ];
  return recordOf(membersOf(typings.interfaces.get(name)), scope);
}
