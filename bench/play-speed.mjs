import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { generateNight, readLuauPackage } from '../dist/adapters/luau/index.js';
import { createLuauTools } from '../dist/adapters/luau-tools/index.js';
import { playPlace, readPlaceToPlay } from '../dist/adapters/play/index.js';
import { buildPlaceFile, findRojo } from '../dist/adapters/rojo/index.js';
import { designNight } from '../dist/domain/night-design.js';
import { seasonSchema } from '../dist/domain/project.js';
import { resolveCache } from '../dist/stack/index.js';
import { packageRoot } from '../scripts/lib/package-root.mjs';

const night = 8;
const nights = 5;
const skills = ['novice', 'average', 'average', 'expert'];

/** The example game with a generated night in it: no asset of it was made, so that placeholders stand everywhere. */
async function buildNight() {
  const design = designNight({ project: 'bench', night, season: seasonSchema.parse({}) });
  const files = generateNight(
    {
      design,
      assets: [],
      target: { host: 'emulator', creator: { type: 'user', id: '1' } },
      shared: { folder: 'src/shared', instance: ['ReplicatedStorage', 'Shared'] },
      serverFolder: 'src/server',
      existingNights: [],
      existingLock: undefined,
    },
    await readLuauPackage(),
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'graveshift-bench-play-'));
  try {
    await cp(path.join(packageRoot, 'examples', 'haunted-village'), folder, { recursive: true });
    for (const [file, text] of files) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    const rojo = await findRojo({ env: process.env });
    return await buildPlaceFile({ rojo, environment: process.env }, folder, 'default.project.json');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds that a simulated second of a place takes, its own scripts on the model of the engine with four bots. */
export async function measurePlaceSpeed() {
  const place = await buildNight();
  const toPlay = await readPlaceToPlay();
  const tools = await createLuauTools({
    env: process.env,
    cacheDirectory: resolveCache(process.env),
    parallel: 1,
  });
  try {
    const play = (count) =>
      playPlace(tools.runtime, toPlay, {
        place,
        subject: 'night',
        plan: { seed: 1, nights: { nights: count, skills, mostSeconds: 900 } },
        limits: { seconds: 300 },
      });
    await play(1);
    const startedAt = performance.now();
    const report = await play(nights);
    const milliseconds = performance.now() - startedAt;
    const simulated = report.nights?.seconds ?? 0;
    const played = report.nights?.nights ?? [];
    const ended = played.filter(({ outcome }) => outcome !== 'unfinished').length;
    return {
      value: milliseconds / simulated,
      detail: `${Math.round((simulated / milliseconds) * 1000)} × real time on one core, ${ended} of ${nights} nights ended, ${simulated} s of server, ${report.runtime}, night ${night}`,
      alsoHolds: ended === nights && report.errors.length === 0,
    };
  } finally {
    await tools.close();
  }
}
