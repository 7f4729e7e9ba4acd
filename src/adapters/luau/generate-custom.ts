import type { AssetLock, NightAsset } from '../../domain/asset.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { PublishTarget } from '../../domain/project.js';
import { assetLockPath, mergeAssetLock } from './asset-lock.js';
import { formatLuau } from './format.js';
import { testsFolder, withHeader } from './templates.js';

/** Where the code of one custom feature may be. Paths are from the project's root. */
export type CustomFolders = {
  /** Of the server alone; `Server.luau` in it returns `{ start: () -> () }`. */
  server: string;
  /** Seen by clients too. */
  shared: string;
  tests: string;
};

/** Features whose code a language model wrote live beside those of templates, each in folders of its own. */
export function customFolders(name: string, roots: { server: string; shared: string }): CustomFolders {
  return {
    server: `${roots.server}/Custom/${name}`,
    shared: `${roots.shared}/Graveshift/Custom/${name}`,
    tests: `${testsFolder}/custom/${name}`,
  };
}

export const customBootstrap = (serverFolder: string) => `${serverFolder}/GraveshiftCustom.server.luau`;

/** Names of the custom features among the paths of a project. */
export function customNamesIn(paths: readonly string[], serverFolder: string): string[] {
  const prefix = `${serverFolder}/Custom/`;
  return paths.flatMap((path) => {
    const name = path.startsWith(prefix)
      ? /^(\w+)\/Server\.luau$/.exec(path.slice(prefix.length))?.[1]
      : undefined;
    return name === undefined ? [] : [name];
  });
}

/** `candle-lift` → `CandleLift`, which is a Luau name. */
export const customNameOf = (id: string): string =>
  id.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()).replace(/^(?=[0-9])/, 'F');

/** The script that starts every custom feature: one that fails does not stop the others. */
export function customStarter(names: readonly string[]): string {
  const starts = [...names]
    .sort()
    .map((name) => `\t${name} = function()\n\t\trequire(Custom.${name}.Server).start()\n\tend,`);
  return withHeader(`--!strict
-- Starts what a language model wrote and the gates let through, each by itself: one that fails does not stop the others.

local Custom = script.Parent.Custom

local STARTS: { [string]: () -> () } = {
${starts.join('\n')}
}

for name, start in STARTS do
	task.spawn(function()
		local ok, problem = xpcall(function(): string?
			start()
			return nil
		end, debug.traceback)
		if not ok then
			warn(\`[Graveshift] {name} did not start: {problem}\`)
		end
	end)
end
`);
}

/**
 * What a model wrote, as it goes into the project: marked as generated, and formatted where it parses. Formatting is
 * the tool's work, not the model's.
 */
export function dressGenerated(files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...files].map(([path, source]) => {
      const marked = withHeader(source.startsWith('--!strict') ? source : `--!strict\n${source}`);
      try {
        return [path, formatLuau(path, marked)];
      } catch (error) {
        // Its syntax is wrong: the gate says where.
        if (error instanceof GraveshiftError) return [path, marked];
        throw error;
      }
    }),
  );
}

/** The whole change of one custom feature, sorted by path. */
export function assembleCustom(input: {
  name: string;
  files: ReadonlyMap<string, string>;
  existingNames: readonly string[];
  serverFolder: string;
  assets: readonly NightAsset[];
  target: Pick<PublishTarget, 'host' | 'creator'>;
  existingLock: AssetLock | undefined;
  /** The test library. */
  testing: string;
  provenance: unknown;
}): Map<string, string> {
  const names = new Set([...input.existingNames, input.name]);
  const starter = customBootstrap(input.serverFolder);
  const testing = `${testsFolder}/Testing.luau`;
  const lock = mergeAssetLock(input.existingLock, [...input.assets], input.target);
  const all: [string, string][] = [
    ...input.files,
    [starter, formatLuau(starter, customStarter([...names]))],
    [testing, formatLuau(testing, withHeader(input.testing))],
    [assetLockPath, `${JSON.stringify(lock, null, 2)}\n`],
    [`assets/graveshift/custom-${input.name}.json`, `${JSON.stringify(input.provenance, null, 2)}\n`],
  ];
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}
