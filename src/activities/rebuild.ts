import { createHash } from 'node:crypto';

import {
  buildPlaceFile,
  compareInstances,
  prepareCheckout,
  readPlace,
  readStamp,
  stampPlace,
} from '../adapters/rojo/index.js';
import type { RebuildActivities } from '../domain/deploy-activities.js';
import { gateResult } from '../domain/gate.js';
import { describeDifference } from './rojo-gate.js';
import type { RojoDependencies } from './rojo.js';
import { activitySignal } from './support/context.js';

const gate = 'rebuild';

/** Proof that the staged bytes are what the commit becomes: nothing was slipped in between Git and the place. */
export function createRebuildActivities({
  worktrees,
  artifacts,
  rojo,
  env,
}: RojoDependencies): RebuildActivities {
  return {
    async rebuildPlace({ project, content, target, prepare }) {
      const staged = await artifacts.get(content.place);
      const stamp = readStamp(staged);
      if (stamp?.commit !== content.commit) {
        const found = stamp === undefined ? 'no stamp' : `the stamp of commit ${stamp.commit.slice(0, 12)}`;
        return gateResult(
          gate,
          'fail',
          `the staged place has ${found}, not of ${content.commit.slice(0, 12)}`,
        );
      }
      const signal = activitySignal();
      const bytes = await worktrees.withWorktree(
        project,
        content.commit,
        async (checkout, workSignal) => {
          const context = { rojo, environment: env, signal: workSignal };
          await prepareCheckout(checkout, prepare, { environment: env, signal: workSignal });
          return stampPlace(await buildPlaceFile(context, checkout, target.rojoProject), stamp);
        },
        signal === undefined ? {} : { signal },
      );
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (sha256 === content.place.sha256) {
        return gateResult(
          gate,
          'pass',
          `Rojo ${rojo.version} makes the same ${bytes.length} bytes of the commit`,
        );
      }
      const differences = compareInstances(readPlace(staged), readPlace(bytes));
      const findings = differences.map(describeDifference);
      const made = content.rojoVersion;
      if (made !== undefined && made !== rojo.version) {
        return gateResult(
          gate,
          'inconclusive',
          `staged by Rojo ${made}, and this worker has ${rojo.version}, which makes other bytes: ` +
            `${differences.length} differences in what they hold. The staged bytes are published`,
          findings,
        );
      }
      return gateResult(
        gate,
        'fail',
        `the commit becomes ${sha256.slice(0, 12)}, and ${content.place.sha256.slice(0, 12)} was staged: ` +
          `${differences.length} differences. Stage it again`,
        findings,
      );
    },
  };
}
