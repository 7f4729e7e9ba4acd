import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import { createAnswerCache, createPaidModel } from '../../src/adapters/llm/index.js';
import { modelSchema, type ModelConfig } from '../../src/domain/model.js';
import { StubModelServer, type StubBehaviour } from './stub-server.js';

const key = 'sk-test-0123456789';
const prompt = { system: 'You write Luau.', user: 'A lamp.' };
const files = { 'src/shared/Lamp.luau': 'return {}\n' };

let directory: string;
let ledger: Ledger;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'graveshift-llm-'));
  ledger = await createLedger({ url: path.join(directory, 'ledger.db') });
});
afterEach(async () => {
  await ledger.close();
  await rm(directory, { recursive: true, force: true });
});

function config(
  server: StubModelServer,
  provider: ModelConfig['provider'] = 'openai-compatible',
): ModelConfig {
  return modelSchema.parse({
    provider,
    model: 'stub-1',
    baseUrl: server.url,
    key: 'MODEL_KEY',
    usdPerMillionTokens: { input: 1, output: 2 },
  });
}

function paid(capUsd = 1, env: Record<string, string> = { MODEL_KEY: key }) {
  const answers = createAnswerCache({ directory: path.join(directory, 'answers') });
  return createPaidModel({ runId: 'run-1', capUsd, log: ledger.modelCalls, answers, env });
}

const options = { maxOutputTokens: 1000, timeoutSeconds: 20, temperature: 0, sample: 1 };

async function ask(behaviour: StubBehaviour | StubBehaviour[], provider?: ModelConfig['provider']) {
  const script = Array.isArray(behaviour) ? behaviour : [behaviour];
  await using server = await StubModelServer.start(
    (_call, index) => script[Math.min(index, script.length - 1)] ?? { kind: 'hang' },
  );
  const settled = await paid()
    .ask(config(server, provider), prompt, { ...options, timeoutSeconds: 2 })
    .then(
      (reply) => ({ reply, error: undefined }),
      (error: unknown) => ({ reply: undefined, error: error as Error & { kind: string } }),
    );
  return { ...settled, calls: server.calls, spent: await ledger.modelCalls.spent('run-1') };
}

describe.each(['openai-compatible', 'anthropic'] as const)('a model of %s', (provider) => {
  it('answers files, and the call is paid for by its tokens', async () => {
    const { reply, calls, spent } = await ask({ kind: 'files', files }, provider);
    expect(reply).toMatchObject({
      cached: false,
      usd: 0.002,
      usage: { inputTokens: 1000, outputTokens: 500 },
      outcome: {
        kind: 'answer',
        answer: { files: [{ path: 'src/shared/Lamp.luau', source: 'return {}\n' }] },
      },
    });
    expect(calls).toHaveLength(1);
    expect(calls[0]?.authorization).toContain(key);
    expect(calls[0]?.user).toContain('A lamp.');
    expect(spent).toEqual({ calls: 1, usd: 0.002, inputTokens: 1000, outputTokens: 500 });
  });

  it.each<[string, StubBehaviour, string]>([
    ['prose', { kind: 'text', text: 'Sure! Here is your lamp: …' }, 'prose'],
    ['JSON of another shape', { kind: 'text', text: '{"lamp": true}' }, 'shape'],
    ['JSON that is cut', { kind: 'cut', text: '{"files": [{"path": "src' }, 'cut'],
    ['a refusal', { kind: 'refuse' }, 'refused'],
  ])('that answers %s was paid for, and says what came of it', async (_name, behaviour, reason) => {
    const { reply, spent } = await ask(behaviour, provider);
    expect(reply?.outcome).toMatchObject({ kind: 'unusable', reason });
    expect(spent.usd).toBe(0.002);
  });

  it('that is busy is asked again, as its answer says', async () => {
    const busy = { kind: 'status', status: 429, headers: { 'retry-after-ms': '5' } } as const;
    const { reply, calls, spent } = await ask([busy, busy, { kind: 'files', files }], provider);
    expect(reply?.outcome.kind).toBe('answer');
    expect(calls).toHaveLength(3);
    expect(spent).toMatchObject({ calls: 1, usd: 0.002 });
  });

  it('that does not take the key is named without it, and cost nothing', async () => {
    const { error, spent } = await ask({ kind: 'status', status: 401 }, provider);
    expect(error?.kind).toBe('AccessDenied');
    expect(error?.message).toContain('MODEL_KEY');
    expect(`${error?.message} ${error?.stack} ${JSON.stringify(error)}`).not.toContain(key);
    expect(spent.usd).toBe(0);
  });

  it.each<[string, StubBehaviour]>([
    ['never answers', { kind: 'hang' }],
    ['breaks off', { kind: 'break' }],
  ])('that %s counts as spent: nobody knows what it did', async (_name, behaviour) => {
    const { error, spent, calls } = await ask(behaviour, provider);
    expect(error?.kind).toBe('ServiceUnavailable');
    expect(calls).toHaveLength(1);
    const promptBytes = prompt.system.length + prompt.user.length;
    expect(spent.usd).toBeCloseTo((promptBytes * 1 + 1000 * 2) / 1_000_000, 12);
  });
});

describe('paying for models', () => {
  it('pays once for the same question, also in another process, and again for another sample', async () => {
    await using server = await StubModelServer.start(() => ({ kind: 'files', files }));
    const first = await paid().ask(config(server), prompt, options);
    const again = await paid().ask(config(server), prompt, options);
    expect(again).toEqual({ ...first, cached: true });
    await paid().ask(config(server), prompt, { ...options, sample: 2 });
    expect(server.calls).toHaveLength(2);
    expect((await ledger.modelCalls.spent('run-1')).calls).toBe(2);
  });

  it('sends nothing that could break the cap, however many ask at once', async () => {
    await using server = await StubModelServer.start(() => ({ kind: 'files', files }));
    // A call may cost 0.00202…: two fit.
    const model = paid(0.0045);
    const asked = await Promise.allSettled(
      [1, 2, 3, 4].map((sample) => model.ask(config(server), prompt, { ...options, sample })),
    );
    const refused = asked.filter((one) => one.status === 'rejected');
    expect(server.calls).toHaveLength(2);
    expect(refused).toHaveLength(2);
    expect(refused[0]?.reason).toMatchObject({ kind: 'BudgetExceeded' });
    expect(String(refused[0]?.reason)).toMatch(/budget\.runUsd/);
  });

  it('names the variable of a key that is not there, before anything is sent', async () => {
    await using server = await StubModelServer.start(() => ({ kind: 'files', files }));
    await expect(paid(1, {}).ask(config(server), prompt, options)).rejects.toMatchObject({
      kind: 'AccessDenied',
      message: expect.stringContaining('MODEL_KEY_FILE') as string,
    });
    expect(server.calls).toHaveLength(0);
  });
});
