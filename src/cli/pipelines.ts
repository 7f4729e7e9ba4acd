import { InvalidArgumentError } from 'commander';

import { createProjectRegistry } from '../adapters/projects/registry.js';
import { pipelineTypes, type PipelineType } from '../client.js';
import { contentId, contentInputSchema, requestOf } from '../domain/content/input.js';
import { planContent } from '../domain/content/plan.js';
import { deployInputSchema, rollbackInputSchema } from '../domain/deploy.js';
import { featurePlanOf } from '../domain/feature/preview.js';
import { featureInputSchema } from '../domain/feature/request.js';
import { horrorNightInputSchema } from '../domain/horror-night.js';
import { parseInput } from '../domain/parse-input.js';
import { seasonSchema } from '../domain/project.js';
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
  feature: {
    check: (input) => {
      const parsed = parseInput(featureInputSchema, 'the input of feature', input);
      featurePlanOf(parsed);
      return parsed;
    },
    subject: (input) => `feature-${featurePlanOf(featureInputSchema.parse(input)).name}`,
  },
  proceduralContent: {
    check: (input) => {
      const parsed = parseInput(contentInputSchema, 'the input of proceduralContent', input);
      // What contradicts itself is refused here already; the season only changes words for mesh generators.
      planContent(requestOf(parsed), seasonSchema.parse({}));
      return parsed;
    },
    subject: (input) => `content-${contentId(contentInputSchema.parse(input))}`,
  },
  deploy: {
    check: (input) => parseInput(deployInputSchema, 'the input of deploy', input),
    subject: (input) => {
      const { to, place, dryRun } = deployInputSchema.parse(input);
      return `deploy-${to}-${place}${dryRun ? '-dry-run' : ''}`;
    },
  },
  emergencyRollback: {
    check: (input) => parseInput(rollbackInputSchema, 'the input of emergencyRollback', input),
    subject: (input) => {
      const { environment, place, drill } = rollbackInputSchema.parse(input);
      return `${drill ? 'drill' : 'rollback'}-${environment}-${place}`;
    },
  },
};

export function parsePipelineType(text: string): PipelineType {
  const type = pipelineTypes.find((known) => known === text);
  if (type !== undefined) return type;
  throw new InvalidArgumentError(`expected one of: ${pipelineTypes.join(', ')}.`);
}

/** An input that was checked, so that nothing is asked of anybody for a wrong one. */
export type PipelineRequest = {
  type: PipelineType;
  input: Record<string, unknown>;
  project?: string | undefined;
  subject: string;
};

/** @throws GraveshiftError `InvalidInput` that names each field and what it should have been */
export function preparePipeline(
  type: PipelineType,
  input: Record<string, unknown>,
  requestedBy: string,
): PipelineRequest {
  const asked = { requestedBy, ...input };
  const { project } = pipelines[type].check(asked);
  return { type, input: asked, project, subject: pipelines[type].subject(asked) };
}

export type StartedRun = { workflowId: string; runId: string; project: string };

/**
 * Fills in the project where only one is registered, and starts the run as `<project>/<work>`: Temporal refuses a
 * second one of the same work while one runs.
 */
export async function startPipeline(
  connected: Pick<Connected, 'client' | 'settings' | 'stack'>,
  { type, input, project: named, subject }: PipelineRequest,
  options: { id?: string | undefined } = {},
): Promise<StartedRun> {
  const registry = createProjectRegistry({ file: connected.settings.projectsFile });
  // Elsewhere the worker has its own list of projects: the name is its to check.
  const elsewhere = connected.stack === undefined && named !== undefined;
  const project = elsewhere ? named : (await registry.resolve(named)).name;
  const workflowId = options.id ?? `${project}/${subject}`;
  const started = await connected.client.start(type, { ...input, project }, { workflowId });
  return { ...started, project };
}
