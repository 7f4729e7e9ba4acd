import type { ConfigValues, OpenCloudClient } from '../../adapters/open-cloud/index.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import type { LiveActivities } from '../../domain/deploy-activities.js';
import { GraveshiftError } from '../../domain/failure.js';
import { callOptions, type LiveDependencies } from './dependencies.js';

/** How far back a publish of ours is looked for after its answer was lost. */
const revisionsLooked = 20;

/** Null stands for a key that is absent, as in the service's own drafts. */
export function createSetConfig({
  clientFor,
}: Pick<LiveDependencies, 'clientFor'>): LiveActivities['setConfig'] {
  return async ({ target, runId, values, strategy }) => {
    const client = await clientFor(target);
    const { universeId } = target;
    const message = messageOf(runId, values);
    const published = await client.getConfig(universeId, callOptions());
    if (isSame(pick(published.entries, values), values)) {
      return { version: published.version, ...(await whatWasBefore(client, universeId, message, values)) };
    }

    const draft = await client.getConfigDraft(universeId, callOptions());
    refuseForeignDraft(draft.entries, values);
    const draftHash = await stage(client, universeId, { entries: values, draftHash: draft.hash });
    const version = await publish(client, universeId, { draftHash, message, strategy }, values);
    return { version, previous: pick(published.entries, values), changed: true };
  };
}

async function stage(
  client: OpenCloudClient,
  universeId: string,
  change: Parameters<OpenCloudClient['updateConfigDraft']>[1],
): Promise<string> {
  try {
    return (await client.updateConfigDraft(universeId, change, callOptions())).draftHash;
  } catch (error) {
    if (!(error instanceof GraveshiftError) || error.kind !== 'OutcomeUnknown') throw error;
    // The draft is read first when this is tried again, and its hash refuses what came in between.
    throw new GraveshiftError('ServiceUnavailable', error.message, { details: error.details, cause: error });
  }
}

async function publish(
  client: OpenCloudClient,
  universeId: string,
  draft: Parameters<OpenCloudClient['publishConfig']>[1],
  values: ConfigValues,
): Promise<number> {
  try {
    return (await client.publishConfig(universeId, draft, callOptions())).version;
  } catch (error) {
    if (!(error instanceof GraveshiftError) || error.kind !== 'OutcomeUnknown') throw error;
    const now = await client.getConfig(universeId, callOptions());
    if (isSame(pick(now.entries, values), values)) return now.version;
    // Setting a key to the same value twice is one change; the draft's hash refuses what came in between.
    throw new GraveshiftError(
      'ServiceUnavailable',
      'The config was sent to be published and got no answer, and is not published yet. Try again later.',
      { details: error.details, cause: error },
    );
  }
}

/** Values that are there already: by this very call, whose answer was lost, or by somebody else long ago. */
async function whatWasBefore(
  client: OpenCloudClient,
  universeId: string,
  message: string,
  values: ConfigValues,
): Promise<{ previous: ConfigValues; changed: boolean }> {
  const revisions = await client.listConfigRevisions(universeId, revisionsLooked, callOptions());
  const ours = revisions.find((revision) => revision.message === message);
  if (ours === undefined) return { previous: values, changed: false };
  const before = Object.entries(values).map(([key, value]) => {
    const change = ours.changes[key];
    return [key, change === undefined ? value : change.before];
  });
  return { previous: Object.fromEntries(before) as ConfigValues, changed: true };
}

/** A publish takes the whole draft: what another person has staged in it would go out with ours. */
function refuseForeignDraft(staged: ConfigValues, values: ConfigValues): void {
  const foreign = Object.keys(staged).filter(
    (key) => !(key in values) || canonicalJson(staged[key]) !== canonicalJson(values[key]),
  );
  if (foreign.length === 0) return;
  throw new GraveshiftError(
    'DeploymentFailure',
    `Somebody else’s draft of the in-experience config is open: it changes ${foreign.sort().join(', ')}, and publishing ` +
      'ours would publish it too. Have it published or discarded on the Creator Hub, then try again.',
    { details: { keys: foreign } },
  );
}

const pick = (entries: ConfigValues, wanted: ConfigValues): ConfigValues =>
  Object.fromEntries(Object.keys(wanted).map((key) => [key, entries[key] ?? null]));

const isSame = (one: ConfigValues, other: ConfigValues): boolean =>
  canonicalJson(one) === canonicalJson(other);

/** The same for a call and for its retry; a run that sets a key back says other values. */
const messageOf = (runId: string, values: ConfigValues): string =>
  `Graveshift run ${runId}: ${canonicalJson(values)}`.slice(0, 500);
