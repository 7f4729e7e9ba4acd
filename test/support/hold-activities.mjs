/**
 * Loaded into a worker before its own code (`node --import`), so that a test can kill it at a boundary that is too short
 * to be hit by chance: the first attempt of each activity of the workflow stands still, before its effect or after it and
 * before its answer is sent, until the process dies. A death is noticed by the heartbeat timeout, and by the timeout of
 * the dead worker's own queue of workflow tasks: a shorter heartbeat and no cached workflows make dozens of deaths
 * affordable, and have each workflow task replay the whole history.
 */
import { appendFileSync, readFileSync } from 'node:fs';

import { Worker } from '@temporalio/worker';

const { hold, log } = JSON.parse(process.env.GRAVESHIFT_TEST_HOLD);
// The tools that the worker runs are not to load this file.
delete process.env.NODE_OPTIONS;

const create = Worker.create.bind(Worker);
Worker.create = ({ interceptors, workflowBundle, ...options }) =>
  create({
    ...options,
    maxCachedWorkflows: 0,
    ...(workflowBundle && { workflowBundle: { code: withShortHeartbeats(workflowBundle.codePath) } }),
    interceptors: { ...interceptors, activity: [holding, ...interceptors.activity] },
  });

function withShortHeartbeats(codePath) {
  const code = readFileSync(codePath, 'utf8');
  const short = code.replaceAll(/heartbeatTimeout: ?(['"])\w+\1/g, `heartbeatTimeout: '${hold.heartbeat}'`);
  if (short === code) throw new Error('The bundle names no heartbeat timeout');
  return short;
}

function holding({ info }) {
  const { activityId, activityType, workflowType } = info;
  const isHeld =
    workflowType === hold.workflowType &&
    !hold.passed.some(
      ({ id, type }) => id === activityId || (type === activityType && hold.once.includes(type)),
    );
  const standStill = () => {
    appendFileSync(log, `${JSON.stringify({ id: activityId, type: activityType })}\n`);
    return new Promise(() => undefined);
  };
  return {
    inbound: {
      async execute(input, next) {
        if (isHeld && hold.moment === 'before') await standStill();
        const result = await next(input);
        if (isHeld && hold.moment === 'after') await standStill();
        return result;
      },
    },
  };
}
