import type { Command } from 'commander';

import { createLedger } from '../../adapters/ledger/index.js';
import type { PlaceState } from '../../domain/place-queue.js';
import type { PublishTarget } from '../../domain/project.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient, type Connected } from '../connect.js';
import { findPlace, type PlaceFlags } from '../place-target.js';
import { userName } from '../user-name.js';

type Flags = CommonFlags & PlaceFlags & { by?: string; reason?: string };

/** How often, and how long, a change is looked for: the entity does it as soon as a worker is free. */
const lookEveryMs = 250;
const lookForMs = 60_000;

export function addPlace({ program, context }: CommandKit): void {
  const place = program
    .command('place')
    .description('a place: who may publish to it, what is live, freeze it, rebuild what is known of it');

  const status = withPlace(place.command('status'))
    .description('who holds the place and who waits, what is live and stable, freezes, and the last drill')
    .action(async (flags: Flags) => {
      await withClient(context, flags, async (connected) => {
        const { target, name } = await findPlace(connected.settings, flags);
        const state = await connected.client.placeStatus(target.host, target.placeId);
        const drill = await lastDrill(connected, name, target);
        const data = { project: name, ...pick(target), ...known(state), ...(drill && { lastDrill: drill }) };
        printData(context, flags, data, () => inWords(target, state, drill));
      });
    });
  withExamples(status, 'graveshift place status', 'graveshift place status --environment staging --json');

  for (const verb of ['freeze', 'unfreeze'] as const) {
    const command = withPlace(place.command(verb))
      .description(
        verb === 'freeze'
          ? 'let nothing but rollbacks be published to the place'
          : 'let the place be published to again',
      )
      .option('--by <name>', "who says it (default: Git's user.name, else the account)");
    if (verb === 'freeze') command.requiredOption('--reason <text>', 'why, for those who wait');
    else command.option('--reason <text>', 'why, for the record');
    command.action(async (flags: Flags) => {
      const by = flags.by ?? (await userName(context.cwd));
      await withClient(context, flags, async (connected) => {
        const { target } = await findPlace(connected.settings, flags);
        const { client } = connected;
        await client.tellPlace(target, verb, {
          by,
          ...(flags.reason !== undefined && { reason: flags.reason }),
        });
        const isDone = (state: PlaceState): boolean => (state.frozen !== undefined) === (verb === 'freeze');
        const state = await until(connected, target, isDone);
        printData(context, flags, { ...pick(target), ...known(state) }, () => inWords(target, state));
      });
    });
    withExamples(
      command,
      verb === 'freeze'
        ? 'graveshift place freeze --reason "tournament until Sunday"'
        : 'graveshift place unfreeze --environment production --place start',
    );
  }

  const rebuild = withPlace(place.command('rebuild'))
    .description("compare the ledger with the place's version history, settle what was left open, and go on")
    .action(async (flags: Flags) => {
      await withClient(context, flags, async (connected) => {
        const { target } = await findPlace(connected.settings, flags);
        const lookOf = (state: PlaceState | undefined): string =>
          [state?.audit?.at, state?.auditProblem?.at].join();
        const before = lookOf(await connected.client.placeStatus(target.host, target.placeId));
        await connected.client.tellPlace(target, 'rebuild', { target });
        const state = await until(connected, target, (state) => lookOf(state) !== before);
        printData(context, flags, { ...pick(target), ...known(state) }, () => inWords(target, state));
      });
    });
  withExamples(rebuild, 'graveshift place rebuild', 'graveshift place rebuild --environment staging --json');
}

function withPlace(command: Command): Command {
  return withConnection(command)
    .option('--project <name>', 'a registered project (default: the only one)')
    .option('--environment <name>', 'an environment of graveshift.json', 'production')
    .option('--place <name>', 'a place of that environment', 'start');
}

/** Waits until the entity shows the change; it answers by its query only. */
async function until(
  { client }: Connected,
  { host, placeId }: PublishTarget,
  isDone: (state: PlaceState) => boolean,
): Promise<PlaceState> {
  const deadline = Date.now() + lookForMs;
  for (;;) {
    const state = await client.placeStatus(host, placeId);
    if (state && isDone(state)) return state;
    if (Date.now() > deadline) {
      throw new Error(
        `The place ${placeId} did not answer within ${lookForMs / 1000} s: is a worker running (graveshift up)?`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

type Drill = { at: string; state: string; publishedAfterSeconds?: number };

/** The newest drill that the ledger of this home has, and how long it took until the old bytes were live. */
async function lastDrill(
  { settings }: Connected,
  project: string,
  { environment, placeName }: PublishTarget,
): Promise<Drill | undefined> {
  const ledger = await createLedger({ url: settings.ledger });
  try {
    const runs = await ledger.listRuns({ project, limit: 500 });
    const subject = `rollback:${environment}:${placeName}`;
    const drill = runs.find(
      (run) => run.subject === subject && run.id.startsWith('drill-') && run.state !== 'running',
    );
    if (!drill) return undefined;
    const found = await ledger.findRun(drill.id);
    const published = found?.steps.find(({ id }) => id === 'publish')?.finishedAt;
    return {
      at: drill.startedAt,
      state: drill.state,
      ...(published !== undefined && {
        publishedAfterSeconds: (Date.parse(published) - Date.parse(drill.startedAt)) / 1000,
      }),
    };
  } finally {
    await ledger.close();
  }
}

function pick({ environment, placeName, host, placeId }: PublishTarget) {
  return { environment, place: placeName, host, placeId };
}

function known(state: PlaceState | undefined): Partial<PlaceState> {
  return state ?? {};
}

function inWords(target: PublishTarget, state: PlaceState | undefined, drill?: Drill): string {
  const lines = [`${target.environment}/${target.placeName} (place ${target.placeId} of ${target.host})`];
  const version = (each: PlaceState['live']): string =>
    each
      ? `${each.tag}, version ${each.version}, run ${each.runId}`
      : 'not known: see "graveshift place rebuild"';
  lines.push(`  live:    ${version(state?.live)}`, `  stable:  ${version(state?.stable)}`);
  if (state?.frozen) {
    const { by, since, reason } = state.frozen;
    lines.push(`  FROZEN by ${by} since ${since}: ${reason}`);
  }
  const { holder, waiting = [], audit } = state ?? {};
  lines.push(
    `  held by: ${holder ? `${holder.workflowId} since ${holder.since} (lease ${holder.lease})` : 'nobody'}`,
  );
  for (const entry of waiting) lines.push(`  waits:   ${entry.workflowId} (priority ${entry.priority})`);
  if (audit) {
    lines.push(
      `  audited: ${audit.at}, ${audit.inStep ? 'ledger and place agree' : 'LEDGER AND PLACE DIFFER'}`,
    );
    for (const { runId, outcome, version: landed } of audit.settled) {
      lines.push(`    settled ${runId}: ${outcome}${landed === undefined ? '' : ` as version ${landed}`}`);
    }
    for (const { version: number, createdBy, note } of audit.unrecorded) {
      lines.push(`    version ${number}${createdBy === undefined ? '' : ` by user ${createdBy}`}: ${note}`);
    }
  }
  if (state?.auditProblem) {
    lines.push(`  COULD NOT BE AUDITED at ${state.auditProblem.at}: ${state.auditProblem.message}`);
  }
  if (drill) {
    const { publishedAfterSeconds: seconds } = drill;
    lines.push(
      `  drill:   ${drill.at}, ${drill.state}${seconds === undefined ? '' : `, old bytes live after ${seconds.toFixed(1)} s`}`,
    );
  }
  return lines.join('\n');
}
