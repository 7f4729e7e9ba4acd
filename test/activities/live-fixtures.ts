import { createHash } from 'node:crypto';

import { MockActivityEnvironment } from '@temporalio/testing';
import { Dom } from 'rbx-dom';

import { createLiveActivities, type LiveDependencies } from '../../src/activities/live.js';
import { stampPlace } from '../../src/adapters/rojo/index.js';
import type { PublishIntent } from '../../src/domain/activities.js';
import type { PublishTarget } from '../../src/domain/project.js';
import type { Stage } from '../open-cloud/harness.js';

export const commit = 'c'.repeat(40);
export const stamp = { commit, digest: 'd'.repeat(64) };

/** A place with the given modules in one folder of ReplicatedStorage. */
export function placeWith(modules: Record<string, string>, place = stamp, folder = 'Shared'): Uint8Array {
  const dom = new Dom({
    className: 'DataModel',
    children: [
      {
        className: 'ReplicatedStorage',
        name: 'ReplicatedStorage',
        children: [
          {
            className: 'Folder',
            name: folder,
            children: Object.entries(modules).map(([name, source]) => ({
              className: 'ModuleScript',
              name,
              properties: { Source: source },
            })),
          },
        ],
      },
      { className: 'ServerScriptService', name: 'ServerScriptService' },
    ],
  });
  return stampPlace(dom.toBinary(), place);
}

export function targetOf(stage: Stage): PublishTarget {
  return {
    environment: 'production',
    host: 'emulator',
    universeId: stage.universeId,
    creator: { type: 'user', id: '1' },
    placeName: 'start',
    placeId: stage.placeId,
    rojoProject: 'default.project.json',
  };
}

export function intentOf(stage: Stage, bytes: Uint8Array, runId = 'run-1'): PublishIntent {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    runId,
    project: 'game',
    target: targetOf(stage),
    place: { sha256, bytes: bytes.length, mediaType: 'application/octet-stream' },
    ...stamp,
    lease: 1,
  };
}

export async function publish(stage: Stage, bytes: Uint8Array): Promise<number> {
  const { versionNumber } = await stage.client.publishPlace(
    stage.universeId,
    stage.placeId,
    bytes,
    'Published',
  );
  return versionNumber;
}

type Given = Partial<Omit<LiveDependencies, 'projectFiles'>> & { files?: Record<string, string> };

export function liveActivities(stage: Stage, given: Given = {}) {
  const { files = {}, ...rest } = given;
  return createLiveActivities({
    clientFor: () => Promise.resolve(stage.client),
    intents: undefined as never,
    readTestScript: () => Promise.resolve(undefined),
    clock: stage.clock,
    ...rest,
    projectFiles: {
      read: (_project, _commit, path) =>
        Promise.resolve(files[path] === undefined ? undefined : Buffer.from(files[path])),
      list: (_project, _commit, folder) =>
        Promise.resolve(Object.keys(files).filter((path) => path.startsWith(`${folder}/`))),
    },
  });
}

/** Runs an activity's function as a worker does; answers what it kept in its heartbeats. */
export async function inActivity<Result>(
  body: () => Promise<Result>,
  heartbeatDetails?: unknown,
): Promise<{ result: Result; kept: unknown[] }> {
  const environment = new MockActivityEnvironment(heartbeatDetails === undefined ? {} : { heartbeatDetails });
  const kept: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => kept.push(details));
  return { result: await environment.run(body), kept };
}
