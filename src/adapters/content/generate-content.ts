import type { AssetLock, NightAsset } from '../../domain/asset.js';
import type { ContentConfig, ContentPlan } from '../../domain/content/config.js';
import type { ContentLayout } from '../../domain/content/layout.js';
import type { PublishTarget } from '../../domain/project.js';
import { assetLockPath, mergeAssetLock } from '../luau/asset-lock.js';
import { assetRecord } from '../luau/asset-record.js';
import { formatLuau } from '../luau/format.js';
import type { Mount } from '../luau/instance-tree.js';
import { luauLiteral, luauPath, luauString } from '../luau/luau-literal.js';
import { luauAsset, missingAsset } from '../luau/night-data.js';
import { relocate, relocateSpec, replaceLine, testsFolder, withHeader } from '../luau/templates.js';
import type { ContentPackage } from './content-package.js';
import { contentSheet } from './content-sheet.js';
import { renderContentSvg } from './content-svg.js';

/** The folder of the server's code that holds every content of a game. */
export const contentFolder = 'GraveshiftContent';
export const contentTestsFolder = `${testsFolder}/content`;
export const contentSheetsFolder = 'docs/content';
const recordsFolder = 'assets/graveshift/content';
/** Beside the tests' library, so that the specs find what they stand on. */
const fixturesFolder = 'Fixtures';

export const contentPlayPath = (id: string) => `${testsFolder}/play/content-${id}.play.luau`;
export const contentSpecPath = (id: string) => `${contentTestsFolder}/Content-${id}.spec.luau`;

export type GenerateContentInput = {
  plan: ContentPlan;
  /** As the generator lays it out: what the picture and the page show. */
  layout: ContentLayout;
  assets: readonly NightAsset[];
  target: Pick<PublishTarget, 'host' | 'creator'>;
  server: Mount;
  /** Contents that the project has already. */
  existing: readonly string[];
  existingLock: AssetLock | undefined;
};

/** In the package, the runtime lies beside the content; in a game, inside of its folder. */
function withOwnRuntime(source: string): string {
  return source.replace(/^(local Runtime = script(?:\.Parent)*)\.Parent\.runtime$/m, '$1.Runtime');
}

function dataModule(name: string, type: string, module: string, value: unknown): string {
  return `--!strict
local Frozen = require(script.Parent.Parent.Parent.Runtime.Frozen)
local Types = require(script.Parent.Parent.Parent.${module})

local ${name}: Types.${type} = ${luauLiteral(value)}

return Frozen.deep(${name})
`;
}

/** Every variation of the plan is in it, also one that was not made: the layout names it. */
function assetsModule({ plan, assets, target }: GenerateContentInput): string {
  const byId = Object.fromEntries([
    ...plan.assets.map((spec) => [spec.id, missingAsset(spec)] as const),
    ...assets.map((asset) => [asset.id, luauAsset(asset)] as const),
  ]);
  return dataModule('assets', 'NightAssets', 'Runtime.Types', { host: target.host, assets: byId });
}

function indexModule(ids: readonly string[]): string {
  const loaders = [...ids].sort().map((id) => {
    const folder = luauPath('script', [id]);
    return `[${luauString(id)}] = function()
        return {
          config = require(${folder}.Config),
          assets = require(${folder}.Assets),
        }
      end,`;
  });
  return `--!strict
-- The contents of this game by their ids. Each is loaded when it is asked for.

local Types = require(script.Parent.Types)

local contents: { [string]: () -> Types.Content } = {
  ${loaders.join('\n')}
}

return table.freeze(contents)
`;
}

function contentSpec(source: string, { config }: ContentPlan, instance: readonly string[]): string {
  const named = replaceLine(source, /^local ID = ""$/, `local ID = ${luauString(config.id)}`);
  return relocateSpec(named, contentFolder, instance, 2);
}

function contentPlay(source: string, { id, origin, width, depth, limits, cache }: ContentConfig): string {
  const values = {
    '\tlocal ID = ""': `\tlocal ID = ${luauString(id)}`,
    '\tlocal ORIGIN = { x = 0, y = 0, z = 0 }': `\tlocal ORIGIN = ${luauLiteral(origin)}`,
    '\tlocal WIDTH, DEPTH = 0, 0': `\tlocal WIDTH, DEPTH = ${luauLiteral(width)}, ${luauLiteral(depth)}`,
    '\tlocal MOST_INSTANCES, MOST_PARTS, MOST_POOLED = 0, 0, 0': `\tlocal MOST_INSTANCES, MOST_PARTS, MOST_POOLED = ${limits.instances}, ${limits.parts}, ${cache.models}`,
  };
  return Object.entries(values).reduce((text, [line, replacement]) => {
    if (text.split(line).length !== 2)
      throw new Error(`the template Content.play.luau lacks the line ${line}`);
    return text.replace(line, () => replacement);
  }, source);
}

function luauSources(input: GenerateContentInput, luau: ContentPackage): Map<string, string> {
  const { plan, server } = input;
  const { id } = plan.config;
  const root = `${server.folder}/${contentFolder}`;
  const instance = [...server.instance, contentFolder];
  const files = new Map<string, string>();
  for (const [path, source] of luau.modules) files.set(`${root}/${path}`, withOwnRuntime(source));
  for (const [path, source] of luau.runtime) files.set(`${root}/Runtime/${path}`, source);
  files.set(`${root}/${contentFolder}.server.luau`, luau.bootstrap);
  files.set(`${root}/Content/init.luau`, indexModule([...new Set([...input.existing, id])]));
  files.set(`${root}/Content/${id}/Config.luau`, dataModule('config', 'Config', 'Types', plan.config));
  files.set(`${root}/Content/${id}/Assets.luau`, assetsModule(input));

  for (const [path, source] of luau.specs) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const spec = relocateSpec(source, 'Content', instance, 2);
    files.set(
      `${contentTestsFolder}/${name}`,
      spec.replace('require(Content.testing.Fixtures)', `require(script.Parent.${fixturesFolder})`),
    );
  }
  for (const [path, source] of luau.runtimeSpecs) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    files.set(
      `${contentTestsFolder}/${name}`,
      relocateSpec(source, 'Graveshift', [...instance, 'Runtime'], 2),
    );
  }
  const fixtures = luau.fixtures.get('Fixtures.luau') ?? '';
  files.set(`${contentTestsFolder}/${fixturesFolder}.luau`, relocate(fixtures, 'Content', instance));
  files.set(contentSpecPath(id), contentSpec(luau.contentSpec, plan, instance));
  files.set(contentPlayPath(id), contentPlay(luau.contentPlay, plan.config));
  files.set(`${testsFolder}/Testing.luau`, luau.testing);
  return files;
}

/** What a person needs to know what was made of what. */
function recordOf({ plan, assets }: GenerateContentInput): string {
  const record = {
    version: 1,
    content: plan.config.id,
    contentType: plan.config.contentType,
    seed: plan.config.seed,
    assets: assets.map(assetRecord),
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/**
 * The files of a content: path from the project's root → text, sorted by path. Equal input, equal bytes. Luau is
 * formatted; nothing in the plan or the assets can become code.
 */
export function generateContent(input: GenerateContentInput, luau: ContentPackage): Map<string, string> {
  const assets = [...input.assets].sort((a, b) => (a.id < b.id ? -1 : 1));
  const sorted = { ...input, assets };
  const { plan, layout } = input;
  const { id } = plan.config;
  const files = new Map<string, string>();
  for (const [path, source] of luauSources(sorted, luau)) {
    files.set(path, formatLuau(path, withHeader(source)));
  }
  const lock = mergeAssetLock(input.existingLock, assets, input.target);
  files.set(assetLockPath, `${JSON.stringify(lock, null, 2)}\n`);
  files.set(`${recordsFolder}/${id}.json`, recordOf(sorted));
  files.set(`${contentSheetsFolder}/${id}.md`, contentSheet(plan, layout, assets));
  files.set(`${contentSheetsFolder}/${id}.svg`, renderContentSvg(plan.config, layout));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
