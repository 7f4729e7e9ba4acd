import { fileURLToPath } from 'node:url';

import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';

import { createActivityInterceptor } from './activities/support/interceptor.js';
import { createRedactor } from './activities/support/redact.js';
import { connectClient, ensureSearchAttributes, loadTemporalSettings } from './adapters/temporal/index.js';
import { announceReady, onStopRequest } from './stack/child-protocol.js';
import { createWorkerActivities } from './worker/activities.js';
import { loadWorkerSettings, type WorkerRole, type WorkerSettings } from './worker/settings.js';

/**
 * Activities at a time. Meshes and builds are work of this machine's processor; Open Cloud mostly waits. A GPU has at
 * most two jobs outstanding, or priority would mean nothing.
 */
const concurrency: Record<WorkerRole, number> = {
  workflows: 20,
  gpu: 2,
  build: 2,
  // Mostly waiting: each deploy's watch and proof hold one while they last.
  'open-cloud': 32,
  // Its own slots: a rollback never waits behind a night's work.
  rescue: 8,
};

/** About 4 MB each at worst: bounds the worker's memory; an evicted run is replayed when it goes on. */
const cachedWorkflows = 100;
const cachedRollbacks = 10;

/** How long running activities may go on after a request to stop, before they are cancelled. */
const shutdownGraceTime = '20s';

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const settings = loadWorkerSettings(env);
  const temporal = loadTemporalSettings(env);
  // Standard output is for the ready line; the log goes to standard error, one JSON object a line.
  Runtime.install({
    logger: new DefaultLogger('WARN', (entry) => {
      if (isExpected(entry.message)) return;
      process.stderr.write(`${JSON.stringify(plainEntry(entry))}\n`);
    }),
    shutdownSignals: [],
  });

  const { connection: clientConnection, close: closeClient } = await connectClient(temporal);
  await ensureSearchAttributes(clientConnection, temporal.namespace);
  await closeClient();

  const connection = await NativeConnection.connect(temporal.connection);
  const activities = await createWorkerActivities(settings, env);
  try {
    const workers = await Promise.all(
      settings.roles.map((role) =>
        Worker.create({
          connection,
          namespace: temporal.namespace,
          shutdownGraceTime,
          ...optionsFor(role, settings, activities.byRole[role]),
          interceptors: { activity: [createActivityInterceptor(createRedactor(env))] },
        }),
      ),
    );
    const stop = () =>
      workers.filter((worker) => worker.getState() === 'RUNNING').forEach((worker) => worker.shutdown());
    onStopRequest(stop);
    // All of them end together: what they share is let go of only when none works any more.
    const running = Promise.allSettled(workers.map((worker) => worker.run().finally(stop)));
    announceReady();
    const broken = (await running).find((outcome) => outcome.status === 'rejected');
    if (broken) throw broken.reason;
  } finally {
    await activities.close();
    await connection.close();
  }
}

function optionsFor(role: WorkerRole, { taskQueue }: WorkerSettings, activities: object): WorkerOptions {
  const common = { activities, maxConcurrentActivityTaskExecutions: concurrency[role] };
  const queue = role === 'workflows' ? taskQueue : `${taskQueue}-${role}`;
  if (role !== 'workflows' && role !== 'rescue') return { ...common, taskQueue: queue };
  const codePath = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  const maxCachedWorkflows = role === 'rescue' ? cachedRollbacks : cachedWorkflows;
  return { ...common, taskQueue: queue, workflowBundle: { codePath }, maxCachedWorkflows };
}

/** Most of our workers serve activities only, on purpose. */
function isExpected(message: string): boolean {
  return message.startsWith('No workflows registered');
}

type LogEntry = {
  level: string;
  message: string;
  timestampNanos: bigint;
  meta?: Record<string | symbol, unknown>;
};

function plainEntry({ level, message, timestampNanos, meta }: LogEntry): Record<string, unknown> {
  const { error, ...rest } = meta ?? {};
  return {
    time: new Date(Number(timestampNanos / 1_000_000n)).toISOString(),
    level,
    message,
    ...rest,
    ...(error !== undefined && { error: error instanceof Error ? error.message : JSON.stringify(error) }),
  };
}

try {
  await main(process.env);
} catch (error) {
  process.stderr.write(`The worker cannot run: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
