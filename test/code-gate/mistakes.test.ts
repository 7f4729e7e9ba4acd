import { afterAll, describe, expect, it } from 'vitest';

import { checkSources, type CodeGate } from '../../src/activities/code-gate/index.js';
import { readLuauPackage, testsMount } from '../../src/adapters/luau/index.js';
import { createLuauParser } from '../../src/adapters/luau-syntax/index.js';
import { describeCodeFinding } from '../../src/domain/code-finding.js';
import { codeMistakes, mistakeProject } from '../fixtures/code-mistakes.js';
import { luauTools } from '../support/luau-tools.js';

const luau = await luauTools();
const parser = await createLuauParser();
afterAll(() => luau.close());
const { testing } = await readLuauPackage();

const encode = (text: string) => new TextEncoder().encode(text);
const gates = new Set<CodeGate>(['paths', 'syntax', 'types', 'lint', 'security', 'unit-tests']);

function check(
  changes: Readonly<Record<string, string | Uint8Array>>,
  base: Readonly<Record<string, string>> = mistakeProject.files,
) {
  return checkSources(
    {
      base: new Map(
        Object.entries({ ...base, 'tests/graveshift/Testing.luau': testing }).map(([path, text]) => [
          path,
          encode(text),
        ]),
      ),
      changes: new Map(
        Object.entries(changes).map(([path, text]) => [path, typeof text === 'string' ? encode(text) : text]),
      ),
      rojoProject: mistakeProject.rojoProject,
      tests: [testsMount],
      rules: { coverage: 0.9, mutants: 0.6, allowedAssets: new Set(), allowedHosts: [] },
    },
    { luau, parser },
    { gates },
  );
}

const errorsOf = ({ findings }: Awaited<ReturnType<typeof check>>) =>
  findings.filter(({ severity }) => severity === 'error');

describe('mistakes of generators', () => {
  it('are more than twenty', () => {
    expect(new Set(codeMistakes.map(({ name }) => name)).size).toBeGreaterThan(20);
  });

  const seen = codeMistakes.filter(
    (mistake) =>
      luau.checker !== undefined || !(mistake.check === 'types' || mistake.name === 'a deprecated method'),
  );
  it.each(seen.map((mistake) => [mistake.name, mistake] as const))('%s', async (_, mistake) => {
    const errors = errorsOf(await check(mistake.wrong));
    const found = errors.filter(
      (finding) =>
        finding.check === mistake.check &&
        finding.file === mistake.file &&
        finding.line === mistake.line &&
        mistake.says.test(describeCodeFinding(finding)),
    );
    expect(found, errors.map(describeCodeFinding).join('\n')).not.toEqual([]);
    expect(errorsOf(await check(mistake.right)).map(describeCodeFinding)).toEqual([]);
  });
});

describe('what is no code at all', () => {
  it.each([
    ['2 MB of text', 'src/shared/Big.luau', 'return 1 -- '.padEnd(2_000_000, 'x'), 'too-large'],
    ['bytes that are no UTF-8', 'src/shared/Bytes.luau', new Uint8Array([0x72, 0xff, 0xfe]), 'not-text'],
    ['a NUL character', 'src/shared/Nul.luau', 'return "\0"', 'not-text'],
    ['a path out of the project', '../src/shared/Out.luau', 'return 1', 'outside-project'],
    ['a path into .git', '.git/hooks/x.luau', 'return 1', 'outside-project'],
    ['an absolute path', '/etc/x.luau', 'return 1', 'outside-project'],
  ])('%s is refused before anything reads it', async (_, path, content, rule) => {
    const result = await check({ [path]: content });
    expect(result.gates[0]).toMatchObject({ gate: 'paths', verdict: 'fail' });
    expect(result.findings).toMatchObject([{ check: 'paths', file: path, rule }]);
  });
});

describe("a project's own broken scripts", () => {
  const broken = {
    ...mistakeProject.files,
    'src/shared/Broken.luau': 'return this is broken',
    'src/shared/Wrong.luau': '--!strict\nlocal x: number = "text"\nreturn x\n',
    'tests/graveshift/Old.spec.luau': 'error("was so before")',
  };

  it('are named and not blamed on the change', async () => {
    const result = await check(
      { 'src/shared/Fine.luau': '--!strict\nreturn table.freeze({ n = 1 })\n' },
      broken,
    );
    expect(errorsOf(result)).toEqual([]);
    const warned = new Set(result.findings.map(({ check: name, file }) => `${name} ${file}`));
    expect(warned).toContain('syntax src/shared/Broken.luau');
    expect(warned).toContain('tests tests/graveshift/Old.spec.luau');
    if (luau.checker) expect(warned).toContain('types src/shared/Wrong.luau');
    expect(result.gates.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  });

  it('are blamed where the change broke them', async () => {
    const good = {
      'tests/graveshift/Old.spec.luau':
        'local T = require(script.Parent.Testing)\nlocal Grid = require(game:GetService("ReplicatedStorage").Shared.Grid)\nreturn T.describe("grid", function()\n\tT.it("is 8", function()\n\t\tT.expect(Grid.size()).toBe(8)\n\tend)\nend)\n',
    };
    const grid = mistakeProject.files['src/shared/Grid.luau'] ?? '';
    const result = await check(
      { 'src/shared/Grid.luau': grid.replace('return 8', 'return 9') },
      { ...mistakeProject.files, ...good },
    );
    expect(errorsOf(result)).toMatchObject([
      { check: 'tests', file: 'tests/graveshift/Old.spec.luau', line: 5 },
    ]);
  });
});
