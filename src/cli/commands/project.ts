import { createProjectRegistry, type ProjectRegistry } from '../../adapters/projects/registry.js';
import { resolveHome } from '../../stack/index.js';
import { loadWorkerSettings } from '../../worker/settings.js';
import { type CommandKit, printData, withExamples, withHome, withJson } from '../command-kit.js';
import { alignColumns } from '../view/text.js';

type ProjectFlags = { home?: string; json?: true };

export function addProject({ program, context }: CommandKit): void {
  const project = program.command('project').description('the games that the worker of this home serves');
  const registryOf = ({ home }: ProjectFlags): ProjectRegistry => {
    const settings = loadWorkerSettings({
      ...context.env,
      GRAVESHIFT_HOME: resolveHome({ flag: home, env: context.env }),
    });
    return createProjectRegistry({ file: settings.projectsFile });
  };

  const add = withJson(withHome(project.command('add')))
    .description('register a game')
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .argument('<repository>', 'Git URL, or path of a repository')
    .action(async (name: string, repository: string, flags: ProjectFlags) => {
      const added = await registryOf(flags).add(name, repository);
      printData(context, flags, added, () => `${added.name} is ${added.repository}`);
    });
  withExamples(
    add,
    'graveshift project add manor https://example.com/studio/manor.git',
    'graveshift project add manor ../manor',
  );

  const list = withJson(withHome(project.command('list')))
    .description('list the registered games')
    .action(async (flags: ProjectFlags) => {
      const projects = await registryOf(flags).list();
      if (projects.length === 0 && !flags.json)
        context.say('no project is registered: graveshift project add NAME GIT-URL|PATH');
      else
        printData(context, flags, projects, () =>
          alignColumns(projects.map(({ name, repository }) => [name, repository])).join('\n'),
        );
    });
  withExamples(list, 'graveshift project list --json');

  const remove = withJson(withHome(project.command('remove')))
    .description('forget a game; its repository is not touched')
    .argument('<name>')
    .action(async (name: string, flags: ProjectFlags) => {
      await registryOf(flags).remove(name);
      printData(context, flags, { removed: name }, () => `${name} is forgotten`);
    });
  withExamples(remove, 'graveshift project remove manor');
}
