import { Option } from 'commander';

import { releaseGates } from '../../domain/gate-policy.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import { userName } from '../user-name.js';

type TickFlags = CommonFlags & { gate: string; verdict: string; evidence: string; by?: string };

export function addTick({ program, context }: CommandKit): void {
  const command = withConnection(program.command('tick'))
    .description("say of a gate what you saw, where the project's gates are in manual mode")
    .argument('<run>')
    .addOption(new Option('--gate <name>', 'the gate').choices(releaseGates).makeOptionMandatory())
    .addOption(new Option('--verdict <verdict>', 'what you saw').choices(['pass', 'fail']).default('pass'))
    .requiredOption('--evidence <text>', 'what you looked at, such as a link')
    .option('--by <name>', "who says it (default: Git's user.name, else the account)")
    .action(async (run: string, flags: TickFlags) => {
      const { gate, verdict, evidence } = flags;
      const by = flags.by ?? (await userName(context.cwd));
      await withClient(context, flags, async ({ client }) => {
        await client.tick(run, { gate, verdict, evidence, by });
        printData(
          context,
          flags,
          { run, gate, verdict, evidence, by },
          () => `${gate} of ${run}: ${verdict}, by ${by}`,
        );
      });
    });
  withExamples(
    command,
    'graveshift tick demo/deploy-production-start --gate unit-tests --evidence "ran by hand, 214 passed"',
  );
}
