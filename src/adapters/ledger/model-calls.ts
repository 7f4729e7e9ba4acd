import type { Database } from './database.js';
import type { LedgerAccess } from './ledger-access.js';
import type { ModelCallLog, ModelSpending } from '../../domain/model.js';

/** A call that was sent and never ended keeps what was set aside for it: it counts as spent. */
export function createModelCallLog({ read, write }: LedgerAccess, clock: () => Date): ModelCallLog {
  return {
    begin: ({ id, runId, promptHash, model, mostUsd, capUsd }) =>
      write(async (transaction) => {
        const { usd } = await spentBy(transaction, runId);
        if (usd + mostUsd > capUsd) return { granted: false, spentUsd: usd };
        await transaction
          .insertInto('model_calls')
          .values({
            id,
            run_id: runId,
            prompt_hash: promptHash,
            model,
            usd: mostUsd,
            sent_at: clock().toISOString(),
          })
          .execute();
        return { granted: true };
      }),
    end: (id, { usd, inputTokens, outputTokens }) =>
      write(async (transaction) => {
        await transaction
          .updateTable('model_calls')
          .set({
            usd,
            input_tokens: inputTokens,
            output_tokens: outputTokens,
            ended_at: clock().toISOString(),
          })
          .where('id', '=', id)
          .execute();
      }),
    spent: (runId) => read((database) => spentBy(database, runId)),
  };
}

async function spentBy(database: Database, runId: string): Promise<ModelSpending> {
  const row = await database
    .selectFrom('model_calls')
    .select(({ fn }) => [
      fn.countAll<number | string>().as('calls'),
      fn.sum<number | string | null>('usd').as('usd'),
      fn.sum<number | string | null>('input_tokens').as('inputTokens'),
      fn.sum<number | string | null>('output_tokens').as('outputTokens'),
    ])
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
  // PostgreSQL sums and counts into text.
  return {
    calls: Number(row.calls),
    usd: Number(row.usd ?? 0),
    inputTokens: Number(row.inputTokens ?? 0),
    outputTokens: Number(row.outputTokens ?? 0),
  };
}
