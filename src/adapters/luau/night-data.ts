import type { AssetSpec, NightAsset } from '../../domain/asset.js';
import type { NightDesign } from '../../domain/night.js';
import type { PublishTarget } from '../../domain/project.js';
import { luauLiteral } from './luau-literal.js';

/** Asset ids are int64, Luau numbers are doubles: a greater id would name another asset. */
function loadableId(assetId: string): number | undefined {
  const id = Number(assetId);
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** An asset as `Types.NightAsset` has it. */
export function luauAsset(asset: NightAsset): Record<string, unknown> {
  const id = loadableId(asset.assetId);
  const wanted = asset.moderation !== 'rejected';
  const state = wanted && id === undefined ? 'unrepresentable' : asset.moderation;
  return {
    // Without an id the game shows a placeholder of this size. One under review is tried: by the time somebody plays,
    // moderation has usually approved it, and until then loading fails and the placeholder stays.
    ...(wanted && id !== undefined ? { id } : {}),
    state,
    role: asset.role,
    recipe: asset.recipe,
    size: asset.sizeStuds,
  };
}

/** What stands in for an asset that the night was made without: a placeholder of the size that was designed. */
export function missingAsset({ role, recipe, sizeStuds }: AssetSpec): Record<string, unknown> {
  return { state: 'missing', role, recipe, size: sizeStuds };
}

function dataModule(name: string, type: string, value: unknown): string {
  return `--!strict
local Frozen = require(script.Parent.Parent.Parent.Frozen)
local Types = require(script.Parent.Parent.Parent.Types)

local ${name}: Types.${type} = ${luauLiteral(value)}

return Frozen.deep(${name})
`;
}

/**
 * The three data modules of a night: file name → source, not formatted yet. Every asset of the design is in them, also
 * one that was not made: the map names it.
 */
export function nightDataModules(
  design: NightDesign,
  assets: readonly NightAsset[],
  host: PublishTarget['host'],
): Map<string, string> {
  const { difficulty, map } = design;
  const byId = Object.fromEntries([
    ...design.assets.map((spec) => [spec.id, missingAsset(spec)] as const),
    ...assets.map((asset) => [asset.id, luauAsset(asset)] as const),
  ]);
  return new Map([
    [
      'Config.luau',
      dataModule('config', 'NightConfig', { ...difficulty, theme: design.theme, seed: design.seed }),
    ],
    ['Map.luau', dataModule('map', 'NightMap', map)],
    ['Assets.luau', dataModule('assets', 'NightAssets', { host, assets: byId })],
  ]);
}

/** `Nights/init.luau`: every night of the game, loaded when it is asked for. `latest` was generated last. */
export function nightsIndex(nights: readonly number[], latest: number): string {
  const loaders = [...new Set([...nights, latest])]
    .sort((a, b) => a - b)
    .map(
      (night) => `[${night}] = function()
        return {
          config = require(script.Night${night}.Config),
          map = require(script.Night${night}.Map),
          assets = require(script.Night${night}.Assets),
        }
      end,`,
    );
  return `--!strict
-- The nights of this game. Each is loaded when it is asked for; \`latest\` is the one that was generated last.

local Types = require(script.Parent.Types)

local load: { [number]: () -> Types.Night } = {
  ${loaders.join('\n')}
}

return table.freeze({ latest = ${latest}, load = table.freeze(load) })
`;
}
