import { projectPathSchema } from './change-set.js';
import type { CodeFinding } from './code-finding.js';

/** What a generator may write. Paths are from the project's root. */
export type WritingPermit = {
  /** Only below these folders. */
  folders: readonly string[];
  /** And these files. */
  files?: readonly string[];
  /** Whether `.server.luau` and `.client.luau`, which run by themselves, may be among the files. */
  scripts: boolean;
};

/** A module of a person rarely has a hundredth of it; Studio refuses to edit sources from 200,000 characters on. */
const mostCharacters = 200_000;

/** A team checks the project out on Windows, too: no device (`nul.luau`), no stream (`a:b`), no dot at the end. */
const isPortableName = (name: string): boolean =>
  /^[A-Za-z0-9_][\w.-]*$/.test(name) &&
  !name.endsWith('.') &&
  !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);

/**
 * Whatever the words of a request, a model's answer or a project's own files say: nothing outside of the permit is
 * written. Pure, and asked before anything looks at the text as code.
 */
export function guardWriting(
  files: Iterable<readonly [path: string, text: string]>,
  permit: WritingPermit,
): CodeFinding[] {
  const written = [...files];
  const spellings = new Map<string, number>();
  for (const [path] of written) {
    const spelling = path.toLowerCase();
    spellings.set(spelling, (spellings.get(spelling) ?? 0) + 1);
  }
  const isAlone = (path: string) => spellings.get(path.toLowerCase()) === 1;
  return written.flatMap(([path, text]) => guardFile(path, text, permit, isAlone(path)));
}

function guardFile(
  path: string,
  text: string,
  { folders, files = [], scripts }: WritingPermit,
  isAlone: boolean,
): CodeFinding[] {
  const refuse = (rule: string, message: string, fix: string): CodeFinding => ({
    check: 'paths',
    file: path.slice(0, 240),
    rule,
    severity: 'error',
    message,
    fix,
  });
  const findings: CodeFinding[] = [];
  const where = [...folders.map((folder) => `below ${folder}/`), ...files].join(', or ');
  if (!projectPathSchema.safeParse(path).success) {
    findings.push(refuse('path', 'is not a path inside of the project', `write ${where}`));
  } else if (!files.includes(path) && !folders.some((folder) => path.startsWith(`${folder}/`))) {
    findings.push(refuse('path', 'is outside of what may be written', `write ${where}`));
  }
  const folder = folders.find((candidate) => path.startsWith(`${candidate}/`));
  // What a permitted folder itself is called is the project's own affair.
  const names = folder === undefined ? [] : path.slice(folder.length + 1).split('/');
  if (findings.length === 0 && !names.every(isPortableName)) {
    const fix = 'name it by letters, digits, "_", "-" and "."';
    findings.push(refuse('name', 'has a name that not every system can hold', fix));
  }
  if (!isAlone) {
    const fix = 'name the modules apart';
    findings.push(refuse('name', 'is written twice, or differs from another only by case', fix));
  }
  if (!path.endsWith('.luau')) {
    findings.push(refuse('file-type', 'is not a Luau file', 'write .luau files only'));
  } else if (!scripts && /\.(server|client|plugin)\.luau$/i.test(path)) {
    findings.push(refuse('script', 'would run by itself', 'write a module; what starts it is generated'));
  }
  if (text.length > mostCharacters) {
    const message = `has ${text.length} characters, ${mostCharacters} at most`;
    findings.push(refuse('size', message, 'split it into modules that each do one thing'));
  }
  // What replaces a byte that is no UTF-8, and what no source holds.
  if (/[\0\uFFFD]/.test(text)) {
    findings.push(refuse('encoding', 'holds bytes that are no text', 'write plain UTF-8'));
  }
  return findings;
}
