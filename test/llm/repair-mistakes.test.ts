import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { checkSources, type CodeGate } from '../../src/activities/code-gate/index.js';
import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import { createAnswerCache, buildCodePrompt, createPaidModel } from '../../src/adapters/llm/index.js';
import { dressGenerated, readLuauPackage, testsMount } from '../../src/adapters/luau/index.js';
import { createLuauParser } from '../../src/adapters/luau-syntax/index.js';
import { guardWriting } from '../../src/domain/change-guard.js';
import { describeCodeFinding, type CodeFinding } from '../../src/domain/code-finding.js';
import { modelSchema } from '../../src/domain/model.js';
import { repair, type GeneratedFiles } from '../../src/domain/repair.js';
import { codeMistakes, mistakeProject } from '../fixtures/code-mistakes.js';
import { luauTools } from '../support/luau-tools.js';
import { StubModelServer, type StubBehaviour, type StubCall } from './stub-server.js';

const luau = await luauTools();
const parser = await createLuauParser();
const { testing } = await readLuauPackage();
const encode = (text: string) => new TextEncoder().encode(text);
const gates = new Set<CodeGate>(['paths', 'syntax', 'format', 'types', 'lint', 'security', 'unit-tests']);
const base = new Map(
  Object.entries({ ...mistakeProject.files, 'tests/graveshift/Testing.luau': testing }).map(
    ([file, text]) => [file, encode(text)] as const,
  ),
);

let directory: string;
let ledger: Ledger;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'graveshift-repair-'));
  ledger = await createLedger({ url: path.join(directory, 'ledger.db') });
});
afterAll(async () => {
  await luau.close();
  await ledger.close();
  await rm(directory, { recursive: true, force: true });
});

async function check(files: GeneratedFiles): Promise<CodeFinding[]> {
  const { findings } = await checkSources(
    {
      base,
      changes: new Map([...files].map(([file, text]) => [file, encode(text)])),
      rojoProject: mistakeProject.rojoProject,
      tests: [testsMount],
      rules: { coverage: 0.9, mutants: 0.6, allowedAssets: new Set(), allowedHosts: [] },
    },
    { luau, parser },
    { gates },
  );
  return findings;
}

/** Has a model that behaves so write what the request asks for, three rounds long. */
async function write(
  name: string,
  request: string,
  behave: (call: StubCall, index: number) => StubBehaviour,
) {
  await using server = await StubModelServer.start(behave);
  const config = modelSchema.parse({
    provider: 'openai-compatible',
    model: 'stub-1',
    baseUrl: server.url,
    usdPerMillionTokens: { input: 1, output: 2 },
  });
  const model = createPaidModel({
    runId: name,
    capUsd: 10,
    log: ledger.modelCalls,
    answers: createAnswerCache({ directory: path.join(directory, 'answers') }),
    env: {},
  });
  const context = {
    request,
    artBible: { theme: 'abandoned village', audience: 'mild' },
    folders: [{ folder: 'src', purpose: 'everything' }],
    entry: 'as asked',
    assets: [],
    interfaces: new Map<string, string>(),
    api: '',
  };
  const result = await repair(
    {
      generate: async (wanted) => {
        const { outcome } = await model.ask(config, buildCodePrompt(context, wanted), {
          maxOutputTokens: 4000,
          timeoutSeconds: 20,
          temperature: 0,
          sample: wanted.sample,
        });
        if (outcome.kind === 'unusable') return { unusable: outcome.reason };
        const files = new Map(outcome.answer.files.map(({ path: file, source }) => [file, source]));
        const refused = guardWriting(files, { folders: ['src', 'tests'], scripts: true });
        return refused.length === 0
          ? { files: dressGenerated(files) }
          : { unusable: refused.map(describeCodeFinding).join('; ') };
      },
      check,
    },
    { models: 1, rounds: 3, samples: 1 },
  );
  return { ...result, calls: server.calls };
}

const errorsOf = (findings: readonly CodeFinding[] = []) =>
  findings.filter(({ severity }) => severity === 'error').map(describeCodeFinding);

const checked = codeMistakes.filter(
  ({ check: name, name: title }) =>
    luau.checker !== undefined || !(name === 'types' || title === 'a deprecated method'),
);

describe('a model that makes a mistake', () => {
  it.each(checked.map((mistake) => [mistake.name, mistake] as const))(
    '(%s) mends it when it is told what the gate found',
    async (name, mistake) => {
      const result = await write(name, mistake.request, (_call, index) => ({
        kind: 'files',
        files: index === 0 ? mistake.wrong : mistake.right,
      }));
      expect(errorsOf(result.best?.findings)).toEqual([]);
      expect(result.passed).toBe(true);
      expect(result.calls).toHaveLength(2);
      // The second question says what is wrong, and where.
      expect(result.calls[1]?.user).toContain(mistake.file);
      expect(result.calls[1]?.user).toMatch(mistake.says);
    },
  );

  it.each(checked.slice(0, 3).map((mistake) => [mistake.name, mistake] as const))(
    '(%s) and repeats it is not believed, nor asked for ever',
    async (name, mistake) => {
      const result = await write(`${name} again`, `${mistake.request} `, () => ({
        kind: 'files',
        files: mistake.wrong,
      }));
      expect(result.passed).toBe(false);
      expect(result.calls.length).toBeLessThanOrEqual(3);
      expect(errorsOf(result.best?.findings).join('\n')).toMatch(mistake.says);
    },
  );
});

describe('a model that answers something else', () => {
  const [right] = checked.map((mistake) => mistake.right);
  it.each<[string, StubBehaviour]>([
    ['prose', { kind: 'text', text: 'Here is the code: …' }],
    ['JSON that is cut', { kind: 'cut', text: '{"files": [{' }],
    ['a refusal', { kind: 'refuse' }],
    ['a path outside', { kind: 'files', files: { '../../etc/x.luau': 'return 1' } }],
    ['a file that is no Luau', { kind: 'files', files: { 'default.project.json': '{}' } }],
    [
      '2 MB of text',
      { kind: 'files', files: { 'src/shared/Big.luau': `return "${'x'.repeat(2_000_000)}"` } },
    ],
  ])('(%s) is told so, and may do better', async (name, behaviour) => {
    const result = await write(name, name, (_call, index) =>
      index === 0 ? behaviour : { kind: 'files', files: right ?? {} },
    );
    expect(result.trace[0]?.unusable).toBeDefined();
    expect(result.calls[1]?.user).toContain(`could not be used (${result.trace[0]?.unusable})`);
    expect(result.passed).toBe(true);
    expect([...(result.best?.files.keys() ?? [])]).toEqual(Object.keys(right ?? {}));
  });
});
