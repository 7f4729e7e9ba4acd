import { readFile } from 'node:fs/promises';

export const readme = new URL('../../README.md', import.meta.url);

/** The lines of all fenced `sh` blocks of a section. */
export async function commandsOf(section: string): Promise<string[]> {
  const text = await readFile(readme, 'utf8');
  const body = text.split(/^## /m).find((part) => part.startsWith(`${section}\n`));
  if (body === undefined) throw new Error(`README.md has no section "${section}"`);
  return [...body.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );
}

/** The words of a command line as a POSIX shell reads them, where only single quotes are used. */
export function wordsOf(line: string): string[] {
  if (/["\\$`;&|<>*?]/.test(line.replaceAll(/'[^']*'/g, ''))) throw new Error(`Not plain words: ${line}`);
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
