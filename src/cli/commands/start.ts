import { type CommandKit, type CommonFlags, withConnection, withExamples } from '../command-kit.js';
import { announceStart } from '../announce-start.js';
import { withClient } from '../connect.js';
import { parsePipelineType, preparePipeline, startPipeline } from '../pipelines.js';
import { pipelineTypes, type PipelineType } from '../../client.js';
import { readInput } from '../read-input.js';
import { userName } from '../user-name.js';

type StartFlags = CommonFlags & { input: string; id?: string; by?: string; watch?: true };

export function addStart({ program, context, exitWith }: CommandKit): void {
  const command = withConnection(program.command('start'))
    .description('start a pipeline with an input in JSON')
    .argument('<type>', `one of: ${pipelineTypes.join(', ')}`, parsePipelineType)
    .requiredOption('--input <json>', 'the input: JSON, @FILE, or - for standard input')
    .option('--id <workflow-id>', 'workflow id (default: PROJECT and the work, such as demo/night-3)')
    .option(
      '--by <name>',
      "who asks, where the input does not say (default: Git's user.name, else the account)",
    )
    .option('--watch', 'stay and show the run until it ends; exits as "watch" does')
    .action(async (type: PipelineType, flags: StartFlags) => {
      const input = await readInput(flags.input, context);
      const requestedBy = flags.by ?? (await userName(context.cwd));
      const request = preparePipeline(type, input, requestedBy);
      await withClient(context, flags, async (connected) => {
        const run = await startPipeline(connected, request, { id: flags.id });
        exitWith(await announceStart(context, connected, run, flags));
      });
    });
  withExamples(
    command,
    `graveshift start horrorNight --input '{"night":3}'`,
    'graveshift start horrorNight --input @night.json --watch',
    'echo \'{"night":3}\' | graveshift start horrorNight --input -',
  );
}
