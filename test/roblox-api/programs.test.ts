import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CodeFinding } from '../../src/domain/code-finding.js';
import { checker, closeChecker } from './checker.js';
import { type Expected, fileOf, layOut, type Program } from './program.js';
import { wrongCalls } from './wrong/calls.js';
import { deprecatedPrograms } from './wrong/deprecated.js';
import { wrongMembers } from './wrong/members.js';
import { wrongModules } from './wrong/modules.js';
import { wrongResults } from './wrong/results.js';
import { wrongValues } from './wrong/values.js';

const rightFolder = path.join(import.meta.dirname, 'right');
const rightPrograms: Program[] = await Promise.all(
  (await readdir(rightFolder)).map(async (file) => ({
    name: path.basename(file, '.luau'),
    source: (await readFile(path.join(rightFolder, file), 'utf8')).replace('--!strict\n', ''),
  })),
);
const programs = [
  ...wrongMembers,
  ...wrongCalls,
  ...wrongValues,
  ...wrongResults,
  ...wrongModules,
  ...deprecatedPrograms,
  ...rightPrograms,
];

afterAll(closeChecker);

describe.runIf(checker).each(['old', 'new'] as const)('the engine’s API, by the %s solver', (solver) => {
  const findings = new Map<string, CodeFinding[]>();

  beforeAll(async () => {
    const { sourceMap, scripts } = layOut(programs);
    const sources = new Map(scripts.map(({ path: file, source }) => [file, source]));
    for (const finding of await checker!.check({ sourceMap, sources, solver })) {
      findings.set(finding.file, [...(findings.get(finding.file) ?? []), finding]);
    }
  });

  programs.forEach((program, index) => {
    if (program.solver !== undefined && program.solver !== solver) return;
    it(program.wrong === undefined ? `lets pass: ${program.name}` : `finds ${program.name}`, () => {
      const found = (findings.get(fileOf(index)) ?? []).filter(({ rule }) => !rule.endsWith('Unused'));
      for (const expected of program.wrong ?? []) {
        expect(
          found.filter((finding) => fits(finding, expected)),
          JSON.stringify(found),
        ).not.toEqual([]);
      }
      expect(
        found.filter((finding) => !(program.wrong ?? []).some(({ line }) => line === finding.line)),
      ).toEqual([]);
    });
  });
});

const fits = ({ fix = '', ...finding }: CodeFinding, { line, rule, message }: Expected): boolean =>
  finding.line === line &&
  finding.rule === rule &&
  (typeof message === 'string'
    ? `${finding.message} ${fix}`.includes(message)
    : message.test(finding.message));
