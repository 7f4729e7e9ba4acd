import { type CommandKit, type CommonFlags, withConnection, withExamples } from '../command-kit.js';
import { withClient } from '../connect.js';
import { preparePipeline, startPipeline } from '../pipelines.js';
import { announceStart } from '../announce-start.js';
import { userName } from '../user-name.js';

type NightFlags = CommonFlags & {
  project?: string;
  environment?: string;
  place?: string;
  id?: string;
  by?: string;
  reason?: string;
  watch?: true;
};

export function addNight({ program, context, exitWith }: CommandKit): void {
  const command = withConnection(program.command('night'))
    .description('start the horror night N: made, tested, committed, and staged as the project allows')
    .argument('<n>', 'number of the night')
    .option('--project <name>', 'a registered project (default: the only one)')
    .option('--environment <name>', 'an environment of graveshift.json (default: staging)')
    .option('--place <name>', 'a place of that environment (default: start)')
    .option('--id <workflow-id>', 'workflow id (default: PROJECT/night-N)')
    .option('--by <name>', "who asks (default: Git's user.name, else the account)")
    .option('--reason <text>', 'why, for the record')
    .option('--watch', 'stay and show the run until it ends; exits as "watch" does')
    .action(async (number: string, flags: NightFlags) => {
      const { project, environment, place, reason } = flags;
      const input = {
        night: asNumber(number),
        ...(project !== undefined && { project }),
        ...(environment !== undefined && { environment }),
        ...(place !== undefined && { place }),
        ...(reason !== undefined && { reason }),
      };
      const requestedBy = flags.by ?? (await userName(context.cwd));
      const request = preparePipeline('horrorNight', input, requestedBy);
      await withClient(context, flags, async (connected) => {
        const run = await startPipeline(connected, request, { id: flags.id });
        exitWith(await announceStart(context, connected, run, flags));
      });
    });
  withExamples(
    command,
    'graveshift night 3',
    'graveshift night 3 --project haunted-manor --watch',
    'graveshift night 3 --json | jq -r .workflowId',
  );
}

/** What is no number goes on as it is: the input's check says what was expected. */
function asNumber(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}
