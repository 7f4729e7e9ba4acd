import { stat } from 'node:fs/promises';

import { createFileArtifactStore } from '../adapters/artifacts/index.js';
import { createLedger, type Ledger, type ReleaseRecord } from '../adapters/ledger/index.js';
import { parseLedgerUrl } from '../adapters/ledger/ledger-url.js';
import type { ArtifactStore } from '../domain/artifact.js';
import { invalidInput } from '../domain/failure.js';
import { parseInput } from '../domain/parse-input.js';
import { releaseManifestSchema, type ReleaseManifest } from '../domain/release.js';
import { resolveHome } from '../stack/home.js';
import { loadWorkerSettings } from '../worker/settings.js';
import type { CliContext } from './context.js';

/** The releases that this home's worker recorded, and the store with their bytes. */
export type LocalReleases = { ledger: Pick<Ledger, 'releases'>; artifacts: ArtifactStore };

/** Reads the home's ledger and store, whether or not a stack is running. Where there is no ledger none is made. */
export async function withLocalReleases<T>(
  context: Pick<CliContext, 'env'>,
  flags: { home?: string },
  work: (local: LocalReleases) => Promise<T>,
): Promise<T> {
  const home = resolveHome({ flag: flags.home, env: context.env });
  const settings = loadWorkerSettings({ ...context.env, GRAVESHIFT_HOME: home });
  const artifacts = createFileArtifactStore({ directory: settings.store });
  const file = parseLedgerUrl(settings.ledger);
  if (!(await exists(file))) {
    throw invalidInput('the home', [
      {
        field: '--home',
        value: `${home}, which has no ledger (${file})`,
        remedy: 'name the home that the worker runs with, or make a first night: graveshift night 1',
      },
    ]);
  }
  const ledger = await createLedger({ url: settings.ledger });
  try {
    return await work({ ledger, artifacts });
  } finally {
    await ledger.close();
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * The newest release of that name, whatever its project where none is named.
 * @throws InvalidInput that shows what there is, or asks for the project
 */
export async function findRelease(
  { ledger }: LocalReleases,
  name: string,
  project?: string,
): Promise<ReleaseRecord> {
  const all = await ledger.releases.list(project === undefined ? {} : { project });
  const projects = [...new Set(all.map((release) => release.project))];
  const found = await Promise.all(projects.map((each) => ledger.releases.find(each, name)));
  const [release, ...others] = found.filter((each) => each !== undefined);
  if (release !== undefined && others.length === 0) {
    // Staged first, sealed later: the same bytes are the same release, and the sealed record knows more.
    const sealed = all.find(
      ({ manifest, project: owner, place, placeName }) =>
        manifest !== undefined &&
        owner === release.project &&
        place.sha256 === release.place.sha256 &&
        placeName === release.placeName,
    );
    return release.manifest === undefined ? (sealed ?? release) : release;
  }
  if (release === undefined) {
    const known = [...new Set(all.map((each) => each.releaseVersion ?? each.tag))].slice(0, 5);
    throw invalidInput('the release', [
      {
        field: 'name',
        value: `"${name}", which no release has`,
        remedy:
          known.length === 0
            ? 'nothing was staged here yet'
            : `expected a version, tag, digest, run or commit, such as ${known.join(', ')}`,
      },
    ]);
  }
  throw invalidInput('the release', [
    {
      field: 'name',
      value: `"${name}", which several projects have`,
      remedy: `say which with --project: ${projects.join(', ')}`,
    },
  ]);
}

/** Undefined for what was only staged. @throws ArtifactMissing, ArtifactCorrupt as the store does */
export async function readManifest(
  { artifacts }: LocalReleases,
  { manifest }: ReleaseRecord,
): Promise<ReleaseManifest | undefined> {
  if (manifest === undefined) return undefined;
  const text = new TextDecoder().decode(await artifacts.get({ sha256: manifest }));
  return parseInput(releaseManifestSchema, `the manifest ${manifest}`, JSON.parse(text));
}
