/**
 * A worker with the bench's workflow, and the activities, queues and slots of the real one, for the roles that
 * `GRAVESHIFT_ROLES` names. Its argument is the bundle.
 */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { createActivityInterceptor } from '../../dist/activities/support/interceptor.js';
import { loadTemporalSettings } from '../../dist/adapters/temporal/index.js';
import { announceReady, onStopRequest } from '../../dist/stack/child-protocol.js';
import { createWorkerActivities } from '../../dist/worker/activities.js';
import { loadWorkerSettings } from '../../dist/worker/settings.js';

const slots = { workflows: 20, openCloud: 8 };
const cachedWorkflows = 100;

const settings = loadWorkerSettings(process.env);
const temporal = loadTemporalSettings(process.env);
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const connection = await NativeConnection.connect(temporal.connection);
const { byRole, close } = await createWorkerActivities(settings, process.env);
const common = {
  connection,
  namespace: temporal.namespace,
  interceptors: { activity: [createActivityInterceptor((text) => text)] },
};
const queues = {
  workflows: {
    taskQueue: settings.taskQueue,
    workflowBundle: { codePath: process.argv[2] },
    maxConcurrentActivityTaskExecutions: slots.workflows,
    maxCachedWorkflows: cachedWorkflows,
  },
  'open-cloud': {
    taskQueue: `${settings.taskQueue}-open-cloud`,
    maxConcurrentActivityTaskExecutions: slots.openCloud,
  },
};
const workers = await Promise.all(
  Object.entries(queues)
    .filter(([role]) => settings.roles.includes(role))
    .map(([role, queue]) => Worker.create({ ...common, ...queue, activities: byRole[role] })),
);
onStopRequest(() =>
  workers.filter((worker) => worker.getState() === 'RUNNING').forEach((worker) => worker.shutdown()),
);
const running = Promise.all(workers.map((worker) => worker.run()));
announceReady();
await running;
await close();
await connection.close();
