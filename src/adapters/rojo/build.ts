import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { GraveshiftError } from '../../domain/failure.js';
import { requireMappedPaths } from './required-paths.js';
import { rojoWords, runRojo, type RojoContext } from './run-rojo.js';

/**
 * Builds a place from the checkout. The file is written outside the checkout, so the tree stays as it was.
 *
 * @param project path of the Rojo project file, from the checkout's root
 * @returns the bytes of the .rbxl; equal for equal trees and one Rojo version
 * @throws GraveshiftError `BuildFailure`: a mapped path that is not there, or Rojo's own words
 */
export async function buildPlaceFile(
  context: RojoContext,
  checkout: string,
  project: string,
): Promise<Uint8Array> {
  await requireMappedPaths(checkout, project);
  const folder = await mkdtemp(path.join(tmpdir(), 'graveshift-place-'));
  try {
    const output = path.join(folder, 'place.rbxl');
    const result = await runRojo(context, checkout, ['build', project, '--output', output]);
    if (result.exitCode !== 0) {
      throw buildFailure('build', project, result.tail, [checkout, await realpath(checkout)]);
    }
    return await readFile(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function buildFailure(
  step: string,
  project: string,
  output: string,
  directories: readonly string[],
): GraveshiftError {
  const words = rojoWords(output, directories) || 'it ended without a word';
  return new GraveshiftError(
    'BuildFailure',
    `rojo ${step} ${project} failed: ${words}\nCorrect it in the project, and see that "rojo ${step} ${project}" works there.`,
    { details: { project } },
  );
}
