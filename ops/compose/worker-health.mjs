// Exits with 0 when this container's worker has lately asked the server for work, with 1 and the reason otherwise.
// A process that hangs, or lost its server, stops polling; that it exists proves nothing.
import { hostname } from 'node:os';

import { Connection } from '@temporalio/client';

// A poll waits 60 s for work at the most, so that a live worker comes back within this time.
const freshMs = 90_000;
const workflowTasks = 1;

const {
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
  GRAVESHIFT_HEALTH_HOST: host,
} = process.env;
const taskQueue = 'graveshift';

try {
  const connection = await Connection.connect({ address, connectTimeout: '5s' });
  try {
    const { pollers } = await connection.withDeadline(Date.now() + 5000, () =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: workflowTasks,
      }),
    );
    const mine = pollers.filter(({ identity }) => identity?.includes(host ?? hostname()));
    const last = Math.max(...mine.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000));
    if (!(Date.now() - last < freshMs)) {
      throw new Error(`no worker of ${host ?? hostname()} polls "${taskQueue}" in ${namespace}`);
    }
  } finally {
    await connection.close();
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
