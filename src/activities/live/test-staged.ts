import { z } from 'zod';

import type { LuauTask, OpenCloudClient } from '../../adapters/open-cloud/index.js';
import { stagingScript, testsFolder } from '../../adapters/luau/index.js';
import type { LiveActivities } from '../../domain/deploy-activities.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { PublishTarget } from '../../domain/project.js';
import { gateResult, type GateResult } from '../../domain/gate.js';
import { activitySignal, keepProgress, keptProgress } from '../support/context.js';
import { callOptions, type LiveDependencies } from './dependencies.js';

const gate = 'staging-tests';
/** Used where the project has it and its configuration names no other. */
const defaultScript = 'tests/staging.luau';
const defaultTimeoutSeconds = 120;
const pollMs = { first: 1_000, longest: 10_000 };
/** Ten unfinished tasks a place, five minutes each: a queue longer than this does not move. */
const queuedMs = 10 * 60_000;
const loggedLines = 10;

const progressSchema = z.object({ path: z.string() });

/** What a script answers where it counts its tests itself; one that only returns has passed. */
const resultSchema = z.object({ passed: z.number(), failures: z.array(z.string()) });

export function createTestStaged({
  clientFor,
  projectFiles,
  readTestScript,
  clock,
}: Pick<
  LiveDependencies,
  'clientFor' | 'projectFiles' | 'readTestScript' | 'clock'
>): LiveActivities['testStaged'] {
  return async ({ project, commit, target, version }) => {
    const client = await clientFor(target);
    const script = await findScript(project, commit);
    const timeoutSeconds = script.timeoutSeconds ?? defaultTimeoutSeconds;
    const task = await resume(client, target, version, { ...script, timeoutSeconds });
    const ended = await waitFor(client, task, timeoutSeconds);
    const logs = await client.listLuauTaskLogs(ended.path, callOptions());
    return verdictOf(ended, logs, { name: script.path, version, timeoutSeconds });
  };

  async function findScript(project: string, commit: string) {
    const configured = await readTestScript(project, commit);
    if (configured !== undefined) return configured;
    const own = await projectFiles.read(project, commit, defaultScript);
    if (own !== undefined) return { path: defaultScript, source: new TextDecoder().decode(own) };
    const specs = new Map<string, string>();
    for (const path of await projectFiles.list(project, commit, testsFolder)) {
      const bytes = path.endsWith('.luau') ? await projectFiles.read(project, commit, path) : undefined;
      const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.luau$/, '');
      if (bytes !== undefined) specs.set(name, new TextDecoder().decode(bytes));
    }
    return { path: 'the built-in tests', source: await stagingScript(commit, specs) };
  }

  /** The task of an attempt whose worker died runs on: it is found by what that attempt kept. */
  async function resume(
    client: OpenCloudClient,
    target: PublishTarget,
    version: number,
    { source, timeoutSeconds }: { source: string; timeoutSeconds: number },
  ): Promise<LuauTask> {
    const kept = progressSchema.safeParse(keptProgress());
    if (kept.success) {
      try {
        const task = await client.getLuauTask(kept.data.path, callOptions());
        if (!isLost(task)) return task;
      } catch (error) {
        // Tasks are forgotten after a day; an outage is no such answer.
        if (!(error instanceof GraveshiftError) || error.kind !== 'DeploymentFailure') throw error;
      }
    }
    const { universeId, placeId } = target;
    try {
      const task = await client.createLuauTask(
        universeId,
        placeId,
        version,
        { script: source, timeoutSeconds },
        callOptions(),
      );
      keepProgress({ path: task.path });
      return task;
    } catch (error) {
      if (!(error instanceof GraveshiftError) || error.kind !== 'OutcomeUnknown') throw error;
      // A second task changes nothing but the quota: no place is written by one.
      throw new GraveshiftError('ServiceUnavailable', error.message, {
        details: error.details,
        cause: error,
      });
    }
  }

  async function waitFor(
    client: OpenCloudClient,
    first: LuauTask,
    timeoutSeconds: number,
  ): Promise<LuauTask> {
    const deadline = clock.now() + queuedMs + timeoutSeconds * 1000;
    let task = first;
    for (let wait = pollMs.first; !isEnded(task); wait = Math.min(wait * 2, pollMs.longest)) {
      if (clock.now() >= deadline) {
        throw unavailable(task, `is still ${task.state}`);
      }
      await clock.sleep(wait, activitySignal());
      task = await client.getLuauTask(task.path, callOptions());
    }
    if (isLost(task)) throw unavailable(task, task.error?.message ?? 'was cancelled');
    return task;
  }
}

const isEnded = ({ state }: LuauTask) => state !== 'queued' && state !== 'processing';

/** Ended by the service, not by the script: it says nothing about the version, and another one may. */
const isLost = ({ state, error }: LuauTask) =>
  state === 'cancelled' || (state === 'failed' && (error === undefined || error.code === 'INTERNAL_ERROR'));

function unavailable(task: LuauTask, problem: string): GraveshiftError {
  return new GraveshiftError(
    'ServiceUnavailable',
    `The Luau task ${task.path} ${problem}. Try again later.`,
    {
      details: { path: task.path, state: task.state },
    },
  );
}

function verdictOf(
  task: LuauTask,
  logs: readonly string[],
  { name, version, timeoutSeconds }: { name: string; version: number; timeoutSeconds: number },
): GateResult {
  const where = `${name}, on version ${String(version)}`;
  if (task.state === 'failed') {
    const problem =
      task.error?.code === 'DEADLINE_EXCEEDED'
        ? `did not end within ${String(timeoutSeconds)} s`
        : `failed: ${task.error?.message ?? ''}`;
    const failing = logs.filter((line) => /fail|error/i.test(line));
    const lines = (failing.length > 0 ? failing : logs).slice(-loggedLines);
    return gateResult(gate, 'fail', `${where}, ${problem}`, lines);
  }
  const result = resultSchema.safeParse(task.results[0]);
  if (!result.success) return gateResult(gate, 'pass', `${where}, ran to its end`);
  const { passed, failures } = result.data;
  if (failures.length > 0) {
    return gateResult(
      gate,
      'fail',
      `${where}: ${String(failures.length)} failed, ${String(passed)} passed`,
      failures,
    );
  }
  return passed === 0
    ? gateResult(gate, 'inconclusive', `${where}: it holds no test`)
    : gateResult(gate, 'pass', `${where}: ${String(passed)} tests passed`);
}
