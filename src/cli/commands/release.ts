import type { ReleaseRecord } from '../../adapters/ledger/index.js';
import { readDetailedPlace } from '../../adapters/rojo/index.js';
import { diffReleases, type ReleaseSide } from '../../domain/release-diff.js';
import {
  type CommandKit,
  type JsonFlag,
  printData,
  withExamples,
  withHome,
  withJson,
} from '../command-kit.js';
import { findRelease, type LocalReleases, readManifest, withLocalReleases } from '../local-releases.js';
import { renderReleaseDiff } from '../view/release-diff.js';
import { renderRelease } from '../view/release.js';

type ReleaseFlags = JsonFlag & { home?: string; project?: string };

const names = 'a version (1.4.0), tag, digest, run or commit';

export function addRelease({ program, context }: CommandKit): void {
  const release = program.command('release').description('one release, or the difference of two');

  const show = withJson(withHome(release.command('show')))
    .description('show a release: gates, approvals, and where it was published')
    .argument('<name>', names)
    .option('--project <name>', 'the project, where several have a release of that name')
    .action(async (name: string, flags: ReleaseFlags) => {
      await withLocalReleases(context, flags, async (local) => {
        const found = await findRelease(local, name, flags.project);
        const manifest = await readManifest(local, found);
        const published = (await local.ledger.releases.list({ project: found.project })).filter(
          ({ place, placeName }) => place.sha256 === found.place.sha256 && placeName === found.placeName,
        );
        const shown = { release: found, ...(manifest && { manifest }), published };
        printData(context, flags, shown, () => renderRelease(shown).join('\n'));
      });
    });
  withExamples(
    show,
    'graveshift release show 1.4.0',
    'graveshift release show night-3 --json | jq .manifest.gates',
  );

  const diff = withJson(withHome(release.command('diff')))
    .description('what the second release brings over the first: scripts, instances, assets, config')
    .argument('<before>', names)
    .argument('<after>', names)
    .option('--project <name>', 'the project, where several have a release of that name')
    .action(async (before: string, after: string, flags: ReleaseFlags) => {
      await withLocalReleases(context, flags, async (local) => {
        const [left, right] = [
          await findRelease(local, before, flags.project),
          await findRelease(local, after, flags.project),
        ];
        const difference = diffReleases(await readSide(local, left), await readSide(local, right));
        const shown = { before: nameOf(left), after: nameOf(right), ...difference };
        printData(context, flags, shown, () => renderReleaseDiff(shown).join('\n'));
      });
    });
  withExamples(diff, 'graveshift release diff 1.3.0 1.4.0', 'graveshift release diff v1.4.0 night-5 --json');
}

async function readSide(local: LocalReleases, release: ReleaseRecord): Promise<ReleaseSide> {
  const manifest = await readManifest(local, release);
  const instances = readDetailedPlace(await local.artifacts.get(release.place));
  return { instances, ...(manifest && { sealed: manifest.content }) };
}

function nameOf({ releaseVersion, tag, place, commit }: ReleaseRecord) {
  return { name: releaseVersion ?? tag, commit, placeSha256: place.sha256 };
}
