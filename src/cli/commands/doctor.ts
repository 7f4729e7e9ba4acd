import { homePaths, resolveHome } from '../../stack/index.js';
import { loadWorkerSettings } from '../../worker/settings.js';
import { type CommandKit, printData, withExamples, withHome, withJson } from '../command-kit.js';
import type { Colors } from '../context.js';
import type { Check } from '../doctor/check.js';
import { checkKeys } from '../doctor/keys.js';
import { checkProjects } from '../doctor/projects.js';
import { checkState } from '../doctor/state.js';
import { checkTools } from '../doctor/tools.js';
import { exitCodes } from '../exit-codes.js';
import { plainText } from '../view/text.js';

export function addDoctor({ program, context, exitWith }: CommandKit): void {
  const command = withJson(withHome(program.command('doctor')))
    .description(
      'look at every tool, key and store: found where, which version, what is missing and how to get it',
    )
    .action(async (flags: { home?: string; json?: true }) => {
      const { env } = context;
      const home = resolveHome({ flag: flags.home, env });
      const settings = loadWorkerSettings({ ...env, GRAVESHIFT_HOME: home });
      const [tools, state, projects] = await Promise.all([
        checkTools(env),
        checkState(home, settings),
        checkProjects(settings.projectsFile),
      ]);
      const keys = await checkKeys(projects.configs, env, homePaths(home).emulatorKey);
      const checks = [...tools, ...state, ...projects.checks, ...keys];
      const healthy = checks.every((check) => check.state !== 'missing');
      printData(context, flags, { healthy, home, checks }, () =>
        renderChecks(checks, context.colors.out).join('\n'),
      );
      exitWith(healthy ? exitCodes.ok : exitCodes.failed);
    });
  withExamples(
    command,
    'graveshift doctor',
    'graveshift doctor --json | jq \'.checks[] | select(.state != "ok")\'',
  );
}

export function renderChecks(checks: readonly Check[], colors: Colors): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const marks = { ok: colors.green('✔'), note: colors.yellow('·'), missing: colors.red('✖') };
  return checks.flatMap(({ name, state, version, found, remedy }) => [
    `${marks[state]} ${name.padEnd(width)}  ${version === undefined ? '' : `${version}  `}${plainText(found)}`,
    ...(remedy === undefined ? [] : [`  ${' '.repeat(width)}  ${colors.dim(`→ ${remedy}`)}`]),
  ]);
}
