/** The run's history and, below it, its children's, each with the workflow's id. */
export async function fetchRunHistories(client, { workflowId, runId }) {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const children = (events ?? []).flatMap((event) => {
    const started = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    return started ? [started] : [];
  });
  const below = [];
  for (const child of children) below.push(...(await fetchRunHistories(client, child)));
  return [{ workflowId, events: events ?? [] }, ...below];
}
