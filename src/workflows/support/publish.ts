import { sleep } from '@temporalio/workflow';

import type { PublishIntent } from '../../domain/activities.js';
import { causeOf, failRun } from './failures.js';
import { openCloud, publishing } from './stations.js';

/** A publish whose answer was lost may land this much later; until then its absence proves nothing. */
const settleWindow = '10s';
/** Publishes that certainly had no effect are tried again this often before a person is asked. */
const attempts = 3;

/**
 * Publishes the intent's bytes effectively once. The intent is recorded first; after an unknown outcome the place's
 * history is searched for the bytes, and only their certain absence allows another try.
 */
export async function publishOnce(
  intent: PublishIntent,
  versionType: 'Saved' | 'Published',
): Promise<{ version: number; evidence: string }> {
  const where = `${intent.target.environment}/${intent.target.placeName}`;
  const { lastVersion } = await openCloud(`Check key, universe and place of ${where}`).preparePublish({
    intent,
  });
  for (let attempt = 1; ; attempt++) {
    try {
      const { version } = await publishing(`Publish to ${where}`).publishPlace({ intent, versionType });
      return { version, evidence: 'answered by Open Cloud' };
    } catch (error) {
      const { kind, message } = causeOf(error);
      if (kind !== 'OutcomeUnknown' && kind !== 'Timeout') throw error;
      await sleep(settleWindow, { summary: 'Settle window after an unknown outcome' });
      const found = await openCloud(`Search the history of ${where} for the lost publish`).reconcilePublish({
        intent,
        lastVersion,
      });
      if (found.outcome === 'landed') return found;
      if (found.outcome === 'ambiguous' || attempt === attempts) {
        throw failRun('OutcomeUnknown', `${message}; afterwards: ${found.evidence}`, { lastVersion });
      }
    }
  }
}
