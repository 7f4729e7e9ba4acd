import type { Selectable, Transaction } from 'kysely';

import type { LedgerActivities, RunState } from '../../domain/activities.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { Tables } from './database.js';
import type { LedgerAccess } from './ledger-access.js';

export type RunStep = { id: string; state: string; startedAt: string; finishedAt?: string };

export type RunRecord = {
  id: string;
  workflowId: string;
  pipeline: string;
  project: string;
  /** Such as `night:3`. */
  subject: string;
  requestedBy: string;
  input: unknown;
  /** `running` from its opening to its end; what it waits for in between is the workflow's to say. */
  state: RunState;
  summary?: string;
  costUsd: number;
  /** ISO 8601, UTC. */
  startedAt: string;
  finishedAt?: string;
};

export type OpenRun = Parameters<LedgerActivities['openRun']>[0];
export type CloseRun = Parameters<LedgerActivities['closeRun']>[0];
export type Holder = { runId: string; workflowId: string };

export interface RunLog {
  /**
   * Records the run and claims its subject, both or none; answers the run that holds the subject already. Opening the same
   * run again changes nothing. `takeOverFrom`: a holder that is known to have ended without saying so.
   */
  open(run: OpenRun, takeOverFrom?: Holder): Promise<Holder | undefined>;
  /** Frees the run's subject before its end; doing so again changes nothing. */
  free(runId: string): Promise<void>;
  /** Records the end and frees the subject; closing again leaves the first end's time. @throws InvalidInput for a run never opened */
  close(run: CloseRun): Promise<void>;
  /** Newest first. */
  list(filter: { project?: string; state?: RunState; limit: number }): Promise<RunRecord[]>;
  /** By run id, or the newest of a workflow id. */
  find(idOrWorkflowId: string): Promise<(RunRecord & { steps: RunStep[] }) | undefined>;
}

export function createRunLog({ read, write }: LedgerAccess, clock: () => Date): RunLog {
  return {
    open: (run, takeOverFrom) =>
      write(async (transaction) => {
        const now = clock().toISOString();
        if (takeOverFrom !== undefined) await endLost(transaction, run, takeOverFrom, now);
        const holder = await findHolder(transaction, run);
        if (holder !== undefined && holder.runId !== run.runId) {
          const summary = `Did not start: ${run.subject} is held by run ${holder.runId} (${holder.workflowId})`;
          await insertRun(transaction, run, { state: 'failed', summary, startedAt: now, finishedAt: now });
          return holder;
        }
        await insertRun(transaction, run, { state: 'running', startedAt: now });
        await transaction
          .insertInto('claims')
          .values({ project: run.project, subject: run.subject, run_id: run.runId, claimed_at: now })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return undefined;
      }),

    free: (runId) =>
      write(async (transaction) => {
        await transaction.deleteFrom('claims').where('run_id', '=', runId).execute();
      }),

    close: (run) =>
      write(async (transaction) => {
        const now = clock().toISOString();
        const { numUpdatedRows } = await transaction
          .updateTable('runs')
          .set((expression) => ({
            state: run.state,
            summary: run.summary,
            cost_usd: run.costUsd,
            finished_at: expression.fn.coalesce('finished_at', expression.val(now)),
          }))
          .where('id', '=', run.runId)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) throw neverOpened(run.runId);
        await transaction.deleteFrom('claims').where('run_id', '=', run.runId).execute();
        await transaction.deleteFrom('steps').where('run_id', '=', run.runId).execute();
        if (run.steps.length === 0) return;
        await transaction
          .insertInto('steps')
          .values(
            run.steps.map((step, position) => ({
              run_id: run.runId,
              position,
              id: step.id,
              state: step.state,
              started_at: step.startedAt,
              finished_at: step.finishedAt ?? null,
            })),
          )
          .execute();
      }),

    list: ({ project, state, limit }) =>
      read(async (database) => {
        let query = database.selectFrom('runs').selectAll();
        if (project !== undefined) query = query.where('project', '=', project);
        if (state !== undefined) query = query.where('state', '=', state);
        const rows = await query.orderBy('started_at', 'desc').orderBy('id').limit(limit).execute();
        return rows.map(toRecord);
      }),

    find: (idOrWorkflowId) =>
      read(async (database) => {
        const row =
          (await database
            .selectFrom('runs')
            .selectAll()
            .where('id', '=', idOrWorkflowId)
            .executeTakeFirst()) ??
          (await database
            .selectFrom('runs')
            .selectAll()
            .where('workflow_id', '=', idOrWorkflowId)
            .orderBy('started_at', 'desc')
            .limit(1)
            .executeTakeFirst());
        if (row === undefined) return undefined;
        const steps = await database
          .selectFrom('steps')
          .selectAll()
          .where('run_id', '=', row.id)
          .orderBy('position')
          .execute();
        return { ...toRecord(row), steps: steps.map(toStep) };
      }),
  };
}

async function findHolder(transaction: Transaction<Tables>, run: OpenRun): Promise<Holder | undefined> {
  return await transaction
    .selectFrom('claims')
    .innerJoin('runs', 'runs.id', 'claims.run_id')
    .select(['runs.id as runId', 'runs.workflow_id as workflowId'])
    .where('claims.project', '=', run.project)
    .where('claims.subject', '=', run.subject)
    .executeTakeFirst();
}

/** A run that was turned away, or taken for lost, runs after all when it opens again and finds its subject free. */
async function insertRun(
  transaction: Transaction<Tables>,
  run: OpenRun,
  at: { state: RunState; summary?: string; startedAt: string; finishedAt?: string },
): Promise<void> {
  const progress = {
    state: at.state,
    summary: at.summary ?? null,
    finished_at: at.finishedAt ?? null,
  };
  await transaction
    .insertInto('runs')
    .values({
      id: run.runId,
      workflow_id: run.workflowId,
      pipeline: run.pipeline,
      project: run.project,
      subject: run.subject,
      requested_by: run.requestedBy,
      input: withoutCredentials(run.input),
      cost_usd: 0,
      started_at: at.startedAt,
      ...progress,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(progress))
    .execute();
}

/** Only the holder that was asked about: another run may have taken the subject since. */
async function endLost(
  transaction: Transaction<Tables>,
  run: OpenRun,
  holder: Holder,
  now: string,
): Promise<void> {
  const { numDeletedRows } = await transaction
    .deleteFrom('claims')
    .where('project', '=', run.project)
    .where('subject', '=', run.subject)
    .where('run_id', '=', holder.runId)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return;
  const summary = `Ended without a report: its workflow no longer ran when run ${run.runId} asked for ${run.subject}`;
  await transaction
    .updateTable('runs')
    .set({ state: 'failed', summary, finished_at: now })
    .where('id', '=', holder.runId)
    .execute();
}

/** What the user typed, but never a password that an address in it carries. */
function withoutCredentials(input: unknown): string {
  return JSON.stringify(input ?? null, (_name, value: unknown) =>
    typeof value === 'string' ? value.replace(/\/\/[^/\s@]+@/g, '//…@') : value,
  );
}

function neverOpened(runId: string): GraveshiftError {
  return new GraveshiftError(
    'InvalidInput',
    `The run ${runId} cannot be closed: this ledger never opened it. Let all workers of a project use the same ledger.`,
    { details: { runId } },
  );
}

function toRecord(row: Selectable<Tables['runs']>): RunRecord {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    pipeline: row.pipeline,
    project: row.project,
    subject: row.subject,
    requestedBy: row.requested_by,
    input: JSON.parse(row.input) as unknown,
    state: row.state,
    ...(row.summary === null ? {} : { summary: row.summary }),
    costUsd: row.cost_usd,
    startedAt: row.started_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  };
}

function toStep(row: Selectable<Tables['steps']>): RunStep {
  return {
    id: row.id,
    state: row.state,
    startedAt: row.started_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  };
}
