import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { MockActivityEnvironment } from '@temporalio/testing';
import { Agent, type Dispatcher } from 'undici';

import { createPreflightActivities } from '../../src/activities/deploy-preflight.js';
import { createOpenCloudActivities } from '../../src/activities/open-cloud.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createLedger } from '../../src/adapters/ledger/index.js';
import type { CallName } from '../../src/adapters/open-cloud/index.js';
import { createOpenCloudClient, describeCall } from '../../src/adapters/open-cloud/index.js';
import { readStamp } from '../../src/adapters/rojo/index.js';
import { GraveshiftError } from '../../src/domain/failure.js';
import type { LoggedRequest } from '../../src/emulator/index.js';
import { emulatorStateSchema, type EmulatorState } from '../../src/emulator/state.js';
import { liveActivities, targetOf } from '../activities/live-fixtures.js';
import { openStage } from '../open-cloud/harness.js';
import { shortTimeoutMs, type Fault } from './faults.js';

/** As the stations of workflows/support/stations.ts try an activity. */
const stationAttempts = 5;
const settleWindowMs = 10_000;
const testScript = { path: 'tests/staging.luau', source: 'return { passed = 1, failures = {} }' };

export type World = Awaited<ReturnType<typeof openWorld>>;

/** An emulator, a ledger, a store, and the activities over a client for which one call is short of time. */
export async function openWorld(call: CallName, fault: Fault) {
  const stage = await openStage({ operationDelayMs: 1000, luauQueueDelayMs: 0 });
  const ledger = await createLedger({ url: join(stage.folder, 'ledger.sqlite') });
  const dispatcher = call === 'restartUniverse' ? withoutBetaRestarts() : undefined;
  const client = createOpenCloudClient({
    baseUrl: stage.emulator.url,
    apiKey: () => stage.key,
    clock: stage.clock,
    timeoutMs: (name) =>
      fault.name === 'delay' && name === call ? shortTimeoutMs : describeCall(name).timeoutSeconds * 1000,
    ...(dispatcher && { dispatcher }),
  });
  const clientFor = () => Promise.resolve(client);
  const artifacts = createFileArtifactStore({ directory: join(stage.folder, 'artifacts') });
  const shared = { clientFor, artifacts, readStamp, clock: stage.clock };
  const attempts: Attempt[] = [];
  let heartbeatDetails: unknown;

  /** One attempt of an activity, as a worker makes it; what it keeps in heartbeats goes to the next. */
  async function once<Result>(body: () => Promise<Result>): Promise<Result> {
    const before = (await stage.admin.requests()).length;
    const environment = new MockActivityEnvironment(
      heartbeatDetails === undefined ? {} : { heartbeatDetails },
    );
    environment.on('heartbeat', (details: unknown) => {
      heartbeatDetails = details;
    });
    let failure: unknown;
    try {
      return await environment.run(body);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      attempts.push({ failure, requests: (await stage.admin.requests()).slice(before) });
    }
  }

  return {
    stage,
    target: targetOf(stage),
    client,
    ledger,
    artifacts,
    attempts,
    openCloud: createOpenCloudActivities({
      ...shared,
      intents: ledger.intents,
      uploads: ledger.uploads,
      assetLock: { read: () => Promise.resolve(undefined) },
    }),
    preflight: createPreflightActivities({ ...shared, ledger }),
    live: liveActivities(stage, {
      clientFor,
      intents: ledger.intents,
      readTestScript: () => Promise.resolve(testScript),
    }),
    once,
    /** An activity with the retries of its station: what may pass is tried again. */
    async activity<Result>(body: () => Promise<Result>): Promise<Result> {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(body);
        } catch (error) {
          const mayPass = error instanceof GraveshiftError && error.retryable;
          if (!mayPass || attempt === stationAttempts) throw error;
          await stage.clock.sleep(1000 * 2 ** (attempt - 1));
        }
      }
    },
    /** The settle window: what is late but not lost has arrived by its end. */
    async settle(): Promise<void> {
      await stage.clock.sleep(settleWindowMs);
      const onTheirWay = async () =>
        (await stage.admin.requests()).some(
          ({ fault: played, handled }) => played === 'late' && handled !== true,
        );
      while (await onTheirWay()) await delay(20);
    },
    /** Everything that the emulator has acknowledged. */
    async emulatorState(): Promise<EmulatorState> {
      const text = await readFile(join(stage.folder, 'state.json'), 'utf8');
      return emulatorStateSchema.parse(JSON.parse(text));
    },
    async close(): Promise<void> {
      await client.close();
      await dispatcher?.destroy();
      await ledger.close();
      await stage.close();
    },
  };
}

export type Attempt = { failure: unknown; requests: LoggedRequest[] };

/** As for a universe to which the beta of restarts is not open: asking for one there answers 404. */
function withoutBetaRestarts(): Dispatcher {
  return new Agent().compose((dispatch) => (options, handler) => {
    const isRestart = options.method === 'POST' && /^\/server-management\/.*\/restarts$/.test(options.path);
    return dispatch(isRestart ? { ...options, path: '/not-open-to-this-universe' } : options, handler);
  });
}
