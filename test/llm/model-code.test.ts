import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createFileCheck } from '../../src/activities/code-check.js';
import { createModelCodeActivities } from '../../src/activities/model-code.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import { createAnswerCache } from '../../src/adapters/llm/index.js';
import { createLuauParser } from '../../src/adapters/luau-syntax/index.js';
import { prepareRobloxDefinitions } from '../../src/adapters/roblox-api/index.js';
import type { ArtifactRef, ArtifactStore } from '../../src/domain/artifact.js';
import { changeSetSchema } from '../../src/domain/change-set.js';
import { modelsConfigSchema } from '../../src/domain/model.js';
import { resolveCache } from '../../src/stack/index.js';
import { createGame, type GameRepository } from '../luau/fixtures.js';
import { luauTools } from '../support/luau-tools.js';
import { bell, brokenBell } from './bell.js';
import { StubModelServer, type StubBehaviour } from './stub-server.js';

const luau = await luauTools();
const parser = await createLuauParser();
afterAll(() => luau.close());

let directory: string;
let ledger: Ledger;
let artifacts: ArtifactStore;
let game: GameRepository;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'graveshift-model-'));
  ledger = await createLedger({ url: path.join(directory, 'ledger.db') });
  artifacts = createFileArtifactStore({ directory: path.join(directory, 'store') });
  game = await createGame();
});
afterEach(async () => {
  await ledger.close();
  await game.remove();
  await rm(directory, { recursive: true, force: true });
});

const textOf = async (ref: ArtifactRef) => new TextDecoder().decode(await artifacts.get(ref));

async function write(
  behave: (index: number) => StubBehaviour,
  options: { times?: number; runUsd?: number } = {},
) {
  await using server = await StubModelServer.start((_call, index) => behave(index));
  const activities = createModelCodeActivities({
    artifacts,
    projectFiles: game.files,
    calls: ledger.modelCalls,
    answers: createAnswerCache({ directory: path.join(directory, 'answers') }),
    env: {},
    readEngineApi: async () =>
      (await prepareRobloxDefinitions({ cacheDirectory: resolveCache(process.env) })).readApi(),
    checkFiles: createFileCheck({ git: game.files, tools: { luau, parser } }),
  });
  const project = game.snapshot();
  project.config.models = modelsConfigSchema.parse({
    code: [
      {
        provider: 'openai-compatible',
        model: 'stub-1',
        baseUrl: server.url,
        usdPerMillionTokens: { input: 1, output: 2 },
      },
    ],
  });
  project.config.budget.runUsd = options.runUsd ?? 10;
  const plan = { version: 1, generator: 'model', name: 'bell', request: 'A bell that players ring' };
  const input = {
    project,
    runId: 'run-1',
    plan: await artifacts.put(new TextEncoder().encode(JSON.stringify(plan)), 'application/json'),
    manifests: [],
    otherUsd: 0,
    attempt: 1,
  };
  for (let time = 1; time < (options.times ?? 1); time++) await activities.writeModelCode(input);
  const settled = await activities.writeModelCode(input).then(
    (written) => ({ written, error: undefined }),
    (error: unknown) => ({ written: undefined, error: error as Error & { kind: string } }),
  );
  return { ...settled, calls: server.calls };
}

describe.skipIf(luau.checker === undefined)('a feature that a language model writes', () => {
  it('passes every gate, and goes into the game with what starts it and where it came from', async () => {
    const { written, error, calls } = await write((index) => ({
      kind: 'files',
      files: index === 0 ? brokenBell : bell,
    }));
    expect(error).toBeUndefined();
    const { files } = changeSetSchema.parse(JSON.parse(await textOf(written!.changeSet)));
    expect(Object.keys(files)).toEqual([
      'assets.lock.json',
      'assets/graveshift/custom-Bell.json',
      'src/server/Custom/Bell/BellRules.luau',
      'src/server/Custom/Bell/Server.luau',
      'src/server/GraveshiftCustom.server.luau',
      'tests/graveshift/Testing.luau',
      'tests/graveshift/custom/Bell/BellRules.spec.luau',
      'tests/graveshift/play/bell.play.luau',
    ]);
    expect(await textOf(files['src/server/GraveshiftCustom.server.luau']!)).toContain(
      'require(Custom.Bell.Server).start()',
    );
    expect(calls).toHaveLength(2);
    expect(calls[1]?.user).toContain('ActionTxt');
    expect(calls[0]?.user).toContain('ProximityPrompt');
    expect(JSON.parse(await textOf(files['assets/graveshift/custom-Bell.json']!))).toMatchObject({
      generator: 'llm',
      asked: [{ model: 'stub-1' }, { model: 'stub-1' }],
      spent: { calls: 2, usd: 0.004 },
    });
    expect(written?.costUsd).toBeCloseTo(0.004, 9);
  });

  it('is not paid for again when the step runs again', async () => {
    const { written, calls } = await write(() => ({ kind: 'files', files: bell }), { times: 3 });
    expect(calls).toHaveLength(1);
    expect(written?.costUsd).toBeCloseTo(0.002, 9);
  });

  it('is given up with what is still wrong, where no answer passes', async () => {
    const { error } = await write(() => ({ kind: 'files', files: brokenBell }));
    expect(error).toMatchObject({ kind: 'CodeFailure' });
    expect(error?.message).toMatch(/Server\.luau:\d+:\d+ TypeError.*ActionTxt/);
  });

  it('stops before the call that could break the budget', async () => {
    const { error, calls } = await write(() => ({ kind: 'files', files: brokenBell }), { runUsd: 0.05 });
    expect(error).toMatchObject({ kind: 'BudgetExceeded' });
    expect(calls.length).toBeLessThan(3);
  });
});
