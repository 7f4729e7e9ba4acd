import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPlayActivities } from '../../src/activities/play.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import type { ArtifactRef, ArtifactStore } from '../../src/domain/artifact.js';
import { playReportSchema } from '../../src/domain/play.js';
import { projectConfigSchema, type ProjectSnapshot } from '../../src/domain/project.js';
import { openRuntime, placeOf } from './support.js';

const { runtime, close } = openRuntime();
let folder: string;
let artifacts: ArtifactStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graveshift-play-store-'));
  artifacts = createFileArtifactStore({ directory: folder });
});
afterAll(async () => {
  close();
  await rm(folder, { recursive: true, force: true });
});

const target = {
  environment: 'staging',
  host: 'emulator',
  universeId: '1',
  creator: { type: 'user', id: '5' },
  placeName: 'start',
  placeId: '2',
  rojoProject: 'default.project.json',
} as const;
const project: ProjectSnapshot = {
  name: 'game',
  baseCommit: 'a'.repeat(40),
  config: projectConfigSchema.parse({
    name: 'game',
    environments: {
      staging: {
        host: 'emulator',
        universeId: '1',
        creator: { type: 'user', id: '5' },
        places: { start: { placeId: '2' } },
      },
    },
  }),
  target,
};

const put = (text: string, mediaType = 'text/plain') =>
  artifacts.put(new TextEncoder().encode(text), mediaType);

async function changeSetOf(files: Readonly<Record<string, string>>): Promise<ArtifactRef> {
  const refs = await Promise.all(
    Object.entries(files).map(async ([path, text]) => [path, await put(text)] as const),
  );
  return put(JSON.stringify({ files: Object.fromEntries(refs), removals: [] }), 'application/json');
}

const lamp = placeOf({ server: { Main: 'workspace:SetAttribute("Lamps", 3)' } });
const scenario = (lamps: number) =>
  `return function(play) play.join() play.expect("${lamps} lamps", workspace:GetAttribute("Lamps") == ${lamps}) end`;

async function playLamps(files: Readonly<Record<string, string>>) {
  const { playPlace } = createPlayActivities({ artifacts, runtime });
  const input = {
    project,
    place: await artifacts.put(lamp, 'application/octet-stream'),
    changeSet: await changeSetOf(files),
    subject: { kind: 'feature', feature: 'lamps', plan: await put('{}') } as const,
  };
  const first = await playPlace(input);
  // Asked again after a crash it finds the same.
  expect(await playPlace(input)).toEqual(first);
  const report = playReportSchema.parse(
    JSON.parse(new TextDecoder().decode(await artifacts.get(first.report))),
  );
  return { gate: first.gate, report };
}

describe('the activity playPlace', () => {
  it('plays the scenarios of the change set and keeps the report', async () => {
    const { gate, report } = await playLamps({
      'tests/graveshift/play/lamps.play.luau': scenario(3),
      'src/server/Main.server.luau': 'is in the place already',
    });
    expect(gate).toMatchObject({ gate: 'play', verdict: 'pass' });
    expect(report.scenarios?.map(({ name }) => name)).toEqual(['lamps']);
  });

  it('names the scenario that was not met', async () => {
    const { gate } = await playLamps({
      'tests/graveshift/play/lamps.play.luau': scenario(3),
      'tests/graveshift/play/more.play.luau': scenario(4),
    });
    expect(gate).toMatchObject({ verdict: 'fail', findings: ['more: line 1: expected: 4 lamps'] });
  });

  it('asks for a scenario where there is none', async () => {
    expect((await playLamps({})).gate.verdict).toBe('inconclusive');
  });
});
