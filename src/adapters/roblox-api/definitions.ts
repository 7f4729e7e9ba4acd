import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

import { z } from 'zod';

import { GraveshiftError } from '../../domain/failure.js';
import { withFileLock } from '../files/file-lock.js';
import { writeFileAtomically } from '../files/write-atomically.js';
import { type RobloxApi, robloxApiSchema } from './model.js';

/** Where the engine's API lies, generated for Luau's analysis. */
export type RobloxDefinitions = {
  /** `@rbxts/types 1.0.954`. */
  version: string;
  /** Absolute paths of the definition file and of what it cannot say (`robloxApiMetadataSchema`). */
  definitions: string;
  metadata: string;
  /** The same API as a model, for prompts and advice. */
  readApi: () => Promise<RobloxApi>;
};

export type RobloxDefinitionsOptions = {
  /** The user's cache; files go to `roblox-api/<version of the package>-<version of the generator>`. */
  cacheDirectory: string;
  /** Default: the installed `@rbxts/types`. */
  packageFolder?: string;
  /** Default: a digest of the generator's own code. */
  generatorVersion?: string;
  signal?: AbortSignal;
};

const files = { definitions: 'roblox.d.luau', metadata: 'roblox.json', api: 'api.json' };

/**
 * Finds the definitions in the cache or generates them (2 seconds), once for processes that ask together.
 * @throws GraveshiftError `StorageFailure` when the cache cannot be written
 */
export async function prepareRobloxDefinitions(
  options: RobloxDefinitionsOptions,
): Promise<RobloxDefinitions> {
  const packageFolder = options.packageFolder ?? installedPackage();
  const version = await packageVersion(packageFolder);
  const generatorVersion = options.generatorVersion ?? (await ownVersion());
  const folder = path.join(options.cacheDirectory, 'roblox-api', `${version}-${generatorVersion}`);
  const api = path.join(folder, files.api);
  if (!(await exists(api))) {
    await makeFolder(folder);
    await withFileLock(folder, options, async () => {
      if (!(await exists(api))) await generateInto(folder, packageFolder, generatorVersion);
    });
  }
  return {
    version: `@rbxts/types ${version}`,
    definitions: path.join(folder, files.definitions),
    metadata: path.join(folder, files.metadata),
    readApi: async () => robloxApiSchema.parse(JSON.parse(await readFile(api, 'utf8'))),
  };
}

async function generateInto(folder: string, packageFolder: string, generatorVersion: string): Promise<void> {
  // The TypeScript compiler takes a while to load, and is needed only here.
  const { generateRobloxApi } = await import('./generate.js');
  const { api, metadata, definitions } = await generateRobloxApi(packageFolder, generatorVersion);
  await writeFileAtomically(path.join(folder, files.definitions), definitions);
  await writeFileAtomically(path.join(folder, files.metadata), JSON.stringify(metadata));
  // Last: where it is, the others are whole.
  await writeFileAtomically(path.join(folder, files.api), JSON.stringify(api));
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new GraveshiftError(
      'StorageFailure',
      `The cache folder ${folder} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Make it writable, or set GRAVESHIFT_CACHE to a folder that is.',
      { details: { folder }, cause },
    );
  });
}

function installedPackage(): string {
  return path.dirname(createRequire(import.meta.url).resolve('@rbxts/types/package.json'));
}

async function packageVersion(folder: string): Promise<string> {
  const text = await readFile(path.join(folder, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** Any change of the generator's code makes new definitions, without a number that somebody forgets to raise. */
async function ownVersion(): Promise<string> {
  const folder = import.meta.dirname;
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).filter((file) => /\.[jt]s$/.test(file)).sort()) {
    hash.update(name).update(await readFile(path.join(folder, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
