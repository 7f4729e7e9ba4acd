import type { Colors } from '../context.js';
import { showDuration } from '../view/text.js';
import type { DemoProject } from './demo-project.js';
import type { DemoNight } from './stage-night.js';

/** What a person needs to go on from where the demo ended. */
export type DemoEnd = {
  project: DemoProject;
  ui: string | undefined;
  /** True when the stack ends with the demo. */
  stackEnds: boolean;
  command: string;
  home: string | undefined;
};

/** What the demo says at its end: what was made, where it is seen, what to try next. */
export function renderDemoSummary(
  { run, staged, result, runAddress }: DemoNight & { runAddress: string | undefined },
  end: DemoEnd,
  colors: Colors,
): string[] {
  const rows: [string, string][] = [
    ['project', end.project.directory],
    ['commit', staged.commit],
    ['tag', staged.tag],
    ['place SHA-256', staged.placeSha256],
    ['staging', `version ${staged.staging.version} of place ${staged.staging.placeId}`],
    ['assets', String(staged.assets)],
    ['took', `${showDuration(result.durationMs)}, ${result.actions} Actions, ${result.historyEvents} events`],
    ...(end.ui === undefined ? [] : [['Web UI', end.ui] satisfies [string, string]]),
    ...(runAddress === undefined ? [] : [['run', runAddress] satisfies [string, string]]),
  ];
  return [
    colors.bold(`Night ${staged.night} is staged.`),
    ...renderRows(rows),
    '',
    ...renderNext(end, [
      `show ${run.workflowId}`,
      `open ${run.workflowId}`,
      `night ${staged.night + 1} --project ${end.project.name} --watch`,
      `deploy --project ${end.project.name} --watch`,
    ]),
    `  git -C ${end.project.directory} log --stat ${staged.tag}`,
  ];
}

export function renderRows(rows: readonly (readonly [string, string])[]): string[] {
  return rows.map(([name, value]) => `  ${name.padEnd(14)} ${value}`);
}

export function renderNext({ stackEnds, command, home }: DemoEnd, commands: readonly string[]): string[] {
  const flag = home === undefined ? '' : ` --home ${home}`;
  return [
    stackEnds
      ? 'The stack of the demo stops now; its state stays. Next, with the first one left running:'
      : 'Next:',
    ...[...(stackEnds ? ['up'] : []), ...commands].map((words) => `  ${command} ${words}${flag}`),
  ];
}
