import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles folders of `src` into `target`, so that a test can run them in processes of their own. */
export async function compileSources(folders: readonly string[], target: string): Promise<string> {
  for (const folder of folders) {
    const source = path.join(repository, 'src', folder);
    const output = path.join(target, 'dist', folder);
    await mkdir(output, { recursive: true });
    for (const file of await readdir(source)) {
      if (!file.endsWith('.ts')) continue;
      const { outputText } = ts.transpileModule(await readFile(path.join(source, file), 'utf8'), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
      });
      await writeFile(path.join(output, file.replace(/\.ts$/, '.js')), outputText);
    }
  }
  await writeFile(path.join(target, 'package.json'), '{"type":"module"}');
  for (const shared of ['node_modules', 'tools']) {
    await symlink(path.join(repository, shared), path.join(target, shared), 'junction');
  }
  return path.join(target, 'dist');
}
