import { InvalidArgumentError } from 'commander';

import { createProjectRegistry } from '../adapters/projects/registry.js';
import { pipelineTypes, type PipelineType } from '../client.js';
import { horrorNightInputSchema } from '../domain/horror-night.js';
import { parseInput } from '../domain/parse-input.js';
import type { Connected } from './connect.js';

/** What a pipeline is called and asked with. */
type Pipeline = {
  /** Throws InvalidInput that names each field. */
  check: (input: unknown) => { project?: string | undefined };
  /** The part of the workflow id that names the work in its project. */
  subject: (input: unknown) => string;
};

const pipelines: Record<PipelineType, Pipeline> = {
  horrorNight: {
    check: (input) => parseInput(horrorNightInputSchema, 'the input of horrorNight', input),
    subject: (input) => `night-${horrorNightInputSchema.parse(input).night}`,
  },
};

export function parsePipelineType(text: string): PipelineType {
  const type = pipelineTypes.find((known) => known === text);
  if (type !== undefined) return type;
  throw new InvalidArgumentError(`expected one of: ${pipelineTypes.join(', ')}.`);
}

export type StartedRun = { workflowId: string; runId: string; project: string };

/**
 * Checks the input before anything is started, fills in the project where only one is registered, and starts the run
 * as `<project>/<work>`: Temporal refuses a second one of the same work while one runs.
 */
export async function startPipeline(
  connected: Connected,
  type: PipelineType,
  input: Record<string, unknown>,
  options: { id?: string | undefined; requestedBy: string },
): Promise<StartedRun> {
  const pipeline = pipelines[type];
  const asked = { requestedBy: options.requestedBy, ...input };
  const { project: named } = pipeline.check(asked);
  const registry = createProjectRegistry({ file: connected.settings.projectsFile });
  // Elsewhere the worker has its own list of projects: the name is its to check.
  const elsewhere = connected.stack === undefined && named !== undefined;
  const project = elsewhere ? named : (await registry.resolve(named)).name;
  const workflowId = options.id ?? `${project}/${pipeline.subject(asked)}`;
  const started = await connected.client.start(type, { ...asked, project }, { workflowId });
  return { ...started, project };
}
