import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import ts from 'typescript';

const packageRoot = path.resolve(import.meta.dirname, '../..');

/**
 * The named folders of `src` as JavaScript, for child processes that a test means to kill: they run the sources as
 * they are now, not what was built last. Answers the folder that stands for `src`.
 */
export async function transpileSources(folders: readonly string[]): Promise<{
  source: string;
  remove: () => Promise<void>;
}> {
  const root = await mkdtemp(path.join(tmpdir(), 'graveshift-transpiled-'));
  await writeFile(path.join(root, 'package.json'), '{"type":"module"}');
  await symlink(path.join(packageRoot, 'node_modules'), path.join(root, 'node_modules'), 'junction');
  for (const folder of folders) {
    const from = path.join(packageRoot, 'src', folder);
    const to = path.join(root, 'src', folder);
    await mkdir(to, { recursive: true });
    for (const name of (await readdir(from)).filter((candidate) => candidate.endsWith('.ts'))) {
      const { outputText } = ts.transpileModule(await readFile(path.join(from, name), 'utf8'), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
        },
        fileName: name,
      });
      await writeFile(path.join(to, name.replace(/\.ts$/, '.js')), outputText);
    }
  }
  return {
    source: path.join(root, 'src'),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
