/** A name for files about a run that says which run it is, and that every file system takes. */
export function runFileName({ workflowId, runId }: { workflowId: string; runId: string }): string {
  return `${workflowId.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 100)}-${runId.slice(-8)}`;
}
