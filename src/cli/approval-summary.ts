import type { ApprovalRequest } from '../domain/approval.js';
import type { NightAsset } from '../domain/asset.js';
import type { Verdict } from '../domain/gate.js';
import type { CandidateView } from './candidate.js';
import type { Colors } from './context.js';
import { alignColumns, plainText } from './view/text.js';

/** What a person is asked to approve, as lines: assets, code, checks, cost. */
export function renderApproval(
  asked: {
    request: ApprovalRequest;
    candidate: CandidateView;
    assets: readonly NightAsset[];
    thumbnails: ReadonlyMap<string, string>;
    costUsd: number;
  },
  colors: Colors,
): string[] {
  const { request, candidate, assets, thumbnails, costUsd } = asked;
  const { stat, commit, branch, place, scripts, instances, gates } = candidate;
  return [
    colors.bold(`To be approved before ${plainText(request.before)} (digest ${request.digest.slice(0, 12)})`),
    '',
    `Assets: ${assets.length}`,
    ...assetRows(assets, thumbnails).map((row) => `  ${row}`),
    '',
    `Code: ${stat.files} files, +${stat.insertions} −${stat.deletions} lines, commit ${commit.slice(0, 9)} on ${plainText(branch)}`,
    `Place: ${scripts} scripts, ${instances} instances, ${Math.ceil(place.bytes / 1024)} KiB, SHA-256 ${place.sha256.slice(0, 12)}…`,
    'Checks:',
    ...gates.map(
      ({ gate, verdict, summary }) => `  ${markOf(verdict, colors)} ${gate}: ${plainText(summary)}`,
    ),
    `Cost: $${costUsd.toFixed(2)}`,
  ];
}

function assetRows(assets: readonly NightAsset[], thumbnails: ReadonlyMap<string, string>): string[] {
  return alignColumns(
    assets.map(({ id, role, triangles, moderation, reused, thumbnail }) => [
      id,
      role,
      `${triangles} triangles`,
      reused ? 'from the store' : 'new',
      moderation,
      thumbnails.get(id) ?? thumbnail.sha256.slice(0, 12),
    ]),
  );
}

function markOf(verdict: Verdict, colors: Colors): string {
  switch (verdict) {
    case 'pass':
      return colors.green('✔');
    case 'fail':
      return colors.red('✖');
    case 'inconclusive':
      return colors.yellow('?');
  }
}
