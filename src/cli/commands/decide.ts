import { approvalDigest, parseDigest } from '../approval-digest.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import { userName } from '../user-name.js';
import { addApprove } from './approve.js';

type RejectFlags = CommonFlags & { by?: string; reason?: string; digest?: string };

export function addDecisions(kit: CommandKit): void {
  addApprove(kit);
  addReject(kit);
}

/** A rejection is safe, so it needs no signature. */
function addReject({ program, context }: CommandKit): void {
  const command = withConnection(program.command('reject'))
    .description(
      'reject what a run asks for: it undoes its work and ends; refused at once when it would not count',
    )
    .argument('<run>')
    .option('--by <name>', "who decides (default: Git's user.name, else the account)")
    .option('--reason <text>', 'why, for the record')
    .option('--digest <sha256>', 'decide only on exactly this; its first 8 digits or more', parseDigest)
    .action(async (run: string, flags: RejectFlags) => {
      const by = flags.by ?? (await userName(context.cwd));
      const { reason } = flags;
      await withClient(context, flags, async ({ client }) => {
        const digest =
          flags.digest === undefined
            ? undefined
            : approvalDigest(await client.approvals(run), run, flags.digest);
        const voice = {
          by,
          ...(reason !== undefined && { reason }),
          ...(digest !== undefined && { digest }),
        };
        await client.decide(run, 'reject', voice);
        printData(
          context,
          flags,
          { run, said: 'reject', ...voice },
          () => `reject of ${run} by ${by} counts`,
        );
      });
    });
  withExamples(
    command,
    'graveshift reject demo/night-3',
    'graveshift reject demo/night-3 --by ana --reason "too dark" --digest 1a2b3c4d5e6f',
  );
}
