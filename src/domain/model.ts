import { z } from 'zod';

const usdPerMillion = z.number().nonnegative();

/** A language model that may write code. Its key is read from the environment where the worker runs, never from here. */
export const modelSchema = z
  .strictObject({
    provider: z
      .enum(['anthropic', 'openai-compatible'])
      .describe('"openai-compatible": any server with POST /chat/completions, so also a local model'),
    model: z.string().min(1).max(200).describe('As the provider names it'),
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'Where the provider answers, such as http://127.0.0.1:11434/v1; anthropic has its own by default',
      ),
    key: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of an environment variable, never the key itself')
      .optional()
      .describe(
        'Variable that holds the key (or, with _FILE, names a file that does); a local model needs none',
      ),
    usdPerMillionTokens: z
      .strictObject({ input: usdPerMillion, output: usdPerMillion })
      .describe('Prices, in US dollars for a million tokens: budget.runUsd is kept by them'),
  })
  .refine((model) => model.provider === 'anthropic' || model.baseUrl !== undefined, {
    path: ['baseUrl'],
    message: 'expected the address of the server, such as http://127.0.0.1:11434/v1',
  })
  .refine((model) => model.provider !== 'anthropic' || model.key !== undefined, {
    path: ['key'],
    message: 'expected the variable that holds the key, such as ANTHROPIC_API_KEY',
  });
export type ModelConfig = z.infer<typeof modelSchema>;

/** Who writes code when it is not templates, and how hard it tries. */
export const modelsConfigSchema = z.strictObject({
  code: z
    .array(modelSchema)
    .default([])
    .describe('In order of preference: the next one is asked when one cannot do it'),
  rounds: z.int().min(1).max(10).default(3).describe('Times that a model gets the findings of the gate back'),
  samples: z
    .int()
    .min(1)
    .max(8)
    .default(1)
    .describe('First answers that are asked for at once; the best one is kept'),
  timeoutSeconds: z.int().min(5).max(1800).default(300).describe('Longest wait for one answer'),
  maxOutputTokens: z.int().min(256).max(200_000).default(16_000).describe('Longest answer'),
});
export type ModelsConfig = z.infer<typeof modelsConfigSchema>;

export type TokenUsage = { inputTokens: number; outputTokens: number };

export function usdOf(model: ModelConfig, { inputTokens, outputTokens }: TokenUsage): number {
  const { input, output } = model.usdPerMillionTokens;
  return (inputTokens * input + outputTokens * output) / 1_000_000;
}

/** The most that a call can cost: no tokenizer makes more tokens than there are bytes. */
export function mostUsdOf(model: ModelConfig, promptBytes: number, maxOutputTokens: number): number {
  return usdOf(model, { inputTokens: promptBytes, outputTokens: maxOutputTokens });
}

/** What a run paid for. A call that never answered counts as what it may have cost. */
export type ModelSpending = { calls: number; usd: number } & TokenUsage;

/** Every call to a model, written down before it is sent. */
export interface ModelCallLog {
  /** Sets the most that the call can cost aside, unless the run's cap does not allow it. */
  begin(call: {
    id: string;
    runId: string;
    promptHash: string;
    model: string;
    mostUsd: number;
    capUsd: number;
  }): Promise<{ granted: true } | { granted: false; spentUsd: number }>;
  /** What the call did cost. */
  end(id: string, cost: { usd: number } & TokenUsage): Promise<void>;
  spent(runId: string): Promise<ModelSpending>;
}
