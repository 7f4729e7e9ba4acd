import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBalanceActivities } from '../../src/activities/balance.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createFileBalanceIndex, readBalanceProgram } from '../../src/adapters/balance/index.js';
import type { ArtifactRef, ArtifactStore } from '../../src/domain/artifact.js';
import { balanceReportSchema } from '../../src/domain/balance.js';
import { canonicalJson } from '../../src/domain/canonical-json.js';
import type { LuauRuntime, LuauTools } from '../../src/domain/luau-tools.js';
import { designNight } from '../../src/domain/night-design.js';
import { projectConfigSchema, type ProjectSnapshot } from '../../src/domain/project.js';
import { handMadeNight } from '../luau/fixtures.js';
import { season } from '../night/seasons.js';
import { luauTools } from '../support/luau-tools.js';

let directory: string;
let artifacts: ArtifactStore;
let tools: LuauTools;
let design: ArtifactRef;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'graveshift-balance-'));
  artifacts = createFileArtifactStore({ directory: path.join(directory, 'store') });
  tools = await luauTools();
  const night = designNight({ project: 'demo', night: 1, season: season() });
  design = await artifacts.put(new TextEncoder().encode(canonicalJson(night)), 'application/json');
});
afterAll(async () => {
  await tools.close();
  await rm(directory, { recursive: true, force: true });
});

function activities(options: { nights?: number; index?: string } = {}) {
  let programs = 0;
  const counted: LuauRuntime = {
    ...tools.runtime,
    run: (program, signal) => {
      programs += 1;
      return tools.runtime.run(program, signal);
    },
  };
  const { balanceNight } = createBalanceActivities({
    artifacts,
    index: createFileBalanceIndex({ directory: path.join(directory, options.index ?? 'index') }),
    runtime: counted,
    readProgram: readBalanceProgram,
    mostNights: options.nights ?? 24,
  });
  return { balanceNight, programs: () => programs };
}

const staging = {
  host: 'emulator',
  universeId: '1',
  creator: { type: 'user', id: '5' },
  places: { start: { placeId: '2', project: 'default.project.json' } },
} as const;
const project: ProjectSnapshot = {
  name: 'game',
  baseCommit: '0'.repeat(40),
  config: projectConfigSchema.parse({ name: 'game', environments: { staging } }),
  target: {
    environment: 'staging',
    host: staging.host,
    universeId: staging.universeId,
    creator: staging.creator,
    placeName: 'start',
    placeId: '2',
    rojoProject: 'default.project.json',
  },
};

describe('balanceNight', () => {
  it('proves a night once: the second time it is found', async () => {
    const first = activities();
    const result = await first.balanceNight({ project, design });
    expect(first.programs()).toBeGreaterThan(0);
    const second = activities();
    await expect(second.balanceNight({ project, design })).resolves.toEqual(result);
    expect(second.programs()).toBe(0);
    const other = activities({ nights: 20 });
    await other.balanceNight({ project, design });
    expect(other.programs()).toBeGreaterThan(0);
  });

  it('leaves a report and a picture in the store, and says that few nights prove nothing', async () => {
    const { gate, report, picture, tuned } = await activities().balanceNight({ project, design });
    expect(gate).toMatchObject({ gate: 'balance', verdict: 'inconclusive' });
    expect(gate.summary).toMatch(/% survive \(95 %: .*, 24 nights\), wanted 85 % ± 10/);
    expect(gate.findings[0]).toContain('too few to judge');
    expect(tuned).toBe(false);
    const text = new TextDecoder().decode(await artifacts.get(report));
    expect(balanceReportSchema.parse(JSON.parse(text))).toMatchObject({ night: 1, nights: 24 });
    expect(picture.mediaType).toBe('image/svg+xml');
    const svg = new TextDecoder().decode(await artifacts.get(picture));
    expect(unclosedTags(svg)).toEqual([]);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<script|href/);
  });

  it('proves again what the store has lost', async () => {
    const first = activities({ nights: 21, index: 'lost' });
    const { report } = await first.balanceNight({ project, design });
    await rm(artifacts.locate(report));
    const second = activities({ nights: 21, index: 'lost' });
    await second.balanceNight({ project, design });
    expect(second.programs()).toBeGreaterThan(0);
  });

  it('refuses what is no design', async () => {
    const wrong = await artifacts.put(
      new TextEncoder().encode(canonicalJson({ ...handMadeNight(), night: 0 })),
      'application/json',
    );
    await expect(activities().balanceNight({ project, design: wrong })).rejects.toThrow(/night/);
  });
});

/** Names of elements that are opened and not closed in their order; empty for well-formed XML of our kind. */
function unclosedTags(xml: string): string[] {
  const open: string[] = [];
  for (const [, end, name = '', , self] of xml.matchAll(
    /<(\/?)([a-z]+)((?:\s[^<>"]*(?:"[^"<]*")?)*?)(\/?)>/gi,
  )) {
    if (self === '/') continue;
    if (end !== '/') open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [...open, `</${name}>`];
  }
  return open;
}
