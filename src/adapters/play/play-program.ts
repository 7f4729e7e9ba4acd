import type { LuauProgram } from '../../domain/luau-tools.js';
import { readLuauFiles } from '../luau/package-files.js';
import type { EngineApi } from './engine-api.js';
import type { DescribedPlace } from './place-description.js';

/** Where the model's modules are among the chunks: no script of a place has a slash in its name's beginning. */
const root = 'graveshift/play';
export const playEntry = `${root}/Main`;

export type PlayScenario = { name: string; source: string };

/** What is played, in this order; each part in a place that has just been started. */
export type PlayPlan = {
  seed: number;
  nights?: { nights: number; skills: readonly string[]; mostSeconds: number };
  scenarios?: readonly PlayScenario[];
  idleSeconds?: number;
  hostileWarmUpSeconds?: number;
  /** Asset id → size in studs. */
  assetSizes?: Readonly<Record<string, readonly [number, number, number]>>;
  /** What `AssetService:LoadAssetAsync` fails with; absent: it succeeds. */
  assetFailure?: string;
};

/** The model's own modules, by chunk name. */
export async function readPlayModules(): Promise<Map<string, string>> {
  const files = await readLuauFiles('play');
  return new Map(
    [...files]
      .filter(([path]) => !path.endsWith('.spec.luau'))
      .map(([path, source]) => {
        const name = `${root}/${path.replace(/\.luau$/, '')}`;
        // On the same line, so that lines stay where they are: the loader passes both in.
        return [name, name === playEntry ? source : `local script, require = ... ${source}`];
      }),
  );
}

/** @param api only what the place and the model name of it is passed on */
export function createPlayProgram(
  place: DescribedPlace,
  api: EngineApi,
  modules: ReadonlyMap<string, string>,
  plan: PlayPlan,
): Pick<LuauProgram, 'chunks' | 'entry' | 'argument'> {
  const { scenarios, ...rest } = plan;
  const scenarioChunks = scenarios?.map(({ name, source }) => ({ name, chunk: `scenario ${name}`, source }));
  const chunks = new Map([...modules, ...place.chunks]);
  for (const { chunk, source } of scenarioChunks ?? []) chunks.set(chunk, source);
  return {
    chunks,
    entry: playEntry,
    argument: {
      ...rest,
      api: narrowApi(api, place, chunks),
      place: place.instances,
      ...(scenarioChunks && { scenarios: scenarioChunks.map(({ name, chunk }) => ({ name, chunk })) }),
    },
  };
}

/** The classes that some text names, with those they come from, and their enums: a tenth of all, for each start. */
function narrowApi(api: EngineApi, place: DescribedPlace, chunks: ReadonlyMap<string, string>): EngineApi {
  const words = new Set(place.instances.map(({ className }) => className));
  for (const source of chunks.values()) for (const [word] of source.matchAll(/\b[A-Z]\w+/g)) words.add(word);
  const classes: EngineApi['classes'] = {};
  const add = (name: string): void => {
    const found = api.classes[name];
    if (found === undefined || name in classes) return;
    classes[name] = found;
    if (found.super !== undefined) add(found.super);
  };
  for (const word of words) add(word);
  const enums: EngineApi['enums'] = {};
  const needed = new Set(words);
  for (const { properties } of Object.values(classes)) {
    for (const [, name = ''] of properties.matchAll(/:Enum\.(\w+)/g)) needed.add(name);
  }
  for (const [name, items] of Object.entries(api.enums)) if (needed.has(name)) enums[name] = items;
  const isKept = (name: string) => name in classes;
  return { classes, enums, services: api.services.filter(isKept), creatable: api.creatable.filter(isKept) };
}
