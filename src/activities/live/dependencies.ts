import type { CallOptions, Clock, OpenCloudClient } from '../../adapters/open-cloud/index.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { ProjectFiles, PublishTarget } from '../../domain/project.js';
import type { IntentLog } from '../../domain/publish-log.js';
import { activitySignal, isRescue } from '../support/context.js';

export type LiveDependencies = {
  clientFor: (target: PublishTarget) => Promise<OpenCloudClient>;
  intents: IntentLog;
  projectFiles: ProjectFiles;
  /** The script that the project's configuration names at the commit; undefined where it names none. */
  readTestScript: (
    project: string,
    commit: string,
  ) => Promise<{ path: string; source: string; timeoutSeconds?: number } | undefined>;
  clock: Clock;
};

export function callOptions(): CallOptions {
  const signal = activitySignal();
  return { ...(signal && { signal }), ...(isRescue() && { urgent: true }) };
}

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The failure of a call that its caller can live without; what is no failure of a call is passed on. */
export function failureOf(error: unknown): GraveshiftError {
  if (error instanceof GraveshiftError) return error;
  throw error;
}
