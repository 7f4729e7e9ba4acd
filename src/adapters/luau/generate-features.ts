import type { AssetLock, NightAsset } from '../../domain/asset.js';
import type { FeaturePlan, PlannedFeature } from '../../domain/feature/plan.js';
import type { FeatureKind } from '../../domain/feature/spec.js';
import type { PublishTarget } from '../../domain/project.js';
import { assetLockPath, mergeAssetLock } from './asset-lock.js';
import { assetRecord } from './asset-record.js';
import { featureConfig } from './feature-config.js';
import type { FeaturePackage } from './feature-package.js';
import { formatLuau } from './format.js';
import type { Mount } from './instance-tree.js';
import { luauLiteral, luauPath, luauString } from './luau-literal.js';
import { luauAsset, missingAsset } from './night-data.js';
import { relocate, relocateSpec, replaceLine, testsFolder, withHeader } from './templates.js';

/** Folder, and the one script in it, that holds the features of a project: one for the server, one for the client. */
export const featuresFolder = 'GraveshiftFeatures';
export const featureTestsFolder = `${testsFolder}/features`;
export const featurePlaysFolder = `${testsFolder}/play`;
const recordsFolder = 'assets/graveshift/features';

export const featureRecordPath = (id: string) => `${recordsFolder}/${id}.json`;
export const featurePlayPath = (id: string) => `${featurePlaysFolder}/${id}.play.luau`;

export const featureSpecPath = (id: string) => `${featureTestsFolder}/${id}.spec.luau`;

/** A feature that the project has already. */
export type ExistingFeature = { id: string; kind: FeatureKind };

export type GenerateFeaturesInput = {
  plan: FeaturePlan;
  assets: readonly NightAsset[];
  target: Pick<PublishTarget, 'host' | 'creator'>;
  server: Mount;
  /** Absent where the project has no folder for players' own scripts: then there are no windows. */
  client: Mount | undefined;
  existing: readonly ExistingFeature[];
  existingLock: AssetLock | undefined;
};

/** Folder and module of each kind, and the window on the client that it needs. */
export const featureModules: Readonly<Record<FeatureKind, { name: string; rules: string; window?: string }>> =
  {
    collectible: { name: 'Collectible', rules: 'CollectibleRules' },
    door: { name: 'Door', rules: 'DoorRules' },
    shop: { name: 'Shop', rules: 'ShopRules', window: 'ShopWindow' },
    npc: { name: 'Npc', rules: 'DialogueRules', window: 'DialogueWindow' },
    quest: { name: 'Quest', rules: 'QuestRules', window: 'QuestTracker' },
    weather: { name: 'Weather', rules: 'WeatherRules', window: 'WeatherView' },
    'safe-zone': { name: 'SafeZone', rules: 'SafeZoneRules' },
    trap: { name: 'Trap', rules: 'TrapRules' },
    chase: { name: 'Chase', rules: 'ChaseRules' },
    leaderboard: { name: 'Leaderboard', rules: 'LeaderboardRules' },
  };

/** As the remotes' attribute "Kind" has it. */
const windowKinds: Readonly<Record<string, string>> = {
  ShopWindow: 'Shop',
  DialogueWindow: 'Dialogue',
  QuestTracker: 'Quest',
  WeatherView: 'Weather',
};

/** Tells a template of a test or a scenario which feature it is about. */
function aboutFeature(id: string, template: string): string {
  return replaceLine(template, /^local ID = ".*"$/, `local ID = ${luauString(id)}`);
}

function configModule(feature: PlannedFeature): string {
  const { name, rules } = featureModules[feature.spec.feature];
  return `--!strict
local Frozen = require(script.Parent.Parent.Parent.Runtime.Frozen)
local ${rules} = require(script.Parent.Parent.Parent.${name}.${rules})

local config: ${rules}.Config = ${luauLiteral(featureConfig(feature))}

return Frozen.deep(config)
`;
}

function assetsModule(
  feature: PlannedFeature,
  { plan, assets, target }: Pick<GenerateFeaturesInput, 'plan' | 'assets' | 'target'>,
): string {
  const used = new Set(Object.values(feature.models));
  const byId = Object.fromEntries([
    ...plan.assets.filter(({ id }) => used.has(id)).map((spec) => [spec.id, missingAsset(spec)] as const),
    ...assets.filter(({ id }) => used.has(id)).map((asset) => [asset.id, luauAsset(asset)] as const),
  ]);
  return `--!strict
local Frozen = require(script.Parent.Parent.Parent.Runtime.Frozen)
local Types = require(script.Parent.Parent.Parent.Runtime.Types)

local assets: Types.NightAssets = ${luauLiteral({ host: target.host, assets: byId })}

return Frozen.deep(assets)
`;
}

/** Every feature of the game, in the order of their ids. */
function indexModule(features: readonly ExistingFeature[]): string {
  const names = [...new Set(features.map(({ kind }) => featureModules[kind].name))].sort();
  const requires = names.map((name) => `local ${name} = require(script.Parent.${name}.${name})`);
  const entries = features.map(({ id, kind }) => {
    const folder = luauPath('script', [id]);
    return `{
      id = ${luauString(id)},
      start = function(services: Host.Services)
        local config = require(${folder}.Config)
        Host.run(${luauString(id)}, services, config, require(${folder}.Assets), function(host)
          ${featureModules[kind].name}.start(host, config)
        end)
      end,
    },`;
  });
  return `--!strict
-- The features of this game.

${[...requires, 'local Host = require(script.Parent.Shared.Host)'].sort().join('\n')}

local features: { Host.Entry } = {
  ${entries.join('\n')}
}

return table.freeze(features)
`;
}

function windowsModule(kinds: ReadonlySet<FeatureKind>): string {
  const windows = [...kinds].flatMap((kind) => featureModules[kind].window ?? []).sort();
  return `--!strict
-- The windows that this game's features have, by the "Kind" of their remotes.

${windows.map((window) => `local ${window} = require(script.Parent.${window})`).join('\n')}

type Window = (remote: RemoteEvent, playerGui: PlayerGui) -> ()

local windows: { [string]: Window } = { ${windows
    .map((window) => `${windowKinds[window] ?? ''} = ${window}`)
    .join(', ')} }

return table.freeze(windows)
`;
}

/** Fields that a person needs to know what was made of what, and to find a kind again. */
function recordOf(feature: PlannedFeature, { plan, assets }: GenerateFeaturesInput): string {
  const used = new Set(Object.values(feature.models));
  const record = {
    version: 1,
    id: feature.id,
    spec: feature.spec,
    seed: feature.seed,
    ...(plan.request !== undefined && { request: plan.request }),
    ...(plan.analyser !== undefined && { analyser: plan.analyser }),
    assets: assets.filter(({ id }) => used.has(id)).map(assetRecord),
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/**
 * The files of a project's features: the data of those in the plan, and the modules that all of its features need. Path
 * from the project's root → text, sorted by path. Equal input, equal bytes; no word of a request becomes code.
 */
export function generateFeatures(given: GenerateFeaturesInput, luau: FeaturePackage): Map<string, string> {
  const input = { ...given, assets: [...given.assets].sort((a, b) => (a.id < b.id ? -1 : 1)) };
  const { plan, server, client } = input;
  const root = `${server.folder}/${featuresFolder}`;
  const instance = [...server.instance, featuresFolder];
  const planned = plan.features.map(({ id, spec }) => ({ id, kind: spec.feature }));
  const all = [
    ...input.existing.filter(({ id }) => planned.every((feature) => feature.id !== id)),
    ...planned,
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
  const kinds = new Set(all.map(({ kind }) => kind));
  const folders = new Set(['Shared', ...[...kinds].map((kind) => featureModules[kind].name)]);
  const isUsed = (path: string) => !path.includes('/') || folders.has(path.slice(0, path.indexOf('/')));

  const sources = new Map<string, string>();
  for (const [path, source] of luau.server) if (isUsed(path)) sources.set(`${root}/${path}`, source);
  for (const [path, source] of luau.runtime) sources.set(`${root}/Runtime/${path}`, source);
  for (const feature of plan.features) {
    sources.set(`${root}/Features/${feature.id}/Config.luau`, configModule(feature));
    sources.set(`${root}/Features/${feature.id}/Assets.luau`, assetsModule(feature, input));
    const { name } = featureModules[feature.spec.feature];
    const play = luau.plays.get(`${name}/${name}.play.luau`);
    if (play === undefined) throw new Error(`the package lacks features/${name}/${name}.play.luau`);
    sources.set(featurePlayPath(feature.id), aboutFeature(feature.id, relocate(play, 'Features', instance)));
    sources.set(
      featureSpecPath(feature.id),
      aboutFeature(feature.id, relocateSpec(luau.featureSpec, 'Features', instance, 2)),
    );
  }
  sources.set(`${root}/Features/init.luau`, indexModule(all));
  if (client !== undefined) {
    const windows = new Set([...kinds].map((kind) => featureModules[kind].window));
    const isWindow = (path: string) => windowKinds[path.replace('.luau', '')] !== undefined;
    for (const [path, source] of luau.client) {
      if (!isWindow(path) || windows.has(path.replace('.luau', ''))) {
        sources.set(`${client.folder}/${featuresFolder}/${path}`, source);
      }
    }
    sources.set(`${client.folder}/${featuresFolder}/Windows.luau`, windowsModule(kinds));
  }
  for (const [path, source] of luau.specs) {
    if (!isUsed(path)) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    sources.set(`${featureTestsFolder}/${name}`, relocateSpec(source, 'Features', instance, 2));
  }
  for (const [path, source] of luau.runtimeSpecs) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    sources.set(
      `${featureTestsFolder}/${name}`,
      relocateSpec(source, 'Graveshift', [...instance, 'Runtime'], 2),
    );
  }
  sources.set(`${testsFolder}/Testing.luau`, luau.testing);

  const files = new Map<string, string>();
  for (const [path, source] of sources) files.set(path, formatLuau(path, withHeader(source)));
  const lock = mergeAssetLock(input.existingLock, input.assets, input.target);
  files.set(assetLockPath, `${JSON.stringify(lock, null, 2)}\n`);
  for (const feature of plan.features) files.set(featureRecordPath(feature.id), recordOf(feature, input));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
