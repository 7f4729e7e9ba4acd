import type { AssetLock, NightAsset } from '../../domain/asset.js';
import type { NightDesign } from '../../domain/night.js';
import type { PublishTarget } from '../../domain/project.js';
import { assetLockPath, mergeAssetLock } from './asset-lock.js';
import { assetRecord } from './asset-record.js';
import { formatLuau } from './format.js';
import type { LuauPackage } from './luau-package.js';
import { nightDataModules, nightsIndex } from './night-data.js';
import { nightScripts, type NightMounts } from './night-package.js';
import { nightSheet } from './night-sheet.js';
import { relocateSpec, replaceLine, testsFolder, withHeader } from './templates.js';

/** Pages for those who review a night. */
export const nightSheetsFolder = 'docs/nights';

export type GenerateNightInput = NightMounts & {
  design: NightDesign;
  assets: readonly NightAsset[];
  target: Pick<PublishTarget, 'host' | 'creator'>;
  /** Nights that the project has already. */
  existingNights: readonly number[];
  existingLock: AssetLock | undefined;
};

function provenance(design: NightDesign, assets: readonly NightAsset[]): string {
  const record = {
    version: 1,
    night: design.night,
    seed: design.seed,
    theme: design.theme,
    assets: assets.map(assetRecord),
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

function luauSources(input: GenerateNightInput, luau: LuauPackage): Map<string, string> {
  const { design, assets, target, shared } = input;
  const root = `${shared.folder}/Graveshift`;
  const graveshift = [...shared.instance, 'Graveshift'];
  const files = nightScripts(input, luau);
  for (const [name, source] of nightDataModules(design, assets, target.host)) {
    files.set(`${root}/Nights/Night${design.night}/${name}`, source);
  }
  files.set(`${root}/Nights/init.luau`, nightsIndex(input.existingNights, design.night));
  const nightSpec = replaceLine(luau.nightSpec, /^local NIGHT = 0$/, `local NIGHT = ${design.night}`);
  files.set(
    `${testsFolder}/Night${design.night}.spec.luau`,
    relocateSpec(nightSpec, 'Graveshift', graveshift),
  );
  files.set(`${testsFolder}/Testing.luau`, luau.testing);
  return files;
}

/**
 * The files of a night: path from the project's root → text, sorted by path. Equal input, equal bytes. Luau is
 * formatted; nothing in the design or the assets can become code.
 */
export function generateNight(input: GenerateNightInput, luau: LuauPackage): Map<string, string> {
  const { design, target } = input;
  const assets = [...input.assets].sort((a, b) => (a.id < b.id ? -1 : 1));
  const files = new Map<string, string>();
  // The package's own modules are formatted already, and formatting is most of the work.
  const formatted = new Set([...luau.runtime.values(), ...luau.client.values()]);
  for (const [path, source] of luauSources({ ...input, assets }, luau)) {
    const marked = withHeader(source);
    files.set(path, formatted.has(source) ? marked : formatLuau(path, marked));
  }
  const lock = mergeAssetLock(input.existingLock, assets, target);
  files.set(assetLockPath, `${JSON.stringify(lock, null, 2)}\n`);
  files.set(`assets/graveshift/night-${design.night}.json`, provenance(design, assets));
  files.set(`${nightSheetsFolder}/night-${design.night}.md`, nightSheet(design, assets));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
