import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { guardWriting } from '../../src/domain/change-guard.js';

const permit = {
  folders: ['src/shared/Graveshift/Custom/Lift', 'tests/graveshift/custom/Lift'],
  scripts: false,
};
const rulesOf = (path: string, text = 'return {}\n', scripts = false) =>
  guardWriting([[path, text]], { ...permit, scripts }).map(({ rule }) => rule);

describe('what a generator may write', () => {
  it('is Luau modules in its folders', () => {
    expect(rulesOf('src/shared/Graveshift/Custom/Lift/Rules.luau')).toEqual([]);
    expect(rulesOf('tests/graveshift/custom/Lift/Rules.spec.luau')).toEqual([]);
  });

  it.each([
    ['src/server/Main.server.luau', ['path', 'script']],
    ['src/shared/Graveshift/Custom/Lift/../../../../server/X.luau', ['path']],
    ['/etc/passwd.luau', ['path']],
    ['C:\\Windows\\X.luau', ['path']],
    ['src/shared/Graveshift/Custom/LiftX/Rules.luau', ['path']],
    ['src/shared/Graveshift/Custom/Lift', ['path', 'file-type']],
    ['.git/hooks/post-commit.luau', ['path']],
    ['src/shared/Graveshift/Custom/Lift/.git/X.luau', ['path']],
    ['src/shared/Graveshift/Custom/Lift/Run.server.luau', ['script']],
    ['src/shared/Graveshift/Custom/Lift/Run.Client.luau', ['script']],
    ['src/shared/Graveshift/Custom/Lift/init.meta.json', ['file-type']],
    ['default.project.json', ['path', 'file-type']],
  ])('is not %s', (path, rules) => {
    expect(rulesOf(path)).toEqual(rules);
  });

  it.each([
    'nul.luau',
    'COM1.spec.luau',
    'a:b.luau',
    'Rules .luau',
    'Rügen.luau',
    'Lifts./Rules.luau',
    '-rf.luau',
  ])('has a name that every system can hold, unlike %s', (name) => {
    expect(rulesOf(`src/shared/Graveshift/Custom/Lift/${name}`)).toEqual(['name']);
  });

  it('has no name that another differs from only by case', () => {
    const folder = 'src/shared/Graveshift/Custom/Lift';
    const findings = guardWriting(
      [
        [`${folder}/Rules.luau`, 'return {}\n'],
        [`${folder}/rules.luau`, 'return {}\n'],
        [`${folder}/Server.luau`, 'return {}\n'],
      ],
      permit,
    );
    expect(findings.map(({ file, rule }) => `${file} ${rule}`)).toEqual([
      `${folder}/Rules.luau name`,
      `${folder}/rules.luau name`,
    ]);
  });

  it('may be scripts where they are asked for', () => {
    expect(rulesOf('src/shared/Graveshift/Custom/Lift/Run.server.luau', '', true)).toEqual([]);
  });

  it('is text of a size that people can read', () => {
    const file = 'src/shared/Graveshift/Custom/Lift/Rules.luau';
    expect(rulesOf(file, 'x'.repeat(2_000_000))).toEqual(['size']);
    expect(rulesOf(file, 'local a = "\0"')).toEqual(['encoding']);
    expect(rulesOf(file, new TextDecoder().decode(new Uint8Array([0xc3, 0x28])))).toEqual(['encoding']);
  });

  it('is never outside of its folders, whatever the path', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      'src',
      'shared',
      'Graveshift',
      'Custom',
      'Lift',
      '.git',
      'a.luau',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 9 }), (parts) => {
        const path = parts.join('/');
        if (rulesOf(path).includes('path')) return;
        expect(path.startsWith('src/shared/Graveshift/Custom/Lift/')).toBe(true);
        expect(path.split('/').some((name) => ['', '.', '..', '.git'].includes(name))).toBe(false);
      }),
    );
  });
});
