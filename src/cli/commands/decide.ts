import { InvalidArgumentError } from 'commander';

import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import { userName } from '../user-name.js';
import { approvalDigest } from '../approval-digest.js';

type DecisionFlags = CommonFlags & { by?: string; reason?: string; digest?: string };

const verbs = [
  { verb: 'approve', description: 'approve what a run asks for' },
  { verb: 'reject', description: 'reject what a run asks for: it undoes its work and ends' },
] as const;

export function addDecisions({ program, context }: CommandKit): void {
  for (const { verb, description } of verbs) {
    const command = withConnection(program.command(verb))
      .description(`${description}; refused at once when it would not count`)
      .argument('<run>')
      .option('--by <name>', "who decides (default: Git's user.name, else the account)")
      .option('--reason <text>', 'why, for the record')
      .option('--digest <sha256>', 'decide only on exactly this; its first 8 digits or more', parseDigest)
      .action(async (run: string, flags: DecisionFlags) => {
        const by = flags.by ?? (await userName(context.cwd));
        const { reason } = flags;
        await withClient(context, flags, async ({ client }) => {
          const digest = await approvalDigest(client, run, flags.digest);
          const voice = {
            by,
            ...(reason !== undefined && { reason }),
            ...(digest !== undefined && { digest }),
          };
          await client.decide(run, verb, voice);
          printData(context, flags, { run, said: verb, ...voice }, () => `${verb} of ${run} by ${by} counts`);
        });
      });
    withExamples(
      command,
      `graveshift ${verb} demo/night-3`,
      `graveshift ${verb} demo/night-3 --by ana --reason "too dark" --digest 1a2b3c4d5e6f`,
    );
  }
}

function parseDigest(text: string): string {
  if (/^[0-9a-f]{8,64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('expected 8 to 64 hexadecimal digits, as "show" prints them.');
}
