/** Workflow id of the entity that says who may publish to a place. */
export function placeWorkflowId(host: string, placeId: string): string {
  return `graveshift/place/${host}/${placeId}`;
}
