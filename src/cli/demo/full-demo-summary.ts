import { renderReleases } from '../commands/releases.js';
import { renderTimeline } from '../commands/timeline.js';
import type { Colors } from '../context.js';
import { plainText, showDuration } from '../view/text.js';
import { renderNext, renderRows, type DemoEnd } from './demo-summary.js';
import type { FullDemoResult } from './full-demo-result.js';

/** What happened when, what each place got, what is live, and what it took. */
export function renderFullDemo(
  { deploys, rollbacks, releases, live, timelines, durationMs }: FullDemoResult,
  end: DemoEnd,
  colors: Colors,
): string[] {
  const { name, directory } = end.project;
  const rows: [string, string][] = [
    ['project', directory],
    ['live', `${live.tag}, as version ${live.version} of place ${live.placeId}`],
    ...deploys.map((deploy): [string, string] => [
      'deploy',
      `${deploy.from}: ${describeDeploy(deploy)}, ${deploy.actions} Actions`,
    ]),
    ...rollbacks.map((back): [string, string] => [
      'rollback',
      `by ${plainText(back.requestedBy)}: ${back.tag} published ${back.publishedAfterSeconds.toFixed(1)} s after the request, ${back.actions} Actions`,
    ]),
    ['took', showDuration(durationMs)],
    ...(end.ui === undefined ? [] : [['Web UI', end.ui] satisfies [string, string]]),
  ];
  return [
    ...timelines.flatMap(({ run, entries }) => [...renderTimeline(run, entries, colors), '']),
    colors.bold('Versions of both places, the newest first'),
    ...renderReleases(releases).map((line) => `  ${line}`),
    '',
    colors.bold('To production, and back.'),
    ...renderRows(rows),
    '',
    ...renderNext(end, [
      `place status --project ${name}`,
      `timeline ${name}/rollback-production-start`,
      `releases --project ${name}`,
      `drill --project ${name} --watch`,
    ]),
    `  git -C ${directory} log --graph --oneline main`,
  ];
}

function describeDeploy(deploy: FullDemoResult['deploys'][number]): string {
  switch (deploy.outcome) {
    case 'kept':
      return `kept as ${deploy.release.tag}, version ${deploy.version}`;
    case 'taken-back':
      return `version ${deploy.version} was taken back (${plainText(deploy.reason)})`;
  }
}
