import { createLedger } from '../../adapters/ledger/index.js';
import { countRunActions, readTimeline } from '../../adapters/temporal/index.js';
import { GraveshiftError } from '../../domain/failure.js';
import { factsOf } from '../../domain/run-facts.js';
import { emulatorAdmin } from '../../emulator/index.js';
import { askPlaceName } from '../ask-place-name.js';
import { carryThrough, DemoStopped, resultOf, type DemoRun, type DemoScene } from './demo-run.js';
import {
  deployedSchema,
  rolledBackSchema,
  type Deployed,
  type DemoRollback,
  type FullDemoResult,
} from './full-demo-result.js';
import { stageNight, type DemoNight } from './stage-night.js';

const environment = 'production';
const place = 'start';
const fleet = { servers: 3, playersPerServer: 12 };

/** Servers of the bad version: what the emulator is told of them. */
const crashing = {
  crashAfterMs: 500,
  logs: [
    { severity: 'error' as const, message: "ServerScriptService.Gate:13: attempt to index nil with 'Hinge'" },
  ],
};

type RunName = { workflowId: string; runId: string };

/**
 * On from staging: a release that is kept, one that crashes and is taken back by its watch, and one that was kept and
 * that a person takes back.
 *
 * @throws DemoStopped when a run was rejected, cancelled or failed otherwise
 */
export async function goToPlayersAndBack(
  scene: DemoScene,
  first: DemoNight,
  { emulatorUrl, startedMs }: { emulatorUrl: string; startedMs: number },
): Promise<FullDemoResult> {
  const { context, connected, project, person } = scene;
  const { client } = connected;
  const emulator = emulatorAdmin(emulatorUrl);
  const placeId = project.places.production;
  const announce = (text: string): void => context.say(`\n${context.colors.err.bold(text)}\n`);
  const nextNight = (after: DemoNight): Promise<DemoNight> =>
    stageNight(scene, after.staged.night + 1, { startedMs: performance.now() });

  announce(`Night ${first.staged.night} goes to players: ${fleet.servers} servers of the emulator`);
  context.say(
    "unsigned approvals count: all of the demo's places are the emulator's, and nobody plays there",
  );
  await emulator.setFleet(placeId, fleet);
  const good = expectOutcome(await deployNight(scene, first), 'kept');

  announce(`Night ${first.staged.night + 1}: the emulator is told to crash its servers`);
  const bad = await nextNight(first);
  await emulator.setBehaviour(placeId, { version: good.deployed.version + 1, ...crashing });
  const crashed = expectOutcome(await deployNight(scene, bad), 'taken-back');
  const automatic = await client.describe(crashed.deployed.rollback);

  announce(`Night ${bad.staged.night + 1} is kept, until somebody finds what no watch saw`);
  const other = await nextNight(bad);
  const kept = expectOutcome(await deployNight(scene, other), 'kept');

  announce(`The command "graveshift rollback": back to the last stable release`);
  const confirm = person.asked ? await askPlaceName(context, place, scene.signal) : place;
  const manual = await carryThrough(scene, 'emergencyRollback', {
    input: { reason: 'candles can be duplicated', ...(confirm !== undefined && { confirm }) },
    title: `Rollback of ${environment}/${place}`,
  });
  resultOf(manual);

  const deploys = [good, crashed, kept];
  const status = await client.placeStatus('emulator', placeId);
  if (!status?.live) throw new Error(`The entity of place ${placeId} does not know what is live`);
  const { version, tag } = status.live;
  const runs = [good.run, crashed.run, automatic, kept.run, manual];
  return {
    nights: [first, bad, other].map(({ result }) => result),
    deploys: await Promise.all(
      deploys.map(async ({ run, deployed }) => ({
        ...deployed,
        ...nameOf(run),
        actions:
          (await actionsOf(scene, run)) -
          (deployed.outcome === 'taken-back' ? await actionsOf(scene, automatic) : 0),
      })),
    ),
    rollbacks: [
      await readRollback(scene, automatic, 'graveshift watch'),
      await readRollback(scene, manual, person.name),
    ],
    releases: await readReleases(scene),
    live: { placeId, version, tag },
    timelines: await Promise.all(runs.map((run) => timelineOf(scene, run))),
    durationMs: Math.round(performance.now() - startedMs),
  };
}

type DeployRun = { run: DemoRun; deployed: Deployed };

async function deployNight(scene: DemoScene, { staged }: DemoNight): Promise<DeployRun> {
  const run = await carryThrough(scene, 'deploy', {
    input: { from: staged.tag },
    title: `Deploy of ${staged.tag} to ${environment}/${place}`,
  });
  const { end } = run;
  if (end.outcome !== 'succeeded' && !(end.outcome === 'failed' && end.kind === 'TakenBack')) {
    throw new DemoStopped(run);
  }
  return { run, deployed: deployedSchema.parse(await answerOf(scene, run)) };
}

function expectOutcome<Outcome extends Deployed['outcome']>(
  { run, deployed }: DeployRun,
  outcome: Outcome,
): { run: DemoRun; deployed: Extract<Deployed, { outcome: Outcome }> } {
  if (deployed.outcome === outcome) {
    return { run, deployed: deployed as Extract<Deployed, { outcome: Outcome }> };
  }
  if (deployed.outcome === 'taken-back') throw new DemoStopped(run);
  throw new GraveshiftError(
    'DeploymentFailure',
    `${run.workflowId}: version ${deployed.version} was kept, although its servers crash`,
    { details: { ...nameOf(run) } },
  );
}

async function answerOf({ connected }: DemoScene, { workflowId, runId }: RunName): Promise<unknown> {
  return await connected.client.temporal.workflow.getHandle(workflowId, runId).result();
}

async function actionsOf({ connected }: DemoScene, run: RunName): Promise<number> {
  return (await countRunActions(connected.client.temporal, nameOf(run))).actions;
}

async function readRollback(scene: DemoScene, run: RunName, requestedBy: string): Promise<DemoRollback> {
  const timeline = await readTimeline(scene.connected.client.temporal, nameOf(run));
  const { startedAt, published } = factsOf(timeline?.events ?? [], environment);
  if (startedAt === undefined || published === undefined) {
    throw new Error(`The history of ${run.workflowId} does not say when it published`);
  }
  return {
    ...rolledBackSchema.parse(await answerOf(scene, run)),
    ...nameOf(run),
    requestedBy,
    publishedAfterSeconds: (Date.parse(published.at) - Date.parse(startedAt)) / 1000,
    actions: await actionsOf(scene, run),
  };
}

async function timelineOf(
  { connected }: DemoScene,
  run: RunName,
): Promise<FullDemoResult['timelines'][number]> {
  const { client } = connected;
  const { status } = await client.temporal.workflow.getHandle(run.workflowId, run.runId).describe();
  const timeline = await readTimeline(client.temporal, nameOf(run));
  return { run: { ...nameOf(run), status: status.name }, entries: timeline?.entries ?? [] };
}

async function readReleases({ connected, project }: DemoScene): Promise<FullDemoResult['releases']> {
  const ledger = await createLedger({ url: connected.settings.ledger });
  try {
    return await ledger.releases.list({ project: project.name });
  } finally {
    await ledger.close();
  }
}

function nameOf({ workflowId, runId }: RunName): RunName {
  return { workflowId, runId };
}
