import type { ReleaseRecord } from '../../adapters/ledger/index.js';
import {
  type CommandKit,
  type JsonFlag,
  printData,
  withExamples,
  withHome,
  withJson,
} from '../command-kit.js';
import { withLocalReleases } from '../local-releases.js';
import { alignColumns, plainText } from '../view/text.js';

type ListFlags = JsonFlag & { home?: string; project?: string; environment?: string };

export function addReleases({ program, context }: CommandKit): void {
  const command = withJson(withHome(program.command('releases')))
    .description('list what was published to which environment, the latest first, and how it fared')
    .option('--project <name>', 'only of this project')
    .option('--environment <name>', 'only to this environment, such as production')
    .action(async ({ project, environment, ...flags }: ListFlags) => {
      await withLocalReleases(context, flags, async ({ ledger }) => {
        const releases = await ledger.releases.list({
          ...(project !== undefined && { project }),
          ...(environment !== undefined && { environment }),
        });
        if (releases.length === 0 && !flags.json) context.say('no releases');
        else printData(context, flags, releases, () => renderReleases(releases).join('\n'));
      });
    });
  withExamples(
    command,
    'graveshift releases --environment production',
    `graveshift releases --json | jq '.[] | select(.status == "rolled-back")'`,
  );
}

export function renderReleases(releases: readonly ReleaseRecord[]): string[] {
  const rows = releases.map((release) => [
    release.project,
    `${release.environment}/${release.placeName}`,
    plainText(release.releaseVersion ?? release.tag),
    String(release.version),
    release.status,
    release.commit.slice(0, 9),
    release.releasedAt.slice(0, 19).replace('T', ' '),
    plainText(release.statusReason ?? ''),
  ]);
  const header = ['PROJECT', 'PLACE', 'RELEASE', 'VERSION', 'STATUS', 'COMMIT', 'PUBLISHED (UTC)', 'REASON'];
  return alignColumns([header, ...rows]);
}
