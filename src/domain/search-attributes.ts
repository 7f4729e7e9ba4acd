/**
 * The search attributes of every pipeline, as plain data: the server is asked to know them, workflows set them,
 * `graveshift list` and the Web UI filter by them.
 */
export const searchAttributeTypes = {
  /** Name of the project. */
  GraveshiftProject: 'Keyword',
  /** Workflow type, such as `horrorNight`. */
  GraveshiftPipeline: 'Keyword',
  /** The state that `progress` answers. */
  GraveshiftState: 'Keyword',
  /** Environment of the project, such as `staging`. */
  GraveshiftEnvironment: 'Keyword',
  /** Short name of the run, such as `night-3-1a2b3c4d`: it names the run's branch and ledger row. */
  GraveshiftRun: 'Keyword',
  /** Night number; absent in pipelines that make no night. */
  GraveshiftNight: 'Int',
} as const satisfies Record<string, 'Keyword' | 'Int'>;

export type SearchAttributeName = keyof typeof searchAttributeTypes;
export type SearchAttributeType = (typeof searchAttributeTypes)[SearchAttributeName];
