import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Clock } from '../../src/adapters/open-cloud/index.js';
import { createOpenCloudClient } from '../../src/adapters/open-cloud/index.js';
import type { EmulatorOptions } from '../../src/emulator/index.js';
import { allScopes, createEmulator, emulatorAdmin } from '../../src/emulator/index.js';

export const placeBytes = (text: string) => Buffer.from(`<roblox version="4">${text}</roblox>`);
export const binaryPlaceBytes = (text: string) =>
  Buffer.concat([
    Buffer.from('<roblox!'),
    Buffer.from([0x89, 0xff, 0x0d, 0x0a, 0x1a, 0x0a]),
    Buffer.from(text),
  ]);
export const glbBytes = (text = '') => Buffer.concat([Buffer.from('glTF'), Buffer.from(text)]);

/** Time that passes only when somebody sleeps: waits cost nothing, and are written down. */
export type FakeClock = Clock & {
  slept: number[];
  advance(ms: number): void;
  /** Called in the middle of each sleep. */
  onSleep?: () => void;
};

export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let time = start;
  const slept: number[] = [];
  const clock: FakeClock = {
    slept,
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
      time += ms;
      clock.onSleep?.();
      signal?.throwIfAborted();
      return Promise.resolve();
    },
  };
  return clock;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** An emulator with one universe and a key that may do everything, and a client for it. */
export async function openStage(options: Partial<EmulatorOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'graveshift-open-cloud-'));
  const clock = fakeClock();
  const emulator = await createEmulator({ stateFile: join(folder, 'state.json'), clock, ...options });
  const admin = emulatorAdmin(emulator.url);
  const { universeId, places } = await admin.createUniverse({
    name: 'Graveshift test',
    places: ['start', 'lobby'],
  });
  const key = await admin.createKey({ scopes: allScopes });
  const clients: { close(): Promise<void> }[] = [];
  const clientWith = (apiKey: string) => {
    const client = createOpenCloudClient({ baseUrl: emulator.url, apiKey: () => apiKey, clock });
    clients.push(client);
    return client;
  };
  return {
    folder,
    clock,
    emulator,
    admin,
    universeId,
    placeId: places.start!,
    lobbyId: places.lobby!,
    key,
    client: clientWith(key),
    clientWith,
    async close() {
      for (const client of clients) await client.close();
      await emulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
