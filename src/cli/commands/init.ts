import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { adoptRojoProject } from '../../adapters/projects/adopt-project.js';
import { createProjectFromExample } from '../../adapters/projects/create-project.js';
import { resolveHome } from '../../stack/index.js';
import { type CommandKit, printData, withExamples, withHome, withJson } from '../command-kit.js';
import { commandName } from '../context.js';
import { createEmulatedEnvironments } from '../emulated-environments.js';
import { findRunningStack } from '../local-stack.js';

type InitFlags = { home?: string; json?: true; name?: string };

export function addInit({ program, context }: CommandKit): void {
  const command = withJson(withHome(program.command('init')))
    .description(
      'make a game project from the example in an empty directory, or add graveshift.json to an existing Rojo ' +
        'project without touching its files',
    )
    .argument('[dir]', 'the directory', '.')
    .option('--name <name>', "the project's name (default: the directory's)")
    .action(async (dir: string, flags: InitFlags) => {
      const directory = path.resolve(context.cwd, dir);
      const stackHome = resolveHome({ flag: flags.home, env: context.env });
      const made = (await hasRojoProject(directory))
        ? await adopt(directory, flags, stackHome)
        : await create(directory, flags, stackHome);
      printData(context, flags, made, () => made.directory);
      const home = flags.home === undefined ? '' : ` --home ${flags.home}`;
      context.say(
        [
          made.from === 'example'
            ? 'made a game project from the example'
            : 'added graveshift.json; nothing else was touched',
          ...(made.idsAreReal
            ? []
            : [
                "its universe and place ids are the example's: put the game's own into graveshift.json and commit it",
              ]),
          `next: ${commandName(context.env)} project add ${made.name} ${made.directory}${home}`,
        ].join('\n'),
      );
    });
  withExamples(command, 'graveshift init my-game', 'cd my-rojo-game && graveshift init');
}

type Made = { directory: string; name: string; from: 'example' | 'existing'; idsAreReal: boolean };

// Where a stack runs under this home, a game gets places of its own in its emulator, and its first night works.

async function adopt(directory: string, { name }: InitFlags, home: string): Promise<Made> {
  const stack = await findRunningStack(home);
  const adopted = await adoptRojoProject({
    directory,
    ...(name !== undefined && { name }),
    ...(stack && {
      makeEnvironments: (project) =>
        createEmulatedEnvironments(stack.addresses.emulator, project.name, project.rojoProject),
    }),
  });
  return { directory, name: adopted.name, from: 'existing', idsAreReal: stack !== undefined };
}

async function create(directory: string, flags: InitFlags, home: string): Promise<Made> {
  const name = flags.name ?? path.basename(directory).toLowerCase();
  const stack = await findRunningStack(home);
  const environments = stack && (await createEmulatedEnvironments(stack.addresses.emulator, name));
  await createProjectFromExample({ directory, name, ...(environments && { environments }) });
  return { directory, name, from: 'example', idsAreReal: environments !== undefined };
}

async function hasRojoProject(directory: string): Promise<boolean> {
  const entries = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return entries.some((entry) => entry.endsWith('.project.json'));
}
