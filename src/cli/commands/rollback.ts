import { announceStart } from '../announce-start.js';
import { askPlaceName } from '../ask-place-name.js';
import { type CommandKit, type CommonFlags, withConnection, withExamples } from '../command-kit.js';
import { withClient } from '../connect.js';
import { preparePipeline, startPipeline } from '../pipelines.js';
import { userName } from '../user-name.js';

type RollbackFlags = CommonFlags & {
  project?: string;
  environment?: string;
  place?: string;
  to?: string;
  reason: string;
  confirm?: string;
  id?: string;
  by?: string;
  watch?: true;
};

export function addRollback({ program, context, exitWith }: CommandKit): void {
  const rollback = withConnection(program.command('rollback'))
    .description('put a place back to its last stable release, now: players first, then Git and the record')
    .option('--project <name>', 'a registered project (default: the only one)')
    .option('--environment <name>', 'environment whose place goes back (default: production)')
    .option('--place <name>', 'a place of that environment (default: start)')
    .option('--to <release>', 'release or run to go back to (default: the last stable one)')
    .requiredOption('--reason <text>', 'what is wrong; goes into the record and the notices')
    .option('--confirm <place>', "the place's name again: the second confirmation (default: asked for)")
    .option('--id <workflow-id>', 'workflow id (default: PROJECT/rollback-ENVIRONMENT-PLACE)')
    .option('--by <name>', "who asks (default: Git's user.name, else the account)")
    .option('--watch', 'stay and show the run until it ends; exits as "watch" does')
    .action(async (flags: RollbackFlags) => {
      const place = flags.place ?? 'start';
      const asked = flags.confirm ?? (context.canAsk ? await askPlaceName(context, place) : undefined);
      const confirm = asked === undefined ? {} : { confirm: asked };
      await start('emergencyRollback', { ...common(flags), ...confirm }, flags);
    });
  withExamples(
    rollback,
    'graveshift rollback --reason "the gate crashes servers"',
    'graveshift rollback --environment production --place start --reason "crash loop" --confirm start --watch',
    'graveshift rollback --to 1.3.0 --reason "economy exploit" --confirm start --by ana',
  );

  const drill = withConnection(program.command('drill'))
    .description('exercise a rollback against staging with a stopwatch, and put staging back')
    .option('--project <name>', 'a registered project (default: the only one)')
    .option('--environment <name>', 'a staging environment (default: staging)')
    .option('--place <name>', 'a place of that environment (default: start)')
    .option('--reason <text>', 'why, for the record', 'a drill')
    .option('--id <workflow-id>', 'workflow id (default: PROJECT/drill-ENVIRONMENT-PLACE)')
    .option('--by <name>', "who asks (default: Git's user.name, else the account)")
    .option('--watch', 'stay and show the run until it ends; exits as "watch" does')
    .action(async (flags: RollbackFlags) => {
      await start(
        'emergencyRollback',
        { ...common(flags), environment: flags.environment ?? 'staging', drill: true },
        flags,
      );
    });
  withExamples(drill, 'graveshift drill --watch', 'graveshift drill --project haunted-manor --json');

  async function start(
    type: 'emergencyRollback',
    input: Record<string, unknown>,
    flags: RollbackFlags,
  ): Promise<void> {
    const requestedBy = flags.by ?? (await userName(context.cwd));
    const request = preparePipeline(type, input, requestedBy);
    await withClient(context, flags, async (connected) => {
      const run = await startPipeline(connected, request, { id: flags.id });
      exitWith(await announceStart(context, connected, run, flags));
    });
  }
}

function common({ project, environment, place, to, reason }: RollbackFlags): Record<string, unknown> {
  return {
    ...(project !== undefined && { project }),
    ...(environment !== undefined && { environment }),
    ...(place !== undefined && { place }),
    ...(to !== undefined && { to }),
    reason,
  };
}
