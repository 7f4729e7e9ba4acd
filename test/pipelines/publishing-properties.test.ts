import path from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createProveRollout } from '../../src/activities/live/prove-rollout.js';
import { createOpenCloudActivities } from '../../src/activities/open-cloud.js';
import { auditPlace } from '../../src/activities/place-audit.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { asPlaceRelease, createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import type { PublishIntent } from '../../src/domain/activities.js';
import { GraveshiftError } from '../../src/domain/failure.js';
import type { PlaceAudit } from '../../src/domain/place.js';
import type { PublishTarget } from '../../src/domain/project.js';
import { openStage, placeBytes, type Stage } from '../open-cloud/harness.js';
import { eventually } from '../support/eventually.js';

/** What may happen to one publish call, and whether it makes a version. */
const lands = {
  none: true,
  'cut-after': true,
  '500-after': true,
  'malformed-json': true,
  late: true,
  'cut-before': false,
  '500-before': false,
  'html-502': false,
} as const;
type Fault = keyof typeof lands;
const faultNames = Object.keys(lands) as Fault[];
/** As many tries as a run has before it asks a person (workflows/support/publish.ts). */
const attempts = 3;
const lateMs = 40;

type Call = { fault: Fault; /** The settle window is long enough for what is late. */ waits: boolean };
type Scenario = { ann: Call[]; ben: Call[]; person: number; order: ('ann' | 'ben' | 'person')[] };

const call = fc.record({ fault: fc.constantFrom(...faultNames), waits: fc.boolean() });
const calls = fc.array(call, { minLength: attempts, maxLength: attempts });
const scenario: fc.Arbitrary<Scenario> = fc.record({
  ann: calls,
  ben: calls,
  person: fc.integer({ min: 0, max: 2 }),
  order: fc.array(fc.constantFrom('ann' as const, 'ben' as const, 'person' as const), {
    minLength: 4,
    maxLength: 24,
    size: 'max',
  }),
});

const readStamp = (place: Uint8Array) => {
  const [, commit, digest] = /<!--(\w+)\/(\w+)-->/.exec(Buffer.from(place).toString()) ?? [];
  return commit === undefined || digest === undefined ? undefined : { commit, digest };
};

/** One place, and everything that the publishers of a place share. */
class Publishers {
  /** Versions that there will be when everything that is late has come. */
  expected = 0;
  readonly endings = new Map<string, string>();

  private constructor(
    readonly stage: Stage,
    readonly ledger: Ledger,
    readonly target: PublishTarget,
  ) {}

  static async open(stage: Stage, ledger: Ledger): Promise<Publishers> {
    const { universeId, places, creator } = await stage.admin.createUniverse({
      name: 'live',
      places: ['start'],
    });
    const placeName = 'start';
    const target: PublishTarget = {
      environment: 'production',
      host: 'emulator',
      universeId,
      creator,
      placeName,
      placeId: places[placeName] ?? '',
      rojoProject: 'default.project.json',
    };
    return new Publishers(stage, ledger, target);
  }

  private get artifacts() {
    return createFileArtifactStore({ directory: path.join(this.stage.folder, 'artifacts') });
  }

  private get activities() {
    const { stage, ledger, artifacts } = this;
    return createOpenCloudActivities({
      clientFor: () => Promise.resolve(stage.client),
      artifacts,
      intents: ledger.intents,
      uploads: ledger.uploads,
      assetLock: { read: () => Promise.resolve(undefined) },
      readStamp,
      clock: stage.clock,
    });
  }

  history() {
    return this.stage.admin.placeHistory(this.target.placeId);
  }

  async intentOf(name: string): Promise<PublishIntent> {
    const { target } = this;
    const bytes = placeBytes(`<!--${name}/d1-->`);
    return {
      runId: `${name}-${target.placeId}`,
      project: 'demo',
      target,
      place: await this.artifacts.put(bytes, 'application/octet-stream'),
      commit: name,
      digest: 'd1',
      lease: await this.ledger.nextLease(target.host, target.placeId),
    };
  }

  /** A run as the workflow makes it: it stands still at each `yield`, and others go on meanwhile. */
  async *run(name: string, faults: readonly Call[]): AsyncGenerator<void, void> {
    const { activities, endings } = this;
    const intent = await this.intentOf(name);
    yield;
    try {
      const { lastVersion } = await activities.preparePublish({ intent });
      for (const { fault, waits } of faults) {
        yield;
        const version = await this.publish(intent, fault);
        yield;
        const found = version ?? (await this.reconcile(intent, lastVersion, waits));
        if (found === undefined) continue;
        yield;
        await this.ledger.releases.record({
          intent,
          version: found,
          tag: name,
          gates: [],
          approvals: [{ by: 'ben', at: '2026-10-31T20:00:00.000Z' }],
        });
        endings.set(name, 'landed');
        return;
      }
      endings.set(name, 'asks a person');
    } catch (error) {
      if (!(error instanceof GraveshiftError)) throw error;
      endings.set(name, error.kind);
    }
  }

  /** @returns the version, or nothing when its outcome is unknown */
  private async publish(intent: PublishIntent, fault: Fault): Promise<number | undefined> {
    const { stage, target } = this;
    await stage.admin.clearFaults();
    if (fault !== 'none') {
      const match = { method: 'POST', path: `/places/${target.placeId}/versions` };
      await stage.admin.injectFault({ match, kind: fault, delayMs: lateMs });
    }
    try {
      const { version } = await this.activities.publishPlace({ intent, versionType: 'Published' });
      this.expected += 1;
      return version;
    } catch (error) {
      if (!(error instanceof GraveshiftError)) throw error;
      if (error.kind !== 'OutcomeUnknown') throw error;
      if (lands[fault]) this.expected += 1;
      return undefined;
    }
  }

  /** @returns the version, or nothing when it may be tried again */
  private async reconcile(
    intent: PublishIntent,
    lastVersion: number,
    waits: boolean,
  ): Promise<number | undefined> {
    if (waits) await this.everythingCame();
    const seen = await this.history();
    const found = await this.activities.reconcilePublish({ intent, lastVersion });
    if (found.outcome === 'landed') return found.version;
    // Within the settle window never two versions: what had landed by now must not be taken for absent.
    expect(seen.map(({ sha256 }) => sha256)).not.toContain(
      found.outcome === 'absent' ? intent.place.sha256 : undefined,
    );
    if (found.outcome === 'absent') return undefined;
    throw new GraveshiftError('OutcomeUnknown', found.evidence);
  }

  async *person(times: number): AsyncGenerator<void, void> {
    for (let time = 1; time <= times; time++) {
      yield;
      await this.stage.admin.publishAs(this.target.placeId, placeBytes(`by hand ${time}`), {
        createdBy: '77',
      });
      this.expected += 1;
    }
  }

  everythingCame() {
    return eventually(
      () => this.history(),
      (versions) => versions.length >= this.expected,
    );
  }

  audit(): Promise<PlaceAudit> {
    const { stage, ledger, target } = this;
    const { intents, places, releases } = ledger;
    const asked = (release: Awaited<ReturnType<typeof releases.live>>) => release && asPlaceRelease(release);
    return auditPlace(
      {
        client: stage.client,
        intents,
        places,
        releases: {
          live: async (host, placeId) => asked(await releases.live(host, placeId)),
          lastStable: async (host, placeId) => asked(await releases.lastStable(host, placeId)),
          history: (host, placeId) => releases.history(host, placeId),
        },
        readStamp,
        now: () => new Date(stage.clock.now()).toISOString(),
      },
      target,
      {},
    );
  }

  prove(intent: PublishIntent, version: number) {
    const { stage, ledger } = this;
    const proveRollout = createProveRollout({
      clientFor: () => Promise.resolve(stage.client),
      intents: ledger.intents,
      clock: stage.clock,
    });
    return proveRollout({ target: this.target, intent, version, minutes: 0 });
  }
}

async function play(
  stage: Stage,
  ledger: Ledger,
  { ann, ben, person, order }: Scenario,
): Promise<Publishers> {
  const publishers = await Publishers.open(stage, ledger);
  const actors = {
    ann: publishers.run('ann', ann),
    ben: publishers.run('ben', ben),
    person: publishers.person(person),
  };
  for (const name of order) await actors[name].next();
  for (const actor of Object.values(actors)) {
    for (;;) if ((await actor.next()).done === true) break;
  }
  await publishers.everythingCame();
  return publishers;
}

describe('two runs and a person who publish to one place, under faults, in any order', () => {
  let stage: Stage;
  let ledger: Ledger;
  beforeAll(async () => {
    stage = await openStage();
    // Its quotas are another test's subject.
    for (const endpoint of ['publish', 'history', 'delivery'] as const)
      await stage.admin.setOwnerQuota({ endpoint, perMinute: 1_000_000 });
    ledger = await createLedger({ url: path.join(stage.folder, 'ledger.sqlite') });
  });
  afterAll(async () => {
    await ledger.close();
    await stage.close();
  });

  it('makes no version that nobody recorded and nobody names, and takes nothing that landed for absent', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(scenario, async (played) => {
        const publishers = await play(stage, ledger, played);
        const { target } = publishers;
        const history = await publishers.history();
        for (const ending of publishers.endings.values()) seen.add(ending);

        // Nothing goes to players but what was approved for one of the runs, or what a person put there.
        const approved = await ledger.intents.list(target.host, target.placeId);
        const ours = history.filter(({ createdBy }) => createdBy !== '77');
        const digests = approved.map(({ sha256 }) => sha256);
        for (const { sha256 } of ours) expect(digests).toContain(sha256);

        // What a run holds for its version is that version.
        const recorded = await ledger.intents.recordedVersions(target.host, target.placeId);
        for (const { version, sha256 } of recorded) {
          expect(history.find((each) => each.version === version)?.sha256).toBe(sha256);
        }
        expect(new Set(recorded.map(({ version }) => version)).size).toBe(recorded.length);

        // Proof and next publish name what the ledger does not have, before an audit settles it.
        const strangers = history
          .map(({ version }) => version)
          .filter((version) => !recorded.some((each) => each.version === version));
        const newest = history.at(-1)?.version;
        for (const { runId, version } of recorded) {
          const intent = {
            runId,
            target,
            place: { sha256: approved.find((each) => each.runId === runId)?.sha256 },
          } as PublishIntent;
          const { verdict, unrecorded } = await publishers.prove(intent, version);
          const before = approved.find((each) => each.runId === runId)?.lastVersion ?? 0;
          expect(unrecorded).toEqual(strangers.filter((each) => each > before));
          expect(verdict).toBe(version === newest ? 'pass' : 'fail');
        }

        const audit = await publishers.audit();
        const named = [
          ...audit.unrecorded.map(({ version }) => version),
          ...audit.settled.flatMap(({ version }) => (version === undefined ? [] : [version])),
        ];
        const since = Math.min(...approved.map(({ lastVersion }) => lastVersion));
        expect(named.sort((a, b) => a - b)).toEqual(strangers.filter((version) => version > since));
        expect(audit.inStep).toBe(newest === audit.live?.version);
      }),
      { numRuns: 40 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(['landed', 'LeaseLost']));
  });
});
