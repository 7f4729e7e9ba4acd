import { randomUUID } from 'node:crypto';

import { digestOf } from '../../domain/canonical-json.js';
import { GraveshiftError } from '../../domain/failure.js';
import { mostUsdOf, type ModelCallLog, type ModelConfig } from '../../domain/model.js';
import type { AnswerCache } from './answer-cache.js';
import type { ModelReply } from './answer.js';
import { askModel, UnansweredCall, type AskOptions, type ModelPrompt } from './ask-model.js';

export type PaidModel = {
  /** Answers from the cache where the same was asked before; else asks, within the run's cap. */
  ask(
    config: ModelConfig,
    prompt: ModelPrompt,
    options: AskOptions & { sample: number },
  ): Promise<ModelReply & { promptHash: string; cached: boolean }>;
};

/** Changes whenever the same question may be understood in another way. */
const protocol = 1;

/** Asks models for one run: each question is paid for once, and none that could break the run's cap is sent. */
export function createPaidModel({
  runId,
  capUsd,
  log,
  answers,
  env,
}: {
  runId: string;
  /** US dollars that the run's calls may cost together. */
  capUsd: number;
  log: ModelCallLog;
  answers: AnswerCache;
  env: Readonly<Record<string, string | undefined>>;
}): PaidModel {
  return {
    async ask(config, prompt, { sample, ...options }) {
      const { provider, model, baseUrl } = config;
      const { maxOutputTokens, temperature } = options;
      const promptHash = digestOf({
        protocol,
        provider,
        model,
        baseUrl,
        prompt,
        maxOutputTokens,
        temperature,
        sample,
      });
      const known = await answers.find(promptHash);
      if (known !== undefined) return { ...known, promptHash, cached: true };

      const id = randomUUID();
      const promptBytes = Buffer.byteLength(prompt.system) + Buffer.byteLength(prompt.user);
      const mostUsd = mostUsdOf(config, promptBytes, maxOutputTokens);
      const begun = await log.begin({ id, runId, promptHash, model, mostUsd, capUsd });
      if (!begun.granted) throw overBudget(config, mostUsd, begun.spentUsd, capUsd);
      try {
        const reply = await askModel(config, prompt, options, env);
        // Kept before it is counted: killed in between, the answer is not paid for twice, and the cost stays the most.
        await answers.keep(promptHash, reply);
        await log.end(id, { usd: reply.usd, ...reply.usage });
        return { ...reply, promptHash, cached: false };
      } catch (error) {
        if (error instanceof UnansweredCall) await log.end(id, { usd: 0, inputTokens: 0, outputTokens: 0 });
        throw error;
      }
    },
  };
}

function overBudget(config: ModelConfig, mostUsd: number, spentUsd: number, capUsd: number): GraveshiftError {
  return new GraveshiftError(
    'BudgetExceeded',
    `A call to ${config.model} may cost $${mostUsd.toFixed(2)}; the run has spent $${spentUsd.toFixed(2)} of ` +
      `$${capUsd.toFixed(2)} on models. Raise budget.runUsd in graveshift.json, or lower models.maxOutputTokens.`,
    { details: { model: config.model, mostUsd, spentUsd, capUsd } },
  );
}
