import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { readRojoMounts, type Mount } from '../adapters/luau/index.js';
import {
  asRojoReads,
  buildPlaceFile,
  compareInstances,
  expectInstances,
  isScript,
  prepareCheckout,
  readPlace,
  readServedTree,
  readSourceMap,
  stampPlace,
  withoutStamp,
  type MappedInstance,
  type PlaceInstance,
  type RojoTool,
} from '../adapters/rojo/index.js';
import type { RojoActivities } from '../domain/activities.js';
import type { ArtifactStore } from '../domain/artifact.js';
import { changeSetDigest, changeSetSchema, type ChangeSet } from '../domain/change-set.js';
import { GraveshiftError } from '../domain/failure.js';
import { gateResult, type GateResult } from '../domain/gate.js';
import { parseInput } from '../domain/parse-input.js';
import { countByKind, describeDifference } from './rojo-gate.js';
import { activitySignal } from './support/context.js';

/** Throw-away checkouts of a project's commits. */
export interface Worktrees {
  /**
   * The directory is removed when the work ends, also when it fails. The work's signal aborts when the caller's does,
   * or when the directory is not the work's own any more.
   */
  withWorktree<Result>(
    project: string,
    commit: string,
    work: (directory: string, signal: AbortSignal) => Promise<Result>,
    options?: { signal?: AbortSignal },
  ): Promise<Result>;
}

export type RojoDependencies = {
  worktrees: Worktrees;
  artifacts: ArtifactStore;
  rojo: RojoTool;
  env: Readonly<Record<string, string | undefined>>;
};

const placeMediaType = 'application/vnd.roblox.place';
const scriptFile = /\.luau?$/;

export function createRojoActivities({ worktrees, artifacts, rojo, env }: RojoDependencies): RojoActivities {
  async function readChangeSet(ref: Parameters<ArtifactStore['get']>[0], digest: string): Promise<ChangeSet> {
    const text = Buffer.from(await artifacts.get(ref)).toString('utf8');
    const changeSet = parseInput(changeSetSchema, 'the change set', JSON.parse(text) as unknown);
    const actual = changeSetDigest(changeSet);
    if (actual === digest) return changeSet;
    throw new GraveshiftError(
      'BuildFailure',
      `The change set in the store has the digest ${actual}, the run's is ${digest}. Make the night's code again.`,
    );
  }

  return {
    async buildPlace({ project, commit, target, prepare, changeSet: changeSetRef, digest }) {
      const signal = activitySignal();
      const changeSet = await readChangeSet(changeSetRef, digest);
      const work = async (checkout: string, workSignal: AbortSignal) => {
        const context = { rojo, environment: env, signal: workSignal };
        await prepareCheckout(checkout, prepare, { environment: env, signal: workSignal });
        const built = await buildPlaceFile(context, checkout, target.rojoProject);
        const sourceMap = await readSourceMap(context, checkout, target.rojoProject);
        const bytes = stampPlace(built, { commit, digest });
        const instances = readPlace(bytes);
        const differences = compareInstances(await expectInstances(checkout, sourceMap), instances);
        const projectText = await readFile(path.join(checkout, target.rojoProject), 'utf8');
        const mounts = readRojoMounts(target.rojoProject, projectText);
        const carried = await checkChangeSet(changeSet, { artifacts, checkout, sourceMap, mounts });
        return { bytes, instances, differences, carried };
      };
      const { bytes, instances, differences, carried } = await worktrees.withWorktree(
        project,
        commit,
        work,
        signal === undefined ? {} : { signal },
      );

      const scripts = instances.filter(({ className }) => isScript({ className })).length;
      const findings = [...differences.map(describeDifference), ...carried.findings];
      const place = await artifacts.put(bytes, placeMediaType);
      return {
        place,
        gate: gateOfBuild({ scripts, instances: instances.length, bytes: bytes.length, carried, findings }),
        scripts,
        instances: instances.length,
        rojoVersion: rojo.version,
      };
    },

    async verifyServe({ serve, place }) {
      const served = await readServedTree(serve, activitySignal());
      if (!served.running) {
        const summary = `No rojo serve at ${serve}: ${served.reason}. Nothing was compared.`;
        return { ...gateResult('serve', 'inconclusive', summary), running: false };
      }
      const built = readPlace(await artifacts.get(place));
      return { ...compareServed(serve, served, built), running: true };
    },
  };
}

type Carried = { scripts: number; unmapped: number; findings: string[] };

/** Looks for the change set's scripts among what Rojo maps, with the very text that the store holds. */
async function checkChangeSet(
  changeSet: ChangeSet,
  project: {
    artifacts: ArtifactStore;
    checkout: string;
    sourceMap: readonly MappedInstance[];
    mounts: readonly Mount[];
  },
): Promise<Carried> {
  const mapped = new Set(project.sourceMap.flatMap(({ files }) => files));
  const inMount = (file: string) => project.mounts.some(({ folder }) => file.startsWith(`${folder}/`));
  const carried: Carried = { scripts: 0, unmapped: 0, findings: [] };
  const scripts = Object.entries(changeSet.files).filter(([file]) => scriptFile.test(file));
  for (const [file, ref] of scripts) {
    if (!mapped.has(file)) {
      carried.unmapped += 1;
      if (inMount(file))
        carried.findings.push(`${file} of the change set is left out by Rojo: see globIgnorePaths`);
      continue;
    }
    carried.scripts += 1;
    const wanted = asRojoReads(Buffer.from(await project.artifacts.get(ref)).toString('utf8'));
    const found = asRojoReads(await readFile(path.join(project.checkout, file), 'utf8'));
    if (found !== wanted)
      carried.findings.push(
        `${file} is not what the change set holds: a preparation step or the commit changed it`,
      );
  }
  for (const file of changeSet.removals.filter((removed) => mapped.has(removed))) {
    carried.findings.push(`${file} was removed by the change set, and is still in the place`);
  }
  if (scripts.length > 0 && carried.scripts === 0) {
    carried.findings.push(`none of the change set's ${scripts.length} scripts is mapped into the place`);
  }
  return carried;
}

function gateOfBuild(build: {
  scripts: number;
  instances: number;
  bytes: number;
  carried: Carried;
  findings: readonly string[];
}): GateResult {
  const { scripts, instances, bytes, carried, findings } = build;
  const figures = `${scripts} scripts and ${instances} instances in ${bytes} bytes`;
  return findings.length === 0
    ? gateResult(
        'place',
        'pass',
        `${figures}: every script is the commit's; ${carried.scripts} of the change set's ${carried.scripts + carried.unmapped} scripts are in the place, the rest is mapped nowhere`,
      )
    : gateResult('place', 'fail', `${figures}: ${findings.length} differences from the commit`, findings);
}

/** A developer may show another branch at night: that is told, and stops nothing. */
function compareServed(
  serve: string,
  served: { projectName: string; version: string; instances: PlaceInstance[] },
  built: readonly PlaceInstance[],
): GateResult {
  const differences = compareInstances(built, served.instances);
  const who = `rojo serve ${served.version} at ${serve} (${served.projectName})`;
  if (differences.length === 0) {
    const count = withoutStamp(built).length;
    return gateResult('serve', 'pass', `${who} shows all ${count} instances as they are in the place`);
  }
  return gateResult(
    'serve',
    'inconclusive',
    `${who} shows another tree than the place: ${countByKind(differences)}. A checkout of another commit is no fault.`,
    differences.map(describeDifference),
  );
}
