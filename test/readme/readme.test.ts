import { access, readdir, readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { runCli } from '../cli/run-cli.js';
import { readme } from './commands.js';

const root = new URL('../../', import.meta.url);

async function pages(): Promise<URL[]> {
  const docs = new URL('docs/', root);
  const names = await readdir(docs, { recursive: true });
  return [
    readme,
    new URL('CHANGELOG.md', root),
    new URL('CONTRIBUTING.md', root),
    ...names.filter((name) => name.endsWith('.md')).map((name) => new URL(name.replaceAll('\\', '/'), docs)),
  ];
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

async function problemOf(page: URL, link: string): Promise<string | undefined> {
  const target = new URL(link, page);
  const anchor = decodeURIComponent(target.hash.slice(1));
  target.hash = '';
  try {
    await access(target);
  } catch {
    return `${link}: no such file`;
  }
  if (anchor === '') return undefined;
  const headings = (await readFile(target, 'utf8')).matchAll(/^#+ (.+)$/gm);
  const known = [...headings].some(([, heading = '']) => anchorOf(heading) === anchor);
  return known ? undefined : `${link}: no such heading`;
}

describe('the pages that people read first', () => {
  it('link to files and headings that are there', async () => {
    const wrong: string[] = [];
    for (const page of await pages()) {
      const text = (await readFile(page, 'utf8')).replaceAll(/^```[\s\S]*?^```$/gm, '');
      for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(link)) continue;
        const problem = await problemOf(page, link);
        if (problem !== undefined) wrong.push(`${page.pathname.slice(root.pathname.length)}: ${problem}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('name commands and flags that there are, and all of them', async () => {
    const { stdout } = await runCli(['--help']);
    const commands = [...(/^Commands:\n([\s\S]*?)^\S/m.exec(stdout)?.[1] ?? '').matchAll(/^ {2}(\w+) /gm)];
    const known = commands.map(([, command = '']) => command).filter((command) => command !== 'help');
    expect(known.length).toBeGreaterThan(10);
    const text = await readFile(readme, 'utf8');
    const named = [...text.matchAll(/\bnpx graveshift ([a-z]+)([^`\n]*)/g)];
    expect(new Set(named.map(([, command]) => command))).toEqual(new Set(known));
    for (const [, command = '', rest = ''] of named) {
      const help = (await runCli([command, '--help'])).stdout;
      for (const [flag] of rest.matchAll(/--[a-z-]+/g)) expect(help, `graveshift ${command}`).toContain(flag);
    }
  });
});
