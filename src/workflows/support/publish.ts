import { sleep } from '@temporalio/workflow';

import type { PublishIntent } from '../../domain/activities.js';
import { causeOf, failRun } from './failures.js';
import { openCloud, preflight, publishing } from './stations.js';

/** A publish whose answer was lost may land this much later; until then its absence proves nothing. */
const settleWindow = '10s';
/** Publishes that were lost and certainly did not land are tried again this often before a person is asked. */
const attempts = 3;

export type PublishedVersion = {
  version: number;
  /** How it is known, in words. */
  evidence: string;
  /** Versions that were there before it and that no run recorded. */
  unrecorded: number[];
};

/** For a step's note: the version, and what else was found. */
export function describePublished({ version, unrecorded }: PublishedVersion, placeId: string): string {
  const published = `version ${version} of place ${placeId}`;
  if (unrecorded.length === 0) return published;
  return `${published}; nobody recorded ${unrecorded.join(', ')} before it: see "graveshift place rebuild"`;
}

/**
 * Publishes the intent's bytes effectively once. The intent is recorded first; after an unknown outcome the place's
 * history is searched for the bytes, and only their certain absence allows another try.
 */
export async function publishOnce(
  intent: PublishIntent,
  versionType: 'Saved' | 'Published',
): Promise<PublishedVersion> {
  const where = `${intent.target.environment}/${intent.target.placeName}`;
  const { lastVersion, unrecorded = [] } = await openCloud(
    `Check key, universe and place of ${where}`,
  ).preparePublish({
    intent,
  });
  const search = async () => {
    await sleep(settleWindow, { summary: 'Settle window of a lost publish' });
    return openCloud(`Search the history of ${where} for the lost publish`).reconcilePublish({
      intent,
      lastVersion,
    });
  };
  for (let attempt = 1; ; attempt++) {
    try {
      const { version } = await publishing(`Publish to ${where}`).publishPlace({ intent, versionType });
      return { version, evidence: 'answered by Open Cloud', unrecorded };
    } catch (error) {
      const { kind, message } = causeOf(error);
      if (kind !== 'OutcomeUnknown' && kind !== 'Timeout') throw error;
      let found = await search();
      // A worker that only lost its connection to Temporal goes on sending: its end is waited for.
      while (found.outcome === 'sending') found = await search();
      if (found.outcome === 'landed') {
        return { version: found.version, evidence: found.evidence, unrecorded };
      }
      if (found.outcome === 'ambiguous' || attempt === attempts) {
        throw failRun('OutcomeUnknown', `${message}; afterwards: ${found.evidence}`, { lastVersion });
      }
    }
  }
}

/** Answers the step's question when a person found the lost publish in the place's history. */
export function landedAs(
  intent: () => PublishIntent,
): (version: number, by: string) => Promise<PublishedVersion> {
  return async (version, by) => {
    await preflight(`Is version ${version} the lost publish?`).confirmLanded({
      intent: intent(),
      version,
      by,
    });
    return { version, evidence: `${by} found it as version ${version}`, unrecorded: [] };
  };
}
