import { readLuauFiles } from './package-files.js';

const scriptName = 'checks.luau';
const exportedType = /^(\s*)export type /gm;

/**
 * The built-in staging test: one script that brings the project's specs along, because a build leaves them out of the
 * place. Each becomes a function of `script` and `require`, which is what a module is.
 * @param specs module name (such as `Grid.spec` or `Testing`) → source, all of one folder
 */
export async function stagingScript(commit: string, specs: ReadonlyMap<string, string>): Promise<string> {
  const checks = (await readLuauFiles('staging')).get(scriptName);
  if (checks === undefined) {
    throw new Error(`the package lacks ${scriptName}; install graveshift again, complete`);
  }
  const modules = [...specs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    // A type can be exported by a module only, and nothing reads types at run time.
    .map(
      ([name, source]) =>
        `[${JSON.stringify(name)}] = function(script, require)\n${source.replace(exportedType, '$1type ')}\nend,`,
    );
  return [
    `local COMMIT = ${JSON.stringify(commit)}`,
    `local SPECS: { [string]: any } = {\n${modules.join('\n')}\n}`,
    checks,
  ].join('\n');
}
