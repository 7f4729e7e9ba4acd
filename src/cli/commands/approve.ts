import { Option } from 'commander';

import { needsSignature } from '../../domain/approval-policy.js';
import { statementOf } from '../../domain/approval-statement.js';
import { type ApprovalsView, keysOf } from '../../domain/approval.js';
import { GraveshiftError } from '../../domain/failure.js';
import { approvalDigest, parseDigest } from '../approval-digest.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import type { CliContext } from '../context.js';
import { type Signed, signApproval } from '../signing/sign-approval.js';
import { userName } from '../user-name.js';

type ApproveFlags = CommonFlags & {
  by?: string;
  reason?: string;
  digest?: string;
  key?: string;
  unsigned?: true;
  printStatement?: true;
};

type Approval = { by: string; reason?: string; digest?: string };

export function addApprove({ program, context }: CommandKit): void {
  const command = withConnection(program.command('approve'))
    .description(
      'approve what a run asks for, signed with your SSH key; refused at once when it would not count',
    )
    .argument('<run>')
    .option('--by <name>', "who decides (default: Git's user.name, else the account)")
    .option('--reason <text>', 'why, for the record; signed too')
    .option('--digest <sha256>', 'decide only on exactly this; its first 8 digits or more', parseDigest)
    .option(
      '--key <file>',
      "SSH key to sign with (default: GRAVESHIFT_SIGNING_KEY, then your key in Git's user.signingkey, the agent, ~/.ssh)",
    )
    .addOption(new Option('--unsigned', 'do not sign').conflicts('key'))
    .option('--print-statement', 'print the text to sign, and decide nothing')
    .action(async (run: string, flags: ApproveFlags) => {
      const by = flags.by ?? (await userName(context.cwd));
      await withClient(context, flags, async ({ client }) => {
        const view = await client.approvals(run);
        const digest = approvalDigest(view, run, flags.digest);
        const approval: Approval = {
          by,
          ...(flags.reason !== undefined && { reason: flags.reason }),
          ...(digest !== undefined && { digest }),
        };
        if (flags.printStatement) {
          printStatement(context, view, approval);
          return;
        }
        const signed = await sign(context, view, approval, flags);
        const voice = { ...approval, ...(signed && { digest: signed.digest }) };
        const { missing } = await client.decide(run, 'approve', {
          ...voice,
          ...(signed && { signature: signed.signature }),
        });
        const said = {
          run,
          said: 'approve',
          ...voice,
          ...(signed && { key: signed.key }),
          ...(missing && { missing }),
        };
        printData(context, flags, said, () =>
          [
            `approve of ${run} by ${by} counts`,
            ...(signed ? [`signed with ${signed.key}`] : []),
            ...(missing ? [`still missing: ${missing.join(', ')}`] : []),
          ].join('; '),
        );
      });
    });
  withExamples(
    command,
    'graveshift approve demo/night-3',
    'graveshift approve demo/deploy-production --by ana --reason "played it" --key ~/.ssh/id_ed25519',
    'graveshift approve demo/deploy-production --by ana --print-statement | ssh-keygen -Y sign -n graveshift -f KEY',
  );
}

function printStatement(context: CliContext, view: ApprovalsView, approval: Approval): void {
  const digest = approval.digest ?? view.request?.digest;
  if (digest === undefined) throw nothingToSign(view);
  // Exactly the bytes to sign.
  context.stdout.write(statementOf({ verb: 'approve', ...view.run, ...approval, digest }));
}

async function sign(
  context: CliContext,
  view: ApprovalsView,
  approval: Approval,
  flags: ApproveFlags,
): Promise<(Signed & { digest: string }) | undefined> {
  const { policy, request, run } = view;
  const required = request !== undefined && needsSignature(policy, request.before);
  if (flags.unsigned) {
    if (!required) return undefined;
    throw new GraveshiftError(
      'InvalidInput',
      `--unsigned: only signed approvals count before ${request.before} (approvals.signatures in graveshift.json)`,
    );
  }
  const explicit = flags.key ?? context.env.GRAVESHIFT_SIGNING_KEY;
  const named = explicit === '' ? undefined : explicit;
  const digest = approval.digest ?? request?.digest;
  if (digest === undefined) {
    if (flags.key !== undefined) throw nothingToSign(view);
    return undefined;
  }
  const signed = await signApproval(context, {
    statement: { verb: 'approve', ...run, ...approval, digest },
    keys: keysOf(policy, approval.by),
    required,
    named: flags.key ?? (keysOf(policy, approval.by).length > 0 ? named : undefined),
  });
  return signed && { ...signed, digest };
}

function nothingToSign({ run }: ApprovalsView): GraveshiftError {
  return new GraveshiftError(
    'InvalidInput',
    `${run.workflowId} asks for nothing yet: say by --digest, with all 64 digits, what you mean`,
  );
}
