import type { CommitMessage } from '../../domain/activities.js';
import { invalidInput, type InputProblem } from '../../domain/failure.js';

/** Kinds of change as in Conventional Commits 1.0.0. */
const types = ['feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test', 'docs', 'build', 'ci', 'chore'];
const subjectColumns = 72;
const bodyColumns = 72;

export const runTrailer = 'Graveshift-Run';
export const changeTrailer = 'Graveshift-Change';

/**
 * `type(scope): subject`, the wrapped body, and the trailers by which the commit is found again.
 *
 * @throws InvalidInput where a part would break the form
 */
export function formatCommitMessage(
  message: CommitMessage,
  trailers: { runId: string; digest: string },
): string {
  const header = `${message.type}(${message.scope}): ${message.subject}`;
  const problems = [...problemsOf(message, header)];
  if (problems.length > 0) throw invalidInput('the commit message', problems);
  const body = wrapped(message.body);
  const last = `${runTrailer}: ${trailers.runId}\n${changeTrailer}: ${trailers.digest}`;
  return `${[header, ...(body === '' ? [] : [body]), last].join('\n\n')}\n`;
}

function* problemsOf({ type, scope, subject, body }: CommitMessage, header: string): Generator<InputProblem> {
  if (!types.includes(type)) {
    yield { field: 'type', value: `"${type}"`, remedy: `expected one of: ${types.join(', ')}` };
  }
  if (!/^[a-z0-9][a-z0-9-]*$/.test(scope)) {
    yield {
      field: 'scope',
      value: `"${scope}"`,
      remedy: 'expected lower-case letters, digits and hyphens, such as night-3',
    };
  }
  if (subject.trim() === '' || /[\r\n\0]/.test(subject) || subject.endsWith('.')) {
    yield {
      field: 'subject',
      value: `"${subject}"`,
      remedy: 'expected one line of words without a full stop at its end',
    };
  }
  if (header.length > subjectColumns) {
    yield {
      field: 'subject',
      value: `${String(header.length)} characters with type and scope`,
      remedy: `expected ${String(subjectColumns)} at most`,
    };
  }
  if (body.includes('\0') || new RegExp(`^(${runTrailer}|${changeTrailer}):`, 'im').test(body)) {
    yield {
      field: 'body',
      value: 'a line that looks like our trailers',
      remedy: 'reword it: the commit is found again by its trailers',
    };
  }
}

/** Wraps paragraphs; lines of a list stay lines. */
function wrapped(body: string): string {
  return body
    .replaceAll('\r\n', '\n')
    .trim()
    .split('\n')
    .map((line) => wrapLine(line.trimEnd()))
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

function wrapLine(line: string): string {
  const indent = /^\s*[-*] /.test(line) ? '  ' : '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > bodyColumns) {
      lines.push(current);
      current = indent + word;
    } else {
      current = current === '' && lines.length === 0 ? word : `${current} ${word}`;
    }
  }
  return [...lines, current].join('\n');
}
