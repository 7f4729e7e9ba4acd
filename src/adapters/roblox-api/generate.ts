import { describeMetadata, type RobloxApiMetadata } from './metadata.js';
import type { RobloxApi } from './model.js';
import { readRobloxApi } from './read-api.js';
import { writeDefinitions } from './write-definitions.js';

export type GeneratedApi = {
  api: RobloxApi;
  metadata: RobloxApiMetadata;
  /** A definition file for Luau's analysis. */
  definitions: string;
};

/** The same package and generator give the same text. @param folder of the package `@rbxts/types` */
export async function generateRobloxApi(folder: string, generatorVersion: string): Promise<GeneratedApi> {
  const api = await readRobloxApi(folder);
  const metadata = describeMetadata(api);
  return { api, metadata, definitions: writeDefinitions(api, `generator ${generatorVersion}`) };
}
