import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import { userName } from '../user-name.js';

type VoiceFlags = CommonFlags & { by?: string; reason?: string };

const verbs = [
  { verb: 'pause', description: 'start nothing new in a run; what runs already goes on', past: 'paused' },
  { verb: 'resume', description: 'let a paused run go on', past: 'resumed' },
] as const;

export function addPauseAndResume({ program, context }: CommandKit): void {
  for (const { verb, description, past } of verbs) {
    const command = withConnection(program.command(verb))
      .description(description)
      .argument('<run>')
      .option('--by <name>', "who says it (default: Git's user.name, else the account)")
      .option('--reason <text>', 'why, for the record')
      .action(async (run: string, flags: VoiceFlags) => {
        const by = flags.by ?? (await userName(context.cwd));
        const voice = { by, ...(flags.reason !== undefined && { reason: flags.reason }) };
        await withClient(context, flags, async ({ client }) => {
          await client[verb](run, voice);
          printData(
            context,
            flags,
            { run, said: verb, ...voice },
            () => `${run} is asked to be ${past} by ${by}`,
          );
        });
      });
    withExamples(
      command,
      `graveshift ${verb} demo/night-3`,
      `graveshift ${verb} demo/night-3 --by ana --reason "play-test"`,
    );
  }
}
