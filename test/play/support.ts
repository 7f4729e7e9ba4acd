import { Dom, type InstanceSpec } from 'rbx-dom';
import { inject } from 'vitest';

import { createKitRuntime } from '../../src/adapters/luau-tools/kit-runtime.js';
import { createWebRuntime } from '../../src/adapters/luau-tools/index.js';
import {
  playPlace,
  readPlaceToPlay,
  type PlayPlan,
  type PlaceToPlay,
} from '../../src/adapters/play/index.js';
import type { LuauRunLimits, LuauRuntime } from '../../src/domain/luau-tools.js';
import type { PlayReport } from '../../src/domain/play.js';

/** The kit where this machine has it, else the fallback: both play. */
export function openRuntime(): { runtime: LuauRuntime; close: () => void } {
  const kit = inject('luauKit');
  if (kit === undefined) return { runtime: createWebRuntime({ parallel: 1 }), close: () => undefined };
  const runtime = createKitRuntime({ path: kit, env: {}, parallel: 1 });
  return { runtime, close: () => runtime.close() };
}

export type Scripts = {
  server?: Readonly<Record<string, string>>;
  client?: Readonly<Record<string, string>>;
  /** Modules in ReplicatedStorage. */
  shared?: Readonly<Record<string, string>>;
  workspace?: readonly InstanceSpec[];
  replicated?: readonly InstanceSpec[];
};

const scripts = (className: string, sources: Readonly<Record<string, string>> = {}): InstanceSpec[] =>
  Object.entries(sources).map(([name, source]) => ({ className, name, properties: { Source: source } }));

const floor: InstanceSpec = {
  className: 'Part',
  name: 'Floor',
  properties: {
    Anchored: { Bool: true },
    Size: { Vector3: [200, 2, 200] },
    CFrame: {
      CFrame: {
        position: [0, -1, 0],
        orientation: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      },
    },
  },
};

/** A place with a floor, and these scripts where they run. */
export function placeOf({ server, client, shared, workspace = [], replicated = [] }: Scripts): Uint8Array {
  const service = (className: string, children: readonly InstanceSpec[]): InstanceSpec => ({
    className,
    name: className,
    children: [...children],
  });
  return new Dom({
    className: 'DataModel',
    children: [
      service('Workspace', [floor, ...workspace]),
      service('ReplicatedStorage', [...scripts('ModuleScript', shared), ...replicated]),
      service('ServerScriptService', scripts('Script', server)),
      service('StarterPlayer', [service('StarterPlayerScripts', scripts('LocalScript', client))]),
    ],
  }).toBinary();
}

let read: Promise<PlaceToPlay> | undefined;

export type Played = {
  runtime: LuauRuntime;
  subject?: PlayReport['subject'];
  limits?: Partial<LuauRunLimits>;
};

export async function play(
  { runtime, subject = 'feature', limits = {} }: Played,
  place: Uint8Array,
  plan: Partial<PlayPlan>,
): Promise<PlayReport> {
  read ??= readPlaceToPlay();
  return playPlace(runtime, await read, { place, subject, plan: { seed: 7, ...plan }, limits });
}

/** Plays one scenario, given as the body of its function. */
export async function playScenario(played: Played, scripts: Scripts, body: string): Promise<PlayReport> {
  const source = `return function(play)\n${body}\nend`;
  return play(played, placeOf(scripts), { scenarios: [{ name: 'scenario', source }] });
}
