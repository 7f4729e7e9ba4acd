import { installLuauKit } from '../../adapters/luau-tools/index.js';
import { findTemporalCli, resolveCache } from '../../stack/index.js';
import { type CommandKit, type JsonFlag, printData, withExamples, withJson } from '../command-kit.js';
import type { CliContext } from '../context.js';
import { checkTools } from '../doctor/tools.js';
import { exitCodes } from '../exit-codes.js';
import { withInterrupt } from '../interrupt.js';
import { plainText } from '../view/text.js';
import { renderChecks } from './doctor.js';

type Tool = { path: string; version: string; source: string };
type ToolName = 'luau-kit' | 'temporal';
/** How it went with one of them. */
type Installed = { name: ToolName } & ({ found: Tool } | { found?: undefined; problem: string });

const install: Record<ToolName, typeof installLuauKit | typeof findTemporalCli> = {
  'luau-kit': installLuauKit,
  temporal: findTemporalCli,
};
const names = Object.keys(install) as ToolName[];

export function addTools({ program, context, exitWith }: CommandKit): void {
  const tools = program
    .command('tools')
    .description('the programs that Graveshift runs: which are here, and how to get the others');

  const installing = withJson(tools.command('install'))
    .description('get what can be got: luau-kit, which checks and runs Luau, and the Temporal CLI')
    .argument('[names...]', `only these: ${names.join(', ')} (default: all)`)
    .addHelpText(
      'after',
      '\nBoth are kept in the cache of this user (GRAVESHIFT_CACHE) and are not fetched again. luau-kit is built with\n' +
        'cargo and a C++ compiler, about 3 minutes; the Temporal CLI is downloaded, or built with Go.',
    )
    .action(async (given: string[], flags: JsonFlag) => {
      const unknown = given.find((name) => !names.some((known) => known === name));
      if (unknown !== undefined) {
        installing.error(`error: there is no tool "${unknown}" to install; expected ${names.join(' or ')}.`);
      }
      const wanted = given.length === 0 ? names : names.filter((name) => given.includes(name));
      const installed = await withInterrupt(context, (signal) =>
        Promise.all(wanted.map((name) => installOne(name, context, signal))),
      );
      printData(context, flags, { tools: installed }, () => installed.map(describe).join('\n'));
      exitWith(installed.every(({ found }) => found !== undefined) ? exitCodes.ok : exitCodes.failed);
    });
  withExamples(installing, 'graveshift tools install', 'graveshift tools install luau-kit');

  const listing = withJson(tools.command('list'))
    .description('look at each program: found where, which version, and what to do where it is not here')
    .action(async (flags: JsonFlag) => {
      const checks = await checkTools(context.env);
      printData(context, flags, { tools: checks }, () => renderChecks(checks, context.colors.out).join('\n'));
    });
  withExamples(listing, 'graveshift tools list', 'graveshift tools list --json');
}

async function installOne(name: ToolName, context: CliContext, signal: AbortSignal): Promise<Installed> {
  const { env, say } = context;
  try {
    const found = await install[name]({
      env,
      cacheDirectory: resolveCache(env),
      onProgress: (message) => say(plainText(message)),
      signal,
    });
    return { name, found };
  } catch (error) {
    signal.throwIfAborted();
    return { name, problem: error instanceof Error ? error.message : String(error) };
  }
}

function describe({ name, ...installed }: Installed): string {
  if (installed.found === undefined) return `✖ ${name}: ${plainText(installed.problem)}`;
  const { path, version, source } = installed.found;
  return `✔ ${name} ${version}  ${plainText(path)} (${source})`;
}
