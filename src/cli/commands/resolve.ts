import { InvalidArgumentError, Option } from 'commander';

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

type ResolveFlags = CommonFlags & {
  step: string;
  action: ResolutionAction;
  by?: string;
  reason?: string;
  landedAs?: number;
};

export function addResolve({ program, context }: CommandKit): void {
  const command = withConnection(program.command('resolve'))
    .description('say what to do about a step that needs attention')
    .argument('<run>')
    .requiredOption('--step <id>', 'the step, as "show" names it')
    .addOption(new Option('--action <action>', 'what to do').choices(resolutionActions).makeOptionMandatory())
    .option('--landed-as <version>', 'with "landed": the version that the place got', parseVersion)
    .option('--by <name>', "who says it (default: Git's user.name, else the account)")
    .option('--reason <text>', 'why, for the record')
    .action(async (run: string, flags: ResolveFlags) => {
      const { step, action, reason, landedAs } = flags;
      const by = flags.by ?? (await userName(context.cwd));
      const voice = { by, ...(reason !== undefined && { reason }) };
      await withClient(context, flags, async ({ client }) => {
        const resolution = { ...voice, ...(landedAs !== undefined && { version: landedAs }) };
        await client.resolve(run, step, action, resolution);
        printData(
          context,
          flags,
          { run, step, action, ...resolution },
          () => `${step} of ${run}: ${action}, by ${by}`,
        );
      });
    });
  withExamples(
    command,
    'graveshift resolve demo/night-3 --step environment --action retry',
    'graveshift resolve demo/deploy-start --step production --action landed --landed-as 7 --by ana',
    'graveshift resolve demo/night-3 --step enemies --action skip --by ana --reason "placeholders will do"',
  );
}

function parseVersion(text: string): number {
  const version = Number(text);
  if (Number.isSafeInteger(version) && version > 0) return version;
  throw new InvalidArgumentError('expected the number of a version, such as 7.');
}
