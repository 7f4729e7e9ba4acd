import { z } from 'zod';

/** What `horrorNight` answers when the night was staged. */
export const stagedNightSchema = z.object({
  project: z.string(),
  night: z.number(),
  commit: z.string(),
  tag: z.string(),
  placeSha256: z.string(),
  assets: z.number(),
  staging: z.object({ placeId: z.string(), version: z.number() }),
});
export type StagedNight = z.infer<typeof stagedNightSchema>;

/** The last line of `graveshift demo --json`. */
export type DemoResult = {
  /** Temporal's run id; its first eight digits end the run's short name. */
  runId: string;
  night: number;
  commit: string;
  placeSha256: string;
  assets: number;
  staging: { placeId: string; version: number };
  /** From the command's start to the staged night, the start of the stack included. */
  durationMs: number;
  /** Of the run, its children and its share of the place entity; see `countRunActions`. */
  actions: number;
  historyEvents: number;
};

export function demoResult(
  staged: StagedNight,
  measured: Pick<DemoResult, 'runId' | 'durationMs' | 'actions' | 'historyEvents'>,
): DemoResult {
  const { night, commit, placeSha256, assets, staging } = staged;
  const { runId, durationMs, actions, historyEvents } = measured;
  return { runId, night, commit, placeSha256, assets, staging, durationMs, actions, historyEvents };
}
