import type { ReleaseRecord } from '../../adapters/ledger/index.js';
import type { ReleaseManifest } from '../../domain/release.js';
import { alignColumns, plainText } from './text.js';

export type ShownRelease = {
  release: ReleaseRecord;
  manifest?: ReleaseManifest;
  /** Every version that has these bytes, the newest first. */
  published: readonly ReleaseRecord[];
};

export function renderRelease({ release, manifest, published }: ShownRelease): string[] {
  const name = release.releaseVersion ?? release.tag;
  const facts: string[][] = [
    ['place', `${release.placeName}, ${Math.ceil(release.place.bytes / 1024)} KiB, ${release.place.sha256}`],
    ['commit', release.commit],
    ['tag', release.tag],
    ...(release.night === undefined ? [] : [['night', String(release.night)]]),
    ['run', manifest?.run.workflowId ?? release.runId],
    ...(manifest && release.manifest !== undefined
      ? [
          ['approved', manifest.release],
          ['manifest', release.manifest],
          ['assets', String(manifest.content.assets.length)],
        ]
      : [['manifest', 'none: it was staged, and never went to players']]),
  ];
  const config = Object.entries(manifest?.content.config ?? {});
  const gates = manifest?.gates ?? release.gates;
  const approvals = manifest?.approvals ?? release.approvals;
  return [
    `Release ${name} of ${release.project}`,
    ...indented(alignColumns(facts)),
    ...section(
      'Gates',
      alignColumns(gates.map(({ gate, verdict, summary }) => [gate, verdict, plainText(summary)])),
    ),
    ...section(
      'Approvals',
      approvals.map(({ by, at, key, reason }) => {
        const signed = key === undefined ? 'unsigned' : `signed by ${key}`;
        return plainText(`${by}, ${at}, ${signed}${reason === undefined ? '' : `: ${reason}`}`);
      }),
    ),
    ...section(
      'Config',
      config.map(([key, value]) => plainText(`${key} = ${JSON.stringify(value)}`)),
    ),
    ...section('Published', renderPublished(published)),
  ];
}

function renderPublished(published: readonly ReleaseRecord[]): string[] {
  const rows = published.map((release) => [
    release.environment,
    `version ${release.version} of place ${release.placeId}`,
    release.status,
    release.releasedAt,
    plainText(release.statusReason ?? ''),
  ]);
  return alignColumns(rows);
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...indented(lines.length === 0 ? ['none'] : lines)];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
