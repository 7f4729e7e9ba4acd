import type { Ledger } from '../adapters/ledger/index.js';
import type { CallOptions, Clock, OpenCloudClient } from '../adapters/open-cloud/index.js';
import { describeCall } from '../adapters/open-cloud/index.js';
import type { DeployPolicy } from '../domain/deploy.js';
import type { PreflightActivities } from '../domain/deploy-activities.js';
import { GraveshiftError } from '../domain/failure.js';
import type { GateResult } from '../domain/gate.js';
import type { PublishTarget } from '../domain/project.js';
import { isoTime, proveTarget } from './open-cloud-preflight.js';
import { reconcile, type PlaceStamp } from './open-cloud-reconcile.js';
import { auditPlace } from './place-audit.js';
import { activitySignal } from './support/context.js';

export type PreflightDependencies = {
  clientFor: (target: PublishTarget) => Promise<OpenCloudClient>;
  ledger: Pick<Ledger, 'intents' | 'places' | 'releases' | 'runs'>;
  readStamp: (place: Uint8Array) => PlaceStamp | undefined;
  clock: Clock;
};

const testCalls = ['createLuauTask', 'getLuauTask', 'listLuauTaskLogs'] as const;
/** Without these a release could not be rolled out or watched once it is live. */
const liveCalls = [
  'forecastRestart',
  'restartServers',
  'listRestarts',
  'listGameServers',
  'listServerLogs',
] as const;
const configCalls = ['getConfig', 'getConfigDraft', 'updateConfigDraft', 'publishConfig'] as const;

/** What is looked at before anything is changed, and what is found out afterwards. */
export function createPreflightActivities({
  clientFor,
  ledger,
  readStamp,
  clock,
}: PreflightDependencies): PreflightActivities {
  return {
    async checkDeploy({ staging, production, policy, live, ramp, stagedRun }) {
      const options = callOptions();
      const frozen = await ledger.places.frozen(production.host, production.placeId);
      if (frozen) {
        throw placeFrozen(
          `place ${production.placeId} is frozen by ${frozen.by} since ${frozen.since}: ${frozen.reason}. ` +
            `Lift it with "graveshift place unfreeze"`,
        );
      }
      refuseFreezeWindow(policy, clock.now());
      await proveTarget(await clientFor(staging), staging, options, testCalls);
      const client = await clientFor(production);
      await proveTarget(client, production, options, [
        ...liveCalls,
        ...(policy.snapshotDataStores ? (['snapshotDataStores'] as const) : []),
        ...(ramp ? configCalls : []),
      ]);
      const [notes] = await Promise.all([
        notesOnHistory(client, production, live?.version, options),
        refuseTeamCreate(client, production, options),
      ]);
      return { notes, tasks: await tasksOf(stagedRun) };
    },

    listDeployCalls({ candidate, policy, ramp }) {
      return Promise.resolve({ calls: deployCalls(candidate, policy, ramp) });
    },

    async headOf({ target }) {
      const client = await clientFor(target);
      const { versions } = await client.listPlaceVersions(target.placeId, { limit: 1 }, callOptions());
      const head = versions[0]?.version;
      return head === undefined ? {} : { head };
    },

    async auditPlace({ target }) {
      const dependencies = {
        client: await clientFor(target),
        intents: ledger.intents,
        places: ledger.places,
        releases: ledger.releases,
        readStamp,
        now: () => isoTime(clock),
      };
      return auditPlace(dependencies, target, callOptions());
    },

    async confirmLanded({ intent, version, by }) {
      const { runId, place, target } = intent;
      const client = await clientFor(target);
      const recorded = await ledger.intents.find(runId, place.sha256);
      const lastVersion = recorded?.lastVersion ?? 0;
      const { versions } = await client.listPlaceVersions(
        target.placeId,
        { afterVersion: lastVersion, limit: 50 },
        callOptions(),
      );
      const found = versions.some((each) => each.version === version);
      const others = await ledger.intents.recordedVersions(target.host, target.placeId);
      const owner = others.find((each) => each.version === version && each.runId !== runId);
      if (!found || owner) {
        const why = owner
          ? `version ${version} was published by ${owner.runId}`
          : `the place has no version ${version} after ${lastVersion}: ${versions.map((each) => each.version).join(', ') || 'none'}`;
        throw new GraveshiftError('OutcomeUnknown', `${by} said that it landed as ${version}, but ${why}.`, {
          details: { version, lastVersion },
        });
      }
      // What can be read must agree; only what cannot be read is a person's word.
      const dependencies = { client, intents: ledger.intents, readStamp, now: () => isoTime(clock) };
      const reading = await reconcile(dependencies, intent, version - 1, callOptions());
      const agrees =
        reading.outcome === 'ambiguous' || (reading.outcome === 'landed' && reading.version === version);
      if (!agrees) {
        throw new GraveshiftError(
          'OutcomeUnknown',
          `${by} said that it landed as ${version}, but that version holds something else: ${reading.evidence}.`,
          { details: { version } },
        );
      }
      await ledger.intents.mark(runId, place.sha256, 'landed', version);
      return { version };
    },
  };

  async function tasksOf(runId: string): Promise<GateResult> {
    const run = await ledger.runs.find(runId);
    const gate = { gate: 'tasks', findings: [] as string[] };
    if (!run) {
      return {
        ...gate,
        verdict: 'inconclusive',
        summary: `the ledger does not know run ${runId} that staged it`,
      };
    }
    const open = run.steps.filter(({ state }) => state !== 'done');
    const waived = new Set(['approval', 'sync']);
    const skipped = open.filter(({ id }) => !waived.has(id));
    return skipped.length === 0
      ? { ...gate, verdict: 'pass', summary: `all ${run.steps.length} steps of ${runId} are done` }
      : {
          ...gate,
          verdict: 'fail',
          summary: `${skipped.length} steps of ${runId} are not done`,
          findings: skipped.map(({ id, state }) => `${id}: ${state}`).slice(0, 10),
        };
  }
}

function refuseFreezeWindow({ freezeWindows }: DeployPolicy, now: number): void {
  const window = freezeWindows.find(({ from, to }) => Date.parse(from) <= now && now < Date.parse(to));
  if (!window) return;
  throw placeFrozen(
    `nothing is deployed from ${window.from} to ${window.to}: ${window.reason} (deploy.freezeWindows)`,
  );
}

function placeFrozen(message: string): GraveshiftError {
  return new GraveshiftError('PlaceFrozen', message);
}

/** Publishing answers 409 while somebody edits the place together: better to hear it now, with names. */
async function refuseTeamCreate(
  client: OpenCloudClient,
  { placeId, environment }: PublishTarget,
  options: CallOptions,
): Promise<void> {
  const members = await client.listTeamCreateMembers(placeId, options);
  if (members.length === 0) return;
  throw new GraveshiftError(
    'DeploymentFailure',
    `Place ${placeId} of ${environment} is open in Team Create by ${members.map(({ name }) => name).join(', ')}: ` +
      'publishing would be refused. Ask them to close it, then start the deploy again.',
    { details: { placeId } },
  );
}

async function notesOnHistory(
  client: OpenCloudClient,
  { placeId }: PublishTarget,
  recorded: number | undefined,
  options: CallOptions,
): Promise<string[]> {
  const { versions } = await client.listPlaceVersions(placeId, { limit: 10 }, options);
  const live = versions.find(({ isPublished }) => isPublished);
  if (!live || live.version === recorded) return [];
  return [
    recorded === undefined
      ? `place ${placeId} has version ${live.version}, which Graveshift did not publish: a rollback of this first release has nothing to go back to`
      : `place ${placeId} has version ${live.version}, newer than our ${recorded}: somebody published from Studio, and this release replaces it`,
  ];
}

function deployCalls(
  candidate: Parameters<PreflightActivities['listDeployCalls']>[0]['candidate'],
  policy: DeployPolicy,
  ramp: { key: string } | undefined,
): string[] {
  const { content, staging, staged, target } = candidate;
  const call = (
    name: Parameters<typeof describeCall>[0],
    parameters: Record<string, string>,
    what: string,
  ): string => {
    const { method, path } = describeCall(name);
    const filled = path.replaceAll(
      /\{(\w+)\}/g,
      (whole, parameter: string) => parameters[parameter] ?? whole,
    );
    return `${method} ${filled}: ${what}`;
  };
  const place = `${content.place.bytes} bytes, SHA-256 ${content.place.sha256}`;
  const at = ({ universeId, placeId }: PublishTarget) => ({
    universeId,
    placeId,
    placeVersion: String(staged.version),
    version: String(staged.version),
  });
  return [
    call(
      'publishPlace',
      at(staging),
      `${place}; only where staging's newest version is not ${staged.version}`,
    ),
    call('createLuauTask', at(staging), 'staging tests on that version'),
    ...(policy.snapshotDataStores ? [call('snapshotDataStores', at(target), 'once a UTC day')] : []),
    ...(ramp ? [call('publishConfig', at(target), `${ramp.key} off`)] : []),
    call('publishPlace', at(target), `${place}, versionType=Published`),
    call('restartServers', at(target), `servers of other versions, within ${policy.bleedOffMinutes} minutes`),
    ...(ramp ? [call('publishConfig', at(target), `${ramp.key} on, GradualRollout`)] : []),
  ];
}

function callOptions(): CallOptions {
  const signal = activitySignal();
  return signal === undefined ? {} : { signal };
}
