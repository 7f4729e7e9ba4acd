import type { Colors } from '../context.js';
import { showDuration } from '../view/text.js';
import type { DemoProject } from './demo-project.js';
import type { DemoResult, StagedNight } from './demo-result.js';

/** What the demo says at its end: what was made, where it is seen, what to try next. */
export function renderDemoSummary(
  shown: {
    staged: StagedNight;
    result: DemoResult;
    project: DemoProject;
    workflowId: string;
    ui: string | undefined;
    runAddress: string | undefined;
    /** True when the stack ends with the demo. */
    stackEnds: boolean;
    command: string;
    home: string | undefined;
  },
  colors: Colors,
): string[] {
  const { staged, result, project, workflowId, ui, runAddress, stackEnds, command } = shown;
  const flag = shown.home === undefined ? '' : ` --home ${shown.home}`;
  const rows: [string, string][] = [
    ['project', project.directory],
    ['commit', staged.commit],
    ['tag', staged.tag],
    ['place SHA-256', staged.placeSha256],
    ['staging', `version ${staged.staging.version} of place ${staged.staging.placeId}`],
    ['assets', String(staged.assets)],
    ['took', `${showDuration(result.durationMs)}, ${result.actions} Actions, ${result.historyEvents} events`],
    ...(ui === undefined ? [] : [['Web UI', ui] satisfies [string, string]]),
    ...(runAddress === undefined ? [] : [['run', runAddress] satisfies [string, string]]),
  ];
  const next = [
    ...(stackEnds ? [`${command} up${flag}`] : []),
    `${command} show ${workflowId}${flag}`,
    `${command} open ${workflowId}${flag}`,
    `${command} night ${staged.night + 1} --project ${project.name} --watch${flag}`,
    `git -C ${project.directory} log --stat ${staged.tag}`,
  ];
  return [
    colors.bold(`Night ${staged.night} is staged.`),
    ...rows.map(([name, value]) => `  ${name.padEnd(14)} ${value}`),
    '',
    stackEnds
      ? 'The stack of the demo stops now; its state stays. Next, with the first one left running:'
      : 'Next:',
    ...next.map((line) => `  ${line}`),
  ];
}
