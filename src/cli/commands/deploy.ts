import { announceStart } from '../announce-start.js';
import { type CommandKit, type CommonFlags, withConnection, withExamples } from '../command-kit.js';
import { withClient } from '../connect.js';
import { preparePipeline, startPipeline } from '../pipelines.js';
import { userName } from '../user-name.js';

type DeployFlags = CommonFlags & {
  project?: string;
  from?: string;
  to?: string;
  place?: string;
  releaseVersion?: string;
  dryRun?: true;
  ramp?: string;
  notBefore?: string;
  notAfter?: string;
  id?: string;
  by?: string;
  reason?: string;
  watch?: true;
};

export function addDeploy({ program, context, exitWith }: CommandKit): void {
  const command = withConnection(program.command('deploy'))
    .description('take what staging holds to players: tested, approved, published once, proven and watched')
    .option('--project <name>', 'a registered project (default: the only one)')
    .option('--from <tag>', 'a staged tag or commit (default: what staging holds)')
    .option('--to <environment>', 'where it goes (default: production)')
    .option('--place <name>', 'a place of that environment (default: start)')
    .option('--release-version <x.y.z>', 'version of the release (default: the next one)')
    .option('--dry-run', 'check everything and change nothing; print the calls that would be made')
    .option('--ramp <key>', 'publish dark, then switch this config key on for more and more players')
    .option('--not-before <time>', 'earliest time at which it may go to players, as in 2026-10-31T18:00:00Z')
    .option('--not-after <time>', 'latest time: after it the deploy ends without publishing')
    .option('--id <workflow-id>', 'workflow id (default: PROJECT/deploy-ENVIRONMENT-PLACE)')
    .option('--by <name>', "who asks (default: Git's user.name, else the account)")
    .option('--reason <text>', 'why, for the record')
    .option('--watch', 'stay and show the run until it ends; exits as "watch" does')
    .action(async (flags: DeployFlags) => {
      const requestedBy = flags.by ?? (await userName(context.cwd));
      const request = preparePipeline('deploy', inputOf(flags), requestedBy);
      await withClient(context, flags, async (connected) => {
        const run = await startPipeline(connected, request, { id: flags.id });
        exitWith(await announceStart(context, connected, run, flags));
      });
    });
  withExamples(
    command,
    'graveshift deploy --watch',
    'graveshift deploy --from night-3 --ramp night3Enabled --by ana',
    'graveshift deploy --dry-run --watch',
    'graveshift deploy --not-before 2026-10-31T18:00:00Z --not-after 2026-10-31T20:00:00Z',
  );
}

function inputOf(flags: DeployFlags): Record<string, unknown> {
  const { project, from, to, place, releaseVersion, dryRun, ramp, notBefore, notAfter, reason } = flags;
  const window = {
    ...(notBefore !== undefined && { notBefore }),
    ...(notAfter !== undefined && { notAfter }),
  };
  return {
    ...(project !== undefined && { project }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(place !== undefined && { place }),
    ...(releaseVersion !== undefined && { version: releaseVersion }),
    ...(dryRun && { dryRun }),
    ...(ramp !== undefined && { ramp: { key: ramp } }),
    ...(Object.keys(window).length > 0 && { window }),
    ...(reason !== undefined && { reason }),
  };
}
