import type { RunSummary } from '../client.js';

/** What a person calls the run, such as `Night 3 of demo (demo/night-3)`. */
export function titleOf({ workflowId, night, project, pipeline }: RunSummary): string {
  const what = night === undefined ? pipeline : `Night ${night}`;
  return `${what}${project === undefined ? '' : ` of ${project}`} (${workflowId})`;
}
