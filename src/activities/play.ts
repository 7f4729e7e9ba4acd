import type { PlayActivities, WorkSubject } from '../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import { canonicalJson, digestOf } from '../domain/canonical-json.js';
import { changeSetSchema } from '../domain/change-set.js';
import { gateResult } from '../domain/gate.js';
import type { LuauRuntime } from '../domain/luau-tools.js';
import { parseInput } from '../domain/parse-input.js';
import { judgePlay } from '../domain/play-gate.js';
import type { PlayReport } from '../domain/play.js';
import {
  playPlace,
  readPlaceToPlay,
  type PlaceToPlay,
  type PlayPlan,
  type PlayScenario,
} from '../adapters/play/index.js';
import { activitySignal } from './support/context.js';

export type PlayDependencies = {
  artifacts: ArtifactStore;
  runtime: LuauRuntime;
  /** Most nights that are played in a row, 0 for none, where a machine is slow or Graveshift is only tried out. */
  mostNights?: number | undefined;
};

/** Scenarios travel with the change set, and stay out of the place. */
const scenarioPath = /^tests\/graveshift\/play\/(.+)\.play\.luau$/;

const nightPlan = {
  nights: { nights: 10, skills: ['novice', 'average', 'average', 'expert'], mostSeconds: 900 },
  // The intermission, and a while of the night: then there is something to win.
  hostileWarmUpSeconds: 60,
} as const;

const idleSeconds = 60;

export function createPlayActivities({
  artifacts,
  runtime,
  mostNights = nightPlan.nights.nights,
}: PlayDependencies): Pick<PlayActivities, 'playPlace'> {
  let read: Promise<PlaceToPlay> | undefined;
  const utf8 = new TextDecoder();

  async function readScenarios(changeSetRef: ArtifactRef): Promise<PlayScenario[]> {
    const text = utf8.decode(await artifacts.get(changeSetRef));
    const changeSet = parseInput(changeSetSchema, 'the change set', JSON.parse(text) as unknown);
    const found = Object.entries(changeSet.files)
      .flatMap(([path, ref]) => {
        const name = scenarioPath.exec(path)?.[1];
        return name === undefined ? [] : [{ name, ref }];
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return Promise.all(
      found.map(async ({ name, ref }) => ({ name, source: utf8.decode(await artifacts.get(ref)) })),
    );
  }

  return {
    async playPlace({ place: placeRef, subject, changeSet }) {
      if (subject.kind === 'night' && mostNights === 0) return notPlayed(placeRef);
      const bytes = await artifacts.get(placeRef);
      const scenarios = await readScenarios(changeSet);
      read ??= readPlaceToPlay();
      const report = await playPlace(
        runtime,
        await read,
        { place: bytes, subject: subject.kind, plan: planOf(subject, placeRef, { scenarios, mostNights }) },
        activitySignal(),
      );
      return { gate: judgePlay(report), report: await putReport(report) };
    },
  };

  /** Somebody switched it off where the worker runs: never a pass. */
  async function notPlayed(place: ArtifactRef): ReturnType<PlayActivities['playPlace']> {
    const why = 'GRAVESHIFT_PLAY_NIGHTS is 0 where the worker runs: nobody played this night';
    const text = canonicalJson({ version: 1, place: place.sha256, notPlayed: why });
    const report = await artifacts.put(new TextEncoder().encode(text), 'application/json');
    return { gate: gateResult('play', 'inconclusive', why), report };
  }

  function putReport(report: PlayReport): Promise<ArtifactRef> {
    return artifacts.put(new TextEncoder().encode(canonicalJson(report)), 'application/json');
  }
}

/** The seed follows from what is played: asked twice, the same play. */
function planOf(
  subject: WorkSubject,
  place: ArtifactRef,
  { scenarios, mostNights }: { scenarios: readonly PlayScenario[]; mostNights: number },
): PlayPlan {
  const seed = Number.parseInt(digestOf({ place: place.sha256 }).slice(0, 7), 16);
  if (subject.kind === 'night') {
    const nights = { ...nightPlan.nights, nights: Math.min(mostNights, nightPlan.nights.nights) };
    return { seed, ...nightPlan, nights, ...(scenarios.length > 0 && { scenarios }) };
  }
  return { seed, scenarios, idleSeconds };
}
