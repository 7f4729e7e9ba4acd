import { Option } from 'commander';

import { type ResolutionAction, resolutionActions } from '../../domain/controls.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import { userName } from '../user-name.js';

type ResolveFlags = CommonFlags & { step: string; action: ResolutionAction; by?: string; reason?: string };

export function addResolve({ program, context }: CommandKit): void {
  const command = withConnection(program.command('resolve'))
    .description('say what to do about a step that needs attention')
    .argument('<run>')
    .requiredOption('--step <id>', 'the step, as "show" names it')
    .addOption(new Option('--action <action>', 'what to do').choices(resolutionActions).makeOptionMandatory())
    .option('--by <name>', "who says it (default: Git's user.name, else the account)")
    .option('--reason <text>', 'why, for the record')
    .action(async (run: string, flags: ResolveFlags) => {
      const { step, action, reason } = flags;
      const by = flags.by ?? (await userName(context.cwd));
      const voice = { by, ...(reason !== undefined && { reason }) };
      await withClient(context, flags, async ({ client }) => {
        await client.resolve(run, step, action, voice);
        printData(
          context,
          flags,
          { run, step, action, ...voice },
          () => `${step} of ${run}: ${action}, by ${by}`,
        );
      });
    });
  withExamples(
    command,
    'graveshift resolve demo/night-3 --step environment --action retry',
    'graveshift resolve demo/night-3 --step enemies --action skip --by ana --reason "placeholders will do"',
  );
}
