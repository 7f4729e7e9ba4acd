import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createLedger } from '../../src/adapters/ledger/index.js';
import { releaseDigest, releaseManifestSchema } from '../../src/domain/release.js';
import type { DeployResult } from '../../src/workflows/deploy.js';
import { longTests } from '../support/long-tests.js';
import {
  approve,
  awaitApproval,
  deployThrough,
  resultOf,
  startDeploy,
  startDeployShift,
} from '../support/deploy-shift.js';
import { eventually } from '../support/eventually.js';
import type { NightShift } from '../support/night-shift.js';
import { recordHistory } from '../support/record-history.js';
import { stageContent, type StagedContent } from '../support/staged-content.js';

type Kept = Extract<DeployResult, { outcome: 'kept' }>;

describe('deploy, from staging to players', () => {
  let shift: NightShift;
  let staged: StagedContent;
  let kept: Kept;

  beforeAll(async () => {
    shift = await startDeployShift();
    staged = await stageContent(shift, 'lanterns');
    const result = await deployThrough(shift);
    if (result.outcome !== 'kept') throw new Error(JSON.stringify(result));
    kept = result;
    await recordHistory(shift, shift.id('deploy'), 'deploy-kept');
  });

  afterAll(async () => shift[Symbol.asyncDispose]());

  it('publishes the very bytes that staging has, once', async () => {
    const [staging, production] = await Promise.all([
      shift.emulator.placeHistory(shift.project.placeId),
      shift.emulator.placeHistory(shift.productionPlaceId),
    ]);
    expect(staging.map(({ sha256 }) => sha256)).toEqual([staged.sha256]);
    expect(production.map(({ sha256, isPublished }) => [sha256, isPublished])).toEqual([
      [staged.sha256, true],
    ]);
    expect(kept).toMatchObject({ from: 'lanterns', environment: 'production', version: 1 });
  });

  it('seals a manifest that says what was released, checked and approved', async () => {
    const bytes = await createFileArtifactStore({ directory: shift.home.store }).get({
      sha256: kept.release.manifest,
    });
    const manifest = releaseManifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    expect(manifest).toMatchObject({
      version: '1.0.0',
      content: { commit: staged.commit, place: { sha256: staged.sha256 } },
      approvals: [{ by: 'ben' }],
      versions: { staging: { version: 1 }, production: { version: 1 } },
    });
    expect(manifest.release).toBe(releaseDigest({ content: manifest.content, gates: manifest.gates }));
    const verdicts = Object.fromEntries(manifest.gates.map(({ gate, verdict }) => [gate, verdict]));
    expect(verdicts).toMatchObject({
      tasks: 'pass',
      rebuild: 'pass',
      'staging-tests': 'pass',
      security: 'pass',
      'publish-safety': 'pass',
      integration: 'inconclusive',
    });
  });

  it('moves main forward and tags it with the release', async () => {
    expect(await shift.git('rev-parse', 'main', `${kept.release.tag}^{commit}`)).toBe(
      `${staged.commit}\n${staged.commit}`,
    );
    expect(await shift.git('cat-file', '-t', kept.release.tag)).toBe('tag');
    expect(await shift.git('tag', '-l', '--format=%(contents)', kept.release.tag)).toContain(
      kept.release.manifest,
    );
  });

  it('proves that every server runs it, watches it, and keeps it as stable', async () => {
    expect(kept.proof).toMatchObject({ verdict: 'pass', oldServers: [] });
    expect(kept.watch, JSON.stringify(kept.watch)).toMatchObject({ verdict: 'pass' });
    const ledger = await createLedger({ url: shift.home.ledger });
    try {
      expect(await ledger.releases.lastStable('emulator', shift.productionPlaceId)).toMatchObject({
        version: 1,
      });
    } finally {
      await ledger.close();
    }
    expect(await shift.client.placeStatus('emulator', shift.productionPlaceId)).toMatchObject({
      live: { version: 1, tag: kept.release.tag },
      stable: { version: 1 },
      waiting: [],
    });
  });

  it('refuses to deploy the same again', async () => {
    const id = await startDeploy(shift, {}, 'again');
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'failed', kind: 'InvalidInput' });
  });

  it('takes a crashing version back by itself, and says why', async () => {
    const bad = await stageContent(shift, 'floorboards', {
      'src/shared/Floorboards.luau': '--!strict\n-- crash-marker\nreturn {}\n',
    });
    await shift.emulator.setBehaviour(shift.productionPlaceId, {
      containing: 'crash-marker',
      crashAfterMs: 300,
    });
    const id = await startDeploy(shift, { from: 'floorboards' }, 'deploy-bad');
    await approve(shift, id);
    const result = await resultOf<DeployResult>(shift, id);
    expect(result).toMatchObject({
      outcome: 'taken-back',
      version: 2,
      reason: expect.stringContaining('crash') as string,
    });
    const history = await shift.emulator.placeHistory(shift.productionPlaceId);
    expect(history.map(({ sha256 }) => sha256)).toEqual([staged.sha256, bad.sha256, staged.sha256]);
    // By commits that revert, on both lines; nothing was reset.
    expect(await shift.git('log', '--format=%s', '-5', 'main')).toContain('add floorboards');
    await shift.git('merge-base', '--is-ancestor', bad.commit, 'main');
    expect(await shift.git('ls-tree', '--name-only', 'main', 'src/shared/')).not.toContain('Floorboards');
    expect(await shift.git('ls-tree', '-r', '--name-only', 'main', 'docs/post-mortems')).toMatch(
      /production-start/,
    );
    await recordHistory(shift, id, 'deploy-taken-back');
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'failed', kind: 'TakenBack' });
  });
});

describe('a deploy that must not reach players', () => {
  it('writes down its calls in a dry run, and makes none that changes something', async () => {
    await using shift = await startDeployShift();
    await stageContent(shift, 'lanterns');
    await shift.emulator.clearRequests();
    const id = await startDeploy(shift, { dryRun: true });
    const result = await resultOf<DeployResult>(shift, id);
    if (result.outcome !== 'planned') throw new Error(JSON.stringify(result));
    expect(result.calls.join('\n')).toContain(shift.productionPlaceId);
    const writes = (await shift.emulator.requests()).filter(
      ({ method, path }) => method !== 'GET' && !path.includes('introspect'),
    );
    expect(writes).toEqual([]);
    expect(await shift.emulator.placeHistory(shift.productionPlaceId)).toEqual([]);
  });

  it.runIf(longTests)('puts staging back and ends when the staging tests fail', async () => {
    await using shift = await startDeployShift({ deploy: { tests: { script: 'tests/staging.luau' } } });
    const good = await stageContent(shift, 'lanterns');
    const bad = await stageContent(shift, 'floorboards', {
      'tests/staging.luau': 'error("the floor is missing")\n',
      'src/shared/Floorboards.luau': '--!strict\nreturn {}\n',
    });
    const id = await startDeploy(shift);
    const end = await shift.client.end(id);
    expect(end).toMatchObject({ outcome: 'failed', kind: 'GateFailed' });
    expect(JSON.stringify(end)).toContain('the floor is missing');
    const staging = await shift.emulator.placeHistory(shift.project.placeId);
    expect(staging.map(({ sha256 }) => sha256)).toEqual([good.sha256, bad.sha256, good.sha256]);
    expect(await shift.emulator.placeHistory(shift.productionPlaceId)).toEqual([]);
    expect(await shift.git('ls-tree', '--name-only', 'graveshift/next', 'src/shared/')).not.toContain(
      'Floorboards',
    );
  });

  it('ends as rejected, with nothing published, when a person says no', async () => {
    await using shift = await startDeployShift();
    await stageContent(shift, 'lanterns');
    const id = await startDeploy(shift);
    await awaitApproval(shift, id);
    await shift.client.decide(id, 'reject', { by: 'ben', reason: 'not tonight' });
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'rejected' });
    expect(await shift.emulator.placeHistory(shift.productionPlaceId)).toEqual([]);
  });

  it('is refused while the place is frozen, by name and reason', async () => {
    await using shift = await startDeployShift();
    await stageContent(shift, 'lanterns');
    const place = { host: 'emulator', placeId: shift.productionPlaceId };
    await shift.client.tellPlace(place, 'freeze', { by: 'eva', reason: 'tournament' });
    const frozen = async (): Promise<boolean> => {
      const ledger = await createLedger({ url: shift.home.ledger });
      try {
        return (await ledger.places.frozen('emulator', shift.productionPlaceId)) !== undefined;
      } finally {
        await ledger.close();
      }
    };
    await eventually(frozen, (is) => is);
    const id = await startDeploy(shift);
    const end = await shift.client.end(id);
    expect(end).toMatchObject({ outcome: 'failed', kind: 'PlaceFrozen' });
    expect(JSON.stringify(end)).toContain('tournament');
  });
});
