import { readFile } from 'node:fs/promises';
import path from 'node:path';

import ts from 'typescript';

/** The declarations of `@rbxts/types`, by name. */
export type Typings = {
  interfaces: ReadonlyMap<string, MergedInterface>;
  aliases: ReadonlyMap<string, ts.TypeAliasDeclaration>;
  /** `declare const game: DataModel` */
  constants: ReadonlyMap<string, ts.TypeNode>;
  functions: ReadonlyMap<string, readonly ts.FunctionDeclaration[]>;
  enums: ReadonlyMap<string, ts.ModuleBlock>;
  /** TypeScript's own enums: numbers with names that Luau does not know. */
  numbers: ReadonlySet<string>;
  /** What `CFrame:mul` and the like stand for: the operators, which TypeScript cannot express. */
  operators: ReadonlyMap<string, readonly ts.MethodSignature[]>;
};

/** TypeScript merges interfaces of one name. */
export type MergedInterface = {
  name: string;
  extends: readonly ts.ExpressionWithTypeArguments[];
  members: readonly ts.TypeElement[];
  parameters: readonly ts.TypeParameterDeclaration[];
  declarations: readonly ts.InterfaceDeclaration[];
};

/** Scripts of a game have no plugin's rights, so `PluginSecurity.d.ts` stays out. */
const sourceFiles = ['roblox.d.ts', 'generated/None.d.ts', 'generated/enums.d.ts'];
const operatorFile = 'macro_math.d.ts';

/** @param folder of the package `@rbxts/types` */
export async function readTypings(folder: string): Promise<Typings> {
  const parse = async (file: string): Promise<ts.SourceFile> => {
    const text = await readFile(path.join(folder, 'include', ...file.split('/')), 'utf8');
    return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  };
  const files = await Promise.all(sourceFiles.map(parse));
  const statements = files.flatMap((file) => [...file.statements]);
  const macros = mergeInterfaces((await parse(operatorFile)).statements);
  return {
    interfaces: mergeInterfaces(statements),
    aliases: new Map(statements.filter(ts.isTypeAliasDeclaration).map((node) => [node.name.text, node])),
    constants: readConstants(statements),
    functions: groupByName(statements.filter(ts.isFunctionDeclaration)),
    enums: readEnumBlocks(statements),
    numbers: new Set(
      statements
        .filter(ts.isEnumDeclaration)
        .filter(isNumeric)
        .map(({ name }) => name.text),
    ),
    operators: new Map(
      [...macros].map(([name, { members }]) => [name, members.filter(ts.isMethodSignature)]),
    ),
  };
}

function mergeInterfaces(statements: readonly ts.Statement[]): Map<string, MergedInterface> {
  const byName = groupByName(statements.filter(ts.isInterfaceDeclaration));
  return new Map(
    [...byName].map(([name, declarations]) => [
      name,
      {
        name,
        declarations,
        extends: declarations.flatMap((node) => node.heritageClauses?.flatMap(({ types }) => types) ?? []),
        members: declarations.flatMap((node) => node.members),
        parameters: declarations[0]?.typeParameters ?? [],
      },
    ]),
  );
}

function readConstants(statements: readonly ts.Statement[]): Map<string, ts.TypeNode> {
  const constants = new Map<string, ts.TypeNode>();
  for (const statement of statements.filter(ts.isVariableStatement)) {
    for (const { name, type } of statement.declarationList.declarations) {
      if (type !== undefined) constants.set(name.getText(), type);
    }
  }
  return constants;
}

const isNumeric = ({ members }: ts.EnumDeclaration): boolean =>
  members.every(({ initializer }) => initializer !== undefined && ts.isNumericLiteral(initializer));

function readEnumBlocks(statements: readonly ts.Statement[]): Map<string, ts.ModuleBlock> {
  const blocks = new Map<string, ts.ModuleBlock>();
  for (const { name, body } of statements.filter(ts.isModuleDeclaration)) {
    if (name.text !== 'Enum' || body === undefined || !ts.isModuleBlock(body)) continue;
    for (const inner of body.statements.filter(ts.isModuleDeclaration)) {
      if (inner.body !== undefined && ts.isModuleBlock(inner.body)) blocks.set(inner.name.text, inner.body);
    }
  }
  return blocks;
}

function groupByName<Node extends { name?: { text: string } | undefined }>(
  nodes: readonly Node[],
): Map<string, Node[]> {
  const groups = new Map<string, Node[]>();
  for (const node of nodes) {
    const name = node.name?.text;
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [node]);
    else group.push(node);
  }
  return groups;
}
